import type { Mail } from '../../platform/mail.ts';
import type { AlertRow } from './alert-store.ts';
import { CONDITION_WORDS } from './conditions.ts';

/**
 * What a webhook's receiver gets, in the form Standard Webhooks recommends. Stored with the message, so that every try
 * carries the same.
 */
export interface AlertPayload {
  readonly type: 'alert.opened' | 'alert.recovered' | 'alert.test';
  readonly timestamp: string;
  readonly data: {
    readonly alertId: number | null;
    readonly condition: string;
    readonly title: string;
    readonly subject: string;
    readonly biller: { readonly bid: number; readonly name: string | null } | null;
    readonly sentence: string;
    readonly since: string | null;
    readonly toldAt: string | null;
    readonly recoveredAt: string | null;
    readonly url: string;
  };
}

export function messageBody(from: {
  row: AlertRow;
  kind: 'opened' | 'recovered';
  billerName: string | null;
  publicUrl: string;
}): AlertPayload {
  const { row, kind } = from;
  const at = kind === 'opened' ? row.told_at : row.recovered_at;
  return {
    type: `alert.${kind}`,
    timestamp: (at ?? row.first_seen_at).toString(),
    data: {
      alertId: row.id,
      condition: row.condition,
      title: CONDITION_WORDS[row.condition].name,
      subject: row.subject,
      biller: row.bid === null ? null : { bid: row.bid, name: from.billerName },
      sentence: kind === 'recovered' && row.recovery ? `${row.recovery} It was: ${row.sentence}` : row.sentence,
      since: row.first_seen_at.toString(),
      toldAt: row.told_at?.toString() ?? null,
      recoveredAt: row.recovered_at?.toString() ?? null,
      url: `${from.publicUrl}/staff/operations`,
    },
  };
}

export function testBody(from: { at: Temporal.Instant; by: string; publicUrl: string }): AlertPayload {
  return {
    type: 'alert.test',
    timestamp: from.at.toString(),
    data: {
      alertId: null,
      condition: 'test',
      title: 'A test of this destination',
      subject: 'test',
      biller: null,
      sentence: `${from.by} asked for a test. Nothing is wrong; alerts of this installation arrive here.`,
      since: null,
      toldAt: null,
      recoveredAt: null,
      url: `${from.publicUrl}/staff/operations/alerts`,
    },
  };
}

const WORD = { 'alert.opened': 'Broken', 'alert.recovered': 'Recovered', 'alert.test': 'Test' } as const;

/** The line a list of messages shows, and the subject of the email. */
export function subjectOf(payload: AlertPayload): string {
  const { title, biller } = payload.data;
  return `${WORD[payload.type]}: ${title}${biller ? ` (${biller.name ?? 'biller'} ${biller.bid})` : ''}`;
}

/** Alerts told by one email: those it names one by one, and how many there are. */
export interface Folded {
  readonly payloads: readonly AlertPayload[];
  readonly count: number;
}

/** The email of one alert, or of several that came together. */
export function mailOf(payload: AlertPayload, from: { to: string; messageId: string; folded: Folded }): Mail {
  const { folded } = from;
  const count = 1 + folded.count;
  const parts = [payload, ...folded.payloads].map((one) => linesOf(one, { isOneOfMany: count > 1 }));
  const untold = count - parts.length;
  const rest = untold > 0 ? [[`${untold} more are not named here.`]] : [];
  const blocks = [...parts, ...rest, [`Look here: ${payload.data.url}`]];
  return {
    to: from.to,
    subject: `Causeway: ${count === 1 ? subjectOf(payload) : subjectOfMany(payload, count)}`,
    text: `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`,
    html: blocks.map((lines) => `<p>${lines.map(escaped).join('<br>')}</p>`).join('\n'),
    headers: { 'X-Causeway-Alert': from.messageId, 'Auto-Submitted': 'auto-generated' },
  };
}

function subjectOfMany(payload: AlertPayload, count: number): string {
  return `${WORD[payload.type]}: ${count} alerts, the first: ${subjectOf(payload).replace(/^\w+: /, '')}`;
}

function linesOf(payload: AlertPayload, from: { isOneOfMany: boolean }): readonly string[] {
  const { data } = payload;
  return [
    ...(from.isOneOfMany ? [subjectOf(payload)] : []),
    data.sentence,
    ...(data.since ? [`Since: ${data.since}`] : []),
    ...(data.recoveredAt ? [`Over: ${data.recoveredAt}`] : []),
    `What: ${data.subject}`,
  ];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
