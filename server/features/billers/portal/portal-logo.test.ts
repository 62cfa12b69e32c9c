import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunk, png, pngUrl, webp } from '../../../testing/make-images.ts';
import { readImageUrl } from './portal-logo.ts';

const url = (bytes: Buffer, type = 'png') => `data:image/${type};base64,${bytes.toString('base64')}`;
const svg = (inner: string, attributes = 'viewBox="0 0 120 32"') =>
  url(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inner}</svg>`), 'svg+xml');

describe('a logo', () => {
  test('is taken as PNG, WebP and SVG, with its size', () => {
    expect(readImageUrl(pngUrl(300, 80))).toEqual({ kind: 'image', format: 'PNG', width: 300, height: 80 });
    expect(readImageUrl(url(webp(400, 90), 'webp'))).toEqual({ kind: 'image', format: 'WebP', width: 400, height: 90 });
    expect(
      readImageUrl(
        svg(
          '<title>Pine &amp; Co</title><defs><style>.a{fill:url(#g)}</style><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient><g id="tree"><path d="M0 0L9 9"/></g></defs><!-- trees --><use href="#tree" x="3"/><text x="1" y="2">Pine</text>',
        ),
      ),
    ).toEqual({ kind: 'image', format: 'SVG', width: 120, height: 32 });
  });

  test.each([
    ['a PNG larger than it may be', pngUrl(2001, 1), /2001 × 1 pixels/],
    ['a PNG with something after its end', url(png(8, 8, { tail: Buffer.from('<script>') })), /after the end/],
    [
      'a PNG that unpacks into more than its size',
      url(png(8, 8, { pixels: Buffer.alloc(1_000_000) })),
      /unpacked|more or fewer/,
    ],
    ['a PNG that holds less', url(png(8, 8, { pixels: Buffer.alloc(8) })), /more or fewer/],
    ['a PNG that moves', url(png(8, 8, { more: chunk('acTL', Buffer.alloc(8)) })), /moves/],
    ['a PNG cut off', url(png(8, 8).subarray(0, 40)), /cut off/],
    [
      'a PNG with a wrong checksum',
      url(Buffer.concat([png(8, 8).subarray(0, 20), Buffer.from([9]), png(8, 8).subarray(21)])),
      /checksum|pixels/,
    ],
    ['a page that says it is a PNG', url(Buffer.from('<html><script>alert(1)</script></html>')), /none of them/],
    ['a PNG that says it is an SVG', url(png(8, 8), 'svg+xml'), /says it is SVG, but it is PNG/],
    ['a WebP cut off', url(webp().subarray(0, 25), 'webp'), /cut off/],
    ['a WebP larger than it may be', url(webp(5000, 2), 'webp'), /5000 × 2/],
    ['a JPEG', url(Buffer.from([0xff, 0xd8, 0xff, 0xe0])), /JPEG/],
    ['a GIF', url(Buffer.from('GIF89a')), /GIF/],
    ['another type', 'data:text/html;base64,PGI+', /PNG, WebP or SVG/],
    ['an address', 'https://evil.example/logo.png', /PNG, WebP or SVG/],
    ['nothing in it', 'data:image/png;base64,', /PNG, WebP or SVG/],
    ['more than fits', `data:image/png;base64,${'A'.repeat(200_000)}`, /larger than/],
    ['a script', svg('<script>alert(1)</script>'), /<script> is a program/],
    ['a script in another namespace', svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'), /program/],
    ['a handler', svg('<path onload="alert(1)" d=""/>'), /onload is a program/],
    ['a handler in capitals', svg('<path ONCLICK="x" d=""/>'), /program/],
    ['a foreign page', svg('<foreignObject><p/></foreignObject>'), /foreignObject/],
    ['an image from elsewhere', svg('<image href="https://evil.example/x.png"/>'), /<image>/],
    ['a use from elsewhere', svg('<use href="https://evil.example/x.svg#a"/>'), /leads out/],
    [
      'a use of data',
      svg('<use xlink:href="data:image/svg+xml;base64,AA#a" xmlns:xlink="http://www.w3.org/1999/xlink"/>'),
      /leads out/,
    ],
    ['a link', svg('<a href="javascript:alert(1)"><path d=""/></a>'), /link/],
    ['a fill from elsewhere', svg('<path fill="url(https://evil.example/x)" d=""/>'), /fill holds/],
    ['a hidden address', svg('<path fill="&#117;rl(https://evil.example/x)" d=""/>'), /fill holds/],
    ['a style from elsewhere', svg('<style>@import "https://evil.example/x.css";</style>'), /styles/],
    ['an escaped style', svg('<style>.a{fill:\\75rl(x)}</style>'), /styles/],
    [
      'entities',
      url(
        Buffer.from(
          '<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">&x;</svg>',
        ),
        'svg+xml',
      ),
      /entities/,
    ],
    ['a named entity', svg('<text>&nbsp;</text>'), /entity/],
    ['an animation', svg('<animate attributeName="href" values="x"/>'), /moves/],
    ['a set', svg('<set attributeName="onload" to="x"/>'), /moves/],
    ['uses that multiply', svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), /holds a <use>/],
    ['what is not closed', svg('<g>'), /closes nothing|not closed/],
    ['what closes nothing', svg('</g>'), /closes nothing/],
    [
      'two roots',
      url(Buffer.from('<svg viewBox="0 0 1 1"></svg><svg viewBox="0 0 1 1"></svg>'), 'svg+xml'),
      /one <svg>/,
    ],
    ['HTML inside', svg('<iframe src="x"/>'), /<iframe> is not taken/],
    ['no size', svg('', 'class="x"'), /width and a height/],
    ['a huge size', svg('', 'width="9000" height="9000"'), /9000 × 9000/],
    ['too deep', svg(`${'<g>'.repeat(41)}${'</g>'.repeat(41)}`), /too deep/],
    ['too many', svg('<g/>'.repeat(5001)), /5000 elements/],
    [
      'a byte that is no UTF-8',
      url(Buffer.concat([Buffer.from('<svg viewBox="0 0 1 1">'), Buffer.from([0xff])]), 'svg+xml'),
      /none of them/,
    ],
    ['an unquoted attribute', svg('<path d=x />'), /as XML is/],
  ])('is refused where it is or holds %s', (_what, logo, why) => {
    expect(readImageUrl(logo)).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  });

  test('never throws, whatever the bytes; a changed byte is found or changes nothing that is drawn', () => {
    const whole = [png(20, 20), webp(20, 20), Buffer.from('<svg viewBox="0 0 9 9"><path d="M0 0" fill="#000"/></svg>')];
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.nat(255),
        fc.constantFrom('png', 'webp', 'svg+xml'),
        (bytes, at, byte, type) => {
          const changed = Buffer.from(bytes);
          changed[at % changed.length] = byte;
          expect(['image', 'refused']).toContain(readImageUrl(url(changed, type)).kind);
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('png', 'webp', 'svg+xml'), (bytes, type) => {
        expect(readImageUrl(url(Buffer.from(bytes), type)).kind).toBe('refused');
      }),
    );
  });

  test('of pieces of hostile SVG is never taken with a program or an address in it', () => {
    const pieces = [
      '<svg viewBox="0 0 1 1">',
      '</svg>',
      '<g>',
      '</g>',
      '<path d="M0 0"/>',
      ' onload="x"',
      '<script>',
      ' href="',
      '#a',
      'https://x',
      '"',
      '&#106;',
      '&lt;',
      '<!--',
      '-->',
      '<style>',
      '</style>',
      '@import',
      'url(',
      ')',
      "'",
      '>',
      '/',
      ' ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (parts) => {
        const text = `<svg viewBox="0 0 1 1">${parts.join('')}</svg>`;
        if (readImageUrl(url(Buffer.from(text), 'svg+xml')).kind !== 'image') return;
        const drawn = text.replaceAll(/<!--[\s\S]*?-->/g, '').replaceAll(/>[^<]*</g, '><');
        expect(drawn).not.toMatch(/<script|onload|https:|@import/);
      }),
      { numRuns: 3000 },
    );
  });
});
