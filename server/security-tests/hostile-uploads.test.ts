import { afterAll, beforeAll, expect, test } from 'vitest';
import { BID, withHostileInput } from './hostile-rig.ts';

let at: Awaited<ReturnType<typeof withHostileInput>>;
beforeAll(async () => {
  at = await withHostileInput();
});
afterAll(async () => await at?.close());

test('an upload that is no invoice file is told so, and one to be validated stores nothing', async () => {
  const route = { method: 'POST', path: '/api/v1/billers/:bid/invoice-files' };
  const url = `/api/v1/billers/${BID}/invoice-files?validateOnly=true`;
  const payloads = [
    '',
    '\0'.repeat(1_000),
    'MZ\x90\0',
    '<html></html>',
    '|'.repeat(100_000),
    'ID|1\r\n'.repeat(1_000),
    '\r\n'.repeat(10_000),
    '\ufeff',
    `FH|${'x'.repeat(500_000)}`,
  ];
  await at.expectRefusals([
    ...payloads.flatMap((payload) =>
      ['text/plain', 'application/octet-stream'].map((type) => ({
        route,
        url,
        payload,
        type,
        what: payload.slice(0, 20),
        mustRefuse: false,
      })),
    ),
    ...['application/json', 'text/xml', 'multipart/form-data', 'multipart/form-data; boundary='].map((type) => ({
      route,
      url,
      payload: '{}',
      type,
      what: type,
      mustRefuse: true,
    })),
    {
      route,
      url,
      payload: '--b\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nx\r\n--b--\r\n',
      type: 'multipart/form-data; boundary=b',
      what: 'a part named __proto__',
      mustRefuse: true,
    },
    {
      route,
      url,
      payload: '--b\r\ncontent-disposition: form-data; name="file"; filename="../../x\0.bif"\r\n\r\nx',
      type: 'multipart/form-data; boundary=b',
      what: 'a cut form',
      mustRefuse: false,
    },
  ]);
});

test('a file may have any name: what can’t be kept of it is left out, and it names no place on the disk', async () => {
  const names = [
    'x\0y.bif',
    '../../../../etc/passwd',
    'C:\\windows\\x.bif',
    'x'.repeat(5_000),
    'a%00b',
    '=cmd.bif',
    '',
    '<b>.bif',
    'n\u00ef\u{1f4a3}.bif',
  ];
  for (const [place, name] of names.entries()) {
    const answer = await at.inject({
      method: 'POST',
      url: `/api/v1/billers/${BID}/invoice-files`,
      headers: { ...at.headers, 'content-type': 'multipart/form-data; boundary=b' },
      payload: `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/plain\r\n\r\nFH|${place}\r\n--b--\r\n`,
    });
    expect(answer.statusCode, `${name.slice(0, 20)}: ${answer.body.slice(0, 200)}`).toBeLessThan(500);
    if (answer.statusCode >= 300) continue;
    const kept: string = answer.json().name;
    expect(kept).not.toMatch(/[\0/\\]/);
    expect(kept.length).toBeLessThanOrEqual(200);
  }
});

test('faults as CSV are no formulas to a spreadsheet', async () => {
  const answer = await at.app.inject({
    url: `/api/v1/billers/${BID}/invoice-files/${at.tenant.fileId}/faults`,
    headers: { ...at.headers, accept: 'text/csv' },
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-disposition']).toMatch(/^attachment; /);
  for (const cell of answer.body.split(/[,\r\n]+/)) expect(cell.replace(/^"/, '')).not.toMatch(/^[=+@\t]|^-\D/);
  expect(answer.body).toContain(`'=cmd`);
});
