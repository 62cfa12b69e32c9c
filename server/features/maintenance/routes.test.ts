import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../platform/audit.ts';
import { addSession, withPopulatedServer } from '../../security-tests/populated-server.ts';
import { NIGHT } from '../../testing/maintenance-rig.ts';
import { TEST_START } from '../../testing/platform.ts';

const BID = 2984;
const OTHER = 77;
const url = `/api/v1/billers/${BID}/maintenance-windows`;

let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let staff: Record<string, string>;
let manager: Record<string, string>;

beforeAll(async () => {
  rig = await withPopulatedServer();
  await rig.addTenant(BID);
  await rig.addTenant(OTHER);
  staff = await addSession(rig.owner, { bid: null, roles: ['project manager'] });
  manager = await addSession(rig.owner, { bid: BID, roles: ['billing manager'] });
});
afterAll(() => rig?.close());
beforeEach(() => rig.owner.query('delete from maintenance_window'));

const call = (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object, headers = staff) =>
  rig.app.inject({ method, url: path, headers, ...(payload && { payload }) });
const post = (draft: object = NIGHT, headers = staff) => call('POST', url, draft, headers);
const made = async (change: object = {}): Promise<{ id: number; version: number }> => {
  const answer = await post({ ...NIGHT, ...change });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().window;
};
const faultsOf = (answer: { json(): { faults?: { at: string; message: string }[] } }) =>
  (answer.json().faults ?? []).map((fault) => fault.at);

describe('planning a window', () => {
  test('takes Central Time, keeps instants, and shows Central Time again', async () => {
    const answer = await post();
    expect(answer.statusCode, answer.body).toBe(201);
    expect(answer.json().window).toMatchObject({
      version: 1,
      state: 'planned',
      startsAt: '2026-11-22T04:00:00Z',
      endsAt: '2026-11-22T12:00:00Z',
      start: '2026-11-21T22:00',
      end: '2026-11-22T06:00',
      startShown: 'Saturday, November 21, 2026 at 10:00 PM CST',
      lengthMinutes: 480,
      length: '8 hours',
      createdBy: expect.stringContaining('@probe.example'),
    });
    const list = await call('GET', url, undefined, manager);
    expect(list.json().items).toHaveLength(1);
  });

  test('refuses a time in the spring gap with a sentence that names it', async () => {
    const answer = await post({ ...NIGHT, start: '2027-03-14T02:30', end: '2027-03-14T06:00' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'maintenance-window-not-valid' });
    expect(answer.json().faults).toEqual([
      {
        at: 'start',
        message:
          '2:30 AM on March 14, 2027 does not exist in Central Time: that night the clocks go from 1:59 AM straight to 3:00 AM. Choose a time up to 1:59 AM or from 3:00 AM.',
      },
    ]);
  });

  test('asks which is meant of a time that comes twice, and takes either', async () => {
    const twice = { ...NIGHT, start: '2027-11-07T01:30', end: '2027-11-07T06:00' };
    const asked = await post(twice);
    expect(asked.statusCode).toBe(422);
    expect(asked.json()).toMatchObject({
      code: 'ambiguous-central-time',
      title: expect.stringMatching(/first \(CDT\) or the second \(CST\)/),
      faults: [{ at: 'start', message: expect.stringContaining('comes twice') }],
      details: {
        asks: [{ field: 'start', first: { at: '2027-11-07T06:30:00Z' }, second: { at: '2027-11-07T07:30:00Z' } }],
      },
    });
    const first = await made({ ...twice, startOccurrence: 'first' });
    const second = await made({ ...twice, startOccurrence: 'second' });
    expect(first).toMatchObject({ startsAt: '2027-11-07T06:30:00Z', startOccurrence: 'first', lengthMinutes: 330 });
    expect(second).toMatchObject({ startsAt: '2027-11-07T07:30:00Z', startOccurrence: 'second', lengthMinutes: 270 });
  });

  test('refuses an end before the start, a window in the past, one too far ahead, and no day at all', async () => {
    const cases: readonly (readonly [object, number, readonly string[]])[] = [
      [{ end: '2026-11-21T22:00' }, 422, ['end']],
      [{ start: '2026-11-17T22:00', end: '2026-11-18T08:59' }, 422, ['end']],
      [{ start: '2026-11-18T07:00', end: '2026-11-19T09:00' }, 422, ['start']],
      [{ start: '2033-11-18T07:00', end: '2033-11-19T09:00' }, 422, ['start']],
      [{ start: '2027-02-30T07:00', end: '2027-02-31T09:00' }, 422, ['start', 'end']],
      [{ start: 'tomorrow' }, 400, ['body.start']],
      [{ end: '2026-11-22T06:00Z' }, 400, ['body.end']],
    ];
    for (const [change, status, faults] of cases) {
      const answer = await post({ ...NIGHT, ...change });
      expect([answer.statusCode, faultsOf(answer)], JSON.stringify(change)).toEqual([status, faults]);
    }
    expect((await call('GET', url)).json().items).toEqual([]);
  });

  test('refuses a message that is empty or too long, a page nobody knows, and fields of nobody', async () => {
    const wrong: readonly object[] = [
      { message: { en: '  ', es: '' } },
      { message: { en: 'x'.repeat(1001), es: '' } },
      { message: { en: 'x', es: 'x'.repeat(1001) } },
      { description: '' },
      { description: 'x'.repeat(201) },
      { appliesToAll: false, pages: ['find', 'everything'] },
      { pages: Array.from({ length: 50 }, () => 'find') },
      { createdBy: 'someone else' },
      { startOccurrence: 'third' },
    ];
    for (const change of wrong) expect((await post({ ...NIGHT, ...change })).statusCode).toBe(400);
  });

  test('paying is closed by chosen pages too, each named once', async () => {
    expect(await made({ appliesToAll: false, pages: ['find', 'find'] })).toMatchObject({ pages: ['find', 'pay'] });
    expect(await made({ appliesToAll: true, pages: ['find'] })).toMatchObject({ pages: [] });
  });

  test('warns of an overlap, a great length, bills that fall due, a change of the clocks, no Spanish, and a start at once', async () => {
    await made();
    const warnings = async (change: object) => {
      const answer = await call('POST', `${url}/check`, { ...NIGHT, ...change });
      expect(answer.statusCode, answer.body).toBe(200);
      return (answer.json().warnings as { code: string; sentence: string }[]).map((one) => one.code);
    };
    expect(await warnings({})).toEqual(['overlap']);
    expect(await warnings({ start: '2026-11-22T06:00', end: '2026-11-22T07:00' })).toEqual([]);
    expect(await warnings({ isActive: false })).toEqual(['not-active']);
    expect(await warnings({ start: '2026-11-25T22:00', end: '2026-11-28T06:00' })).toEqual(['long']);
    expect(await warnings({ start: '2026-11-18T08:50', end: '2026-11-18T11:00' })).toEqual(['begins-at-once']);
    expect(await warnings({ start: '2027-03-13T22:00', end: '2027-03-14T06:00' })).toEqual(['clock-change']);
    expect(await warnings({ message: { en: 'x' }, start: '2026-11-25T22:00', end: '2026-11-26T01:00' })).toEqual([
      'no-spanish',
    ]);
    await rig.owner.query(`update invoice set due_date = '2026-12-20', carried_by = null where bid = $1`, [BID]);
    // 11 PM on the 19th to 1 AM on the 20th touches the due day.
    expect(await warnings({ start: '2026-12-19T23:00', end: '2026-12-20T01:00' })).toEqual(['due-dates']);
    expect(await warnings({ start: '2026-12-19T23:00', end: '2026-12-20T00:00' })).toEqual([]);
    expect((await call('GET', url)).json().items).toHaveLength(1);
  });

  test('a check says what is typed, what is asked and what is wrong, and stores nothing', async () => {
    const gap = await call('POST', `${url}/check`, { ...NIGHT, start: '2027-11-07T01:30', end: '2027-03-14T02:30' });
    expect(gap.json()).toMatchObject({
      startsAt: null,
      endsAt: null,
      asks: [{ field: 'start' }],
      faults: [{ at: 'end' }],
      warnings: [],
    });
    const fine = await call('POST', `${url}/check`, NIGHT);
    expect(fine.json()).toMatchObject({ startsAt: '2026-11-22T04:00:00Z', length: '8 hours', faults: [], asks: [] });
    expect((await call('GET', url)).json().items).toEqual([]);
  });
});

describe('changing a window', () => {
  test('two editors: the second gets a conflict with both values, and can save on the new version', async () => {
    const { id } = await made();
    const save = (draft: object, expectedVersion: number) =>
      call('PUT', `${url}/${id}`, { ...NIGHT, ...draft, expectedVersion });
    const first = await save({ end: '2026-11-22T07:00', reason: 'the cut-over is longer' }, 1);
    expect([first.statusCode, first.json().window.version, first.json().isChanged]).toEqual([200, 2, true]);
    const second = await save({ end: '2026-11-22T05:00', description: 'Spectrum' }, 1);
    expect(second.statusCode).toBe(409);
    expect(second.json()).toMatchObject({
      code: 'maintenance-window-conflict',
      details: {
        currentVersion: 2,
        conflicts: [
          { field: 'description', theirs: 'Spectrum conversion', yours: 'Spectrum' },
          {
            field: 'end',
            theirs: 'Sunday, November 22, 2026 at 7:00 AM CST',
            yours: 'Sunday, November 22, 2026 at 5:00 AM CST',
          },
        ],
      },
    });
    expect((await save({ end: '2026-11-22T05:00' }, 2)).statusCode).toBe(200);
    const same = await save({ end: '2026-11-22T05:00' }, 3);
    expect(same.json()).toMatchObject({ isChanged: false, window: { version: 3 } });
  });

  test('both at once: one wins, the other is told', async () => {
    const { id } = await made();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((description) =>
        call('PUT', `${url}/${id}`, { ...NIGHT, description, expectedVersion: 1 }),
      ),
    );
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([200, 409, 409, 409]);
  });

  test('its history tells who changed what, when and why, and the audit has the same', async () => {
    const { id } = await made({ reason: 'the date was agreed' });
    await call('PUT', `${url}/${id}`, {
      ...NIGHT,
      end: '2026-11-22T07:00',
      reason: 'needs longer',
      expectedVersion: 1,
    });
    const ended = await call('POST', `${url}/${id}/end`, { reason: 'put off by the partner' });
    expect(ended.json()).toMatchObject({ isChanged: true, window: { isActive: false, state: 'off', version: 3 } });
    const again = await call('POST', `${url}/${id}/end`, { reason: 'pressed twice' });
    expect(again.json()).toMatchObject({ isChanged: false, window: { version: 3 } });
    const { history } = (await call('GET', `${url}/${id}`)).json();
    expect(history).toMatchObject([
      {
        version: 3,
        act: 'switched-off',
        reason: 'put off by the partner',
        changes: [{ field: 'isActive', from: 'yes', to: 'no' }],
      },
      { version: 2, act: 'changed', reason: 'needs longer', changes: [{ field: 'end' }] },
      { version: 1, act: 'planned', reason: 'the date was agreed' },
    ]);
    const { rows } = await rig.owner.query(`select act from audit_event where subject = $1 order by seq`, [
      `maintenance-window/${id}`,
    ]);
    expect(rows.map((row: { act: string }) => row.act)).toEqual([
      'maintenance-window.planned',
      'maintenance-window.changed',
      'maintenance-window.switched-off',
    ]);
    const verdict = await rig.deps.database.withBiller(BID, (tx) => verifyAudit(tx, BID));
    expect(verdict).toMatchObject({ ok: true });
  });

  test('one that is in force as soon as it is saved is said to have begun, not to be planned', async () => {
    const { id } = await made({ start: '2026-11-18T09:00', end: '2026-11-18T12:00' });
    const { window, history } = (await call('GET', `${url}/${id}`)).json();
    expect([window.state, history[0].act]).toEqual(['in-force', 'begun']);
    const { rows } = await rig.owner.query('select act from audit_event where subject = $1', [
      `maintenance-window/${id}`,
    ]);
    expect(rows).toEqual([{ act: 'maintenance-window.begun' }]);
  });

  test('a planned window may be moved, never into the past', async () => {
    const { id } = await made();
    const move = (start: string, end: string) =>
      call('PUT', `${url}/${id}`, { ...NIGHT, start, end, expectedVersion: 1 });
    expect(faultsOf(await move('2026-11-17T22:00', '2026-11-18T06:00'))).toEqual(['end']);
    expect((await move('2026-11-28T22:00', '2026-11-29T06:00')).statusCode).toBe(200);
  });
});

describe('who may', () => {
  test('another biller’s window is as absent as none, and row-level security hides it', async () => {
    const { id } = await made();
    const foreign = await addSession(rig.owner, { bid: OTHER, roles: ['biller admin'] });
    const theirs = `/api/v1/billers/${OTHER}/maintenance-windows/${id}`;
    expect((await call('GET', `${url}/${id}`, undefined, foreign)).statusCode).toBe(404);
    expect((await call('POST', `${url}/${id}/end`, { reason: 'not mine' }, foreign)).statusCode).toBe(404);
    expect((await call('GET', theirs, undefined, foreign)).statusCode).toBe(404);
    expect((await call('PUT', theirs, { ...NIGHT, expectedVersion: 1 }, foreign)).statusCode).toBe(404);
    expect((await call('GET', theirs.replace(/\/\d+$/, ''), undefined, foreign)).json().items).toEqual([]);
    const seen = await rig.deps.database.withBiller(OTHER, (tx) =>
      tx.selectFrom('maintenance_window').select('id').execute(),
    );
    expect(seen).toEqual([]);
    expect((await call('GET', '/api/v1/billers/999/maintenance-windows')).json().items).toEqual([]);
    expect((await call('POST', '/api/v1/billers/999/maintenance-windows', NIGHT)).statusCode).toBe(404);
  });

  test('a billing manager opens and closes windows; a CSR sees them and changes none', async () => {
    const csr = await addSession(rig.owner, { bid: BID, roles: ['csr'] });
    const answer = await post(NIGHT, manager);
    expect(answer.statusCode).toBe(201);
    const { id } = answer.json().window;
    expect((await call('GET', url, undefined, csr)).json().items).toHaveLength(1);
    expect((await post(NIGHT, csr)).statusCode).toBe(403);
    expect((await call('POST', `${url}/${id}/end`, { reason: 'I want to' }, csr)).statusCode).toBe(403);
    expect((await call('POST', `${url}/${id}/end`, { reason: 'done' }, manager)).statusCode).toBe(200);
  });
});

test('past windows come newest first, a page at a time', async () => {
  for (let day = 1; day <= 5; day++) {
    await rig.owner.query(
      `insert into maintenance_window (bid, description, message_en, message_es, starts_at, ends_at, planned_ends_at, is_active,
         ended_at, applies_to_all, pages, pauses_datapump, created_by_kind, created_by, created_at, changed_by_kind, changed_by, changed_at)
       select $1, 'day ' || $2::int, 'x', '', at, at + interval '1 hour', at + interval '1 hour', false, at + interval '1 hour', true, '{}',
         false, 'staff', 'x', at, 'staff', 'x', at from (select $3::timestamptz - make_interval(days => $2::int) as at) t`,
      [BID, day, TEST_START],
    );
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; pages < 5 && cursor !== null; pages++) {
    const answer = await call('GET', `${url}?state=past&limit=2${cursor && `&cursor=${cursor}`}`);
    const page: { items: { description: string; state: string }[]; nextCursor: string | null } = answer.json();
    seen.push(...page.items.map((item) => `${item.description} ${item.state}`));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5].map((day) => `day ${day} over`));
});
