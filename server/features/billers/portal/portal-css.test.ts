import fc from 'fast-check';
import postcss from 'postcss';
import { describe, expect, test } from 'vitest';
import { pngUrl } from '../../../testing/make-images.ts';
import { readPortalCss } from './portal-css.ts';

const read = (css: string) => readPortalCss(css);

describe('CSS of a biller', () => {
  test('that is plain styling is written anew, every rule inside .biller, without its comments', () => {
    const { css, faults } = read(`
      /* our brand */
      body { font-family: Georgia, 'Times New Roman', serif }
      :root, html > body { line-height: 1.5; }
      h1, .card h2 { letter-spacing: .5px }
      header.site{background-color:#123;color:#ffffff}
      .button:hover { border-radius: 1rem }
      body > main .card { padding: 1rem 2rem; box-shadow: 0 2px 8px #cbd4dd }
      @media (min-width: 40rem) { h1 { font-size: 2.5rem } }
      header.site::before { content: ""; display: block; height: 3rem; background-color: #aa0000 }
    `);
    expect(faults).toEqual([{ line: 5, message: expect.stringMatching(/“\.5px” is not taken for letter-spacing/) }]);
    expect(css).toBe('');
    const mended = read('/* x */ h1 , .card h2{letter-spacing: 0.5px}\nbody{line-height:1.5}body > main{padding:1rem}');
    expect(mended.css).toBe(
      '.biller h1,.biller .card h2{letter-spacing:0.5px}.biller{line-height:1.5}.biller > main{padding:1rem}',
    );
  });

  test('that sets a ground redefines the page’s colours inside it, so that nothing below is unreadable', () => {
    const { css } = read('.card { background: #102030; color: #fff }');
    for (const name of ['ink', 'soft', 'accent', 'bad']) expect(css).toContain(`--${name}:#fff`);
    for (const name of ['paper', 'on-accent', 'warn-sheet']) expect(css).toContain(`--${name}:#102030`);
  });

  test('may hold a picture of its own in ::before, and nowhere else', () => {
    const url = `url("${pngUrl(8, 8)}")`;
    const rule = `content: ''; display: block; height: 40px; background-image: ${url}; background-repeat: no-repeat`;
    expect(read(`header.site::before { ${rule} }`).faults).toEqual([]);
    expect(read(`.card { background-image: ${url} }`).faults[0]?.message).toMatch(/::before and ::after only/);
    expect(read(`.card::after { background-image: url(data:image/png;base64,AAAA) }`).faults[0]?.message).toMatch(
      /PNG/,
    );
    expect(read('.card::after { background-image: url(data:image/svg+xml;base64,AAAA) }').faults).toHaveLength(1);
  });

  test.each([
    ['p { color: red; ', 1, /A \{ is not closed/],
    ['p { }\n}', 2, /too many/],
    ['p { } /* and so on', 1, /comment is not closed/],
    ['\n@import url(https://evil.example/x.css);', 2, /@import/],
    ['@font-face { font-family: x; src: url(x) }', 1, /@font-face/],
    ['@supports (x: y) { p { color: red } }', 1, /@supports/],
    ['@media screen { @media print { p { margin: 0 } } }', 1, /inside another/],
    ['p { margin: 0 }\np { behavior: url(x.htc) }', 2, /program in old browsers/],
    ['p { width: expression(alert(1)) }', 1, /program in old browsers/],
    ['p { -moz-binding: url(x) }', 1, /program in old browsers/],
    ['p { background: url(https://evil.example/pixel) }', 1, /another server/],
    ['p { background: URL( //evil.example ) }', 1, /another server/],
    ['p { position: fixed }', 1, /over what the payer has to see/],
    ['.amount { display: none }', 1, /could hide/],
    ['.amount { visibility: hidden }', 1, /could hide/],
    ['.amount { font-size: 0 }', 1, /13px/],
    ['.amount { font-size: 1px }', 1, /13px/],
    ['p { font-size: 0.8125em }', 1, /13px/],
    ['.amount { text-indent: -999px }', 1, /could hide/],
    ['.amount { margin-left: -999px }', 1, /none below zero/],
    ['.amount { color: #fff; background: #fff }', 1, /contrast.* is 1\.0/],
    ['.amount { color: #777; background: #888 }', 1, /contrast/],
    ['.amount { color: #fff }', 1, /Set background-color/],
    ['.amount { background: #000 }', 1, /Set color/],
    ['.amount { color: #000; background: #fff; background-color: #000 }', 1, /twice/],
    ['.amount { color: transparent; background: #fff }', 1, /not taken for color/],
    ['.amount { color: rgb(0 0 0 / 1%); background: #fff }', 1, /not taken for color/],
    ['.amount { color: var(--paper); background: var(--sheet) }', 1, /can’t be read/],
    ['.amount { --ink: #fff }', 1, /own colours/],
    ['.amount { font-family: Wingdings }', 1, /known fonts/],
    ['.amount::before { content: "$0.00 due, was " }', 1, /at most 3/],
    ['.amount::before { content: "-" }', 1, /at most 3/],
    ['.amount::before { content: "0" }', 1, /at most 3/],
    ['.amount::before { content: attr(title) }', 1, /at most 3/],
    ['a { padding: 4rem 0 }', 1, /over other lines/],
    ['.amount::after { border: 9px solid #000 }', 1, /over other lines/],
    ['.card { box-shadow: 0 0 40px black }', 1, /outer shadow/],
    ['.card { box-shadow: inset 0 0 4px black }', 1, /outer shadow/],
    ['p { margin: 0 !important }', 1, /not needed/],
    ['p { m\\61rgin: 0 }', 1, /backslash/],
    ['p { margin: 0 } </style><script>', 1, /“<”/],
    ['p { mar\u202egin: 0 }', 1, /can’t be seen/],
    ['input { padding: 0 }', 1, /no <input>/],
    ['.problem { padding: 0 }', 1, /\.problem is not one/],
    ['a[href^="x"] { padding: 0 }', 1, /is not taken/],
    ['p:has(a) { padding: 0 }', 1, /is not taken/],
    ['p:not(.x) { padding: 0 }', 1, /is not taken/],
    ['p::selection { margin: 0 }', 1, /:selection is not taken/],
    ['p::before a { margin: 0 }', 1, /come last/],
    ['p, { margin: 0 }', 1, /missing/],
    ['p { a { margin: 0 } }', 1, /inside a rule/],
    ['margin: 0;', 1, /stands in no rule|can’t be read/],
    ['x'.repeat(20_001), 1, /20001 characters/],
  ])('is refused with its line: %j', (css, line, message) => {
    const { faults, css: served } = read(css);
    expect(served).toBe('');
    expect(faults[0]).toEqual({ line, message: expect.stringMatching(message) });
  });

  test('never throws; what is served reads the same again, has no address, and touches nothing outside .biller', () => {
    const pieces = [
      ...[
        'p',
        '.card',
        'a:hover',
        '{',
        '}',
        ';',
        ':',
        ',',
        'color',
        'background',
        '#000',
        '#fff',
        'margin',
        '1rem',
        '@media print',
      ],
      ...[
        '@import',
        'url(',
        ')',
        '"',
        "'",
        '/*',
        '*/',
        '\\',
        '<',
        'content',
        '::before',
        ' ',
        '\n',
        'position',
        'fixed',
        '!important',
        '-',
      ],
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 40 }),
        (parts) => {
          const { css, faults } = read(parts.join(''));
          expect(faults.length === 0 || css === '').toBe(true);
          expect(css).not.toMatch(/url\(|@import|[\\<]|position/);
          postcss.parse(css).walkRules((rule) => {
            for (const selector of rule.selectors) expect(selector).toMatch(/^\.biller/);
          });
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('every allowed rule made by chance is accepted, and served the same when served again', () => {
    const colours = fc.constantFrom(['#000', '#fff'], ['#ffffff', '#102030'], ['var(--ink)', 'var(--paper)']);
    const rule = fc.record({
      selector: fc.constantFrom('body', '.card', 'h1', '.bar', '.amount', 'main p'),
      pair: colours,
      margin: fc.integer({ min: 0, max: 96 }),
    });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 10 }), (rules) => {
        const text = rules
          .map(
            ({ selector, pair, margin }) =>
              `${selector} { color: ${pair[0]}; background: ${pair[1]}; margin: ${margin}px }`,
          )
          .join('\n');
        const { css, faults } = read(text);
        expect(faults).toEqual([]);
        expect(postcss.parse(css).nodes).toHaveLength(rules.length);
      }),
    );
  });
});
