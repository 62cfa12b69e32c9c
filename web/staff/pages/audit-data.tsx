import { useQuery } from '@tanstack/react-query';
import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { Awaited, Empty } from '../parts/notes.tsx';
import { Part, To } from '../parts/show.tsx';
import { stateWord, type Tone } from '../parts/state-mark.tsx';
import { type Happening, Timeline } from '../parts/timeline.tsx';
import { words } from '../say.ts';
import { useMay } from '../session.ts';

export type AuditEvent = Item<'/api/v1/billers/{bid}/audit'>;

/** The server takes so many subjects in one question, and answers so many acts. */
const SUBJECTS_MAX = 200;
const ACTS_MAX = 200;

/** The acts recorded of some things, newest first. */
export const actsOf = (bid: number, subjects: readonly string[]) => ({
  queryKey: ['audit', bid, subjects],
  queryFn: async () =>
    subjects.length === 0
      ? { items: [], nextCursor: null }
      : told(
          api.GET('/api/v1/billers/{bid}/audit', {
            params: { path: { bid }, query: { subject: subjects.slice(0, SUBJECTS_MAX), limit: ACTS_MAX } },
          }),
        ),
});

/** What was decided and noted about one thing, with reasons; nothing for those who may not read the audit. */
export function NotesAndDecisions({ bid, subjects }: { bid: number; subjects: readonly string[] }) {
  const may = useMay();
  const acts = useQuery({ ...actsOf(bid, subjects), enabled: may('audit:read') });
  if (!may('audit:read')) return null;
  return (
    <Part title="Notes and decisions">
      <Awaited of={acts} what="the notes">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>Nobody noted or decided anything about it yet.</Empty>
          ) : (
            <Timeline items={items.map((event) => actHappening(bid, event, subjects.length === 1))} />
          )
        }
      </Awaited>
    </Part>
  );
}

/** One act as a line of a story: who, what, when, why. */
export function actHappening(bid: number, event: AuditEvent, isOfThisPage = false): Happening {
  return {
    key: `act-${event.seq}`,
    at: event.at,
    tone: toneOfAct(event.act),
    title: (
      <>
        {actWords(event)}
        {!isOfThisPage && (
          <>
            {': '}
            <Subject bid={bid} subject={event.subject} />
          </>
        )}
      </>
    ),
    by: `by ${event.actor}`,
    more: event.reason && `“${event.reason}”`,
  };
}

const WORDS: Readonly<Record<string, string>> = {
  'delivery.note': 'Noted',
  'delivery.check-again': 'Asked to check again',
  'delivery.confirm-posted': 'Confirmed as posted',
  'delivery.post-again': 'Agreed to post it again',
  'delivery.return-to-payer': 'Returned to the payer',
  'delivery.replay': 'Sent again',
  'delivery.found-missing': 'Reported missing at the insurer',
  'deliveries.replayed': 'Sent several deliveries again',
  'payment.void-asked': 'Asked for a void',
  'payment.refund-asked': 'Asked for a refund',
  'partner-trust.asked': 'Asked for another trust level',
  'partner-trust.changed': 'Changed the trust level',
  'lane.paused': 'Paused the lane',
  'lane.resumed': 'Resumed the lane',
  'work-item.closed': 'Closed the work item',
  'invoice-file.received': 'Sent an invoice file',
  'invoice-file.foreign-guid': 'A file of another biller was refused',
  'credential.created': 'Made an API credential',
  'credential.revoked': 'Revoked the API credential',
  'staff.created': 'Added a person',
  'staff.invited': 'Invited a person anew',
  'staff.password-set': 'Set a password',
  'staff.disabled': 'Disabled a person',
  'sign-in': 'Signed in',
  'sign-in.failed': 'Failed to sign in',
  'sign-out': 'Signed out',
  'session.proven': 'Proved again who they are',
  'session.proof-failed': 'Failed to prove who they are',
  'session.revoked': 'Ended a session',
  'staff.changed': 'Changed a person’s roles or name',
  'staff.enabled': 'Enabled a person again',
  'staff.password-changed': 'Changed the password',
  'staff.password-reset': 'Set a forgotten password anew',
  'staff.mail-refused': 'An email to staff was refused',
  'factor.totp-added': 'Added an authenticator app',
  'factor.totp-removed': 'Took the authenticator app away',
  'factor.passkey-added': 'Added a passkey',
  'factor.passkey-renamed': 'Renamed a passkey',
  'factor.passkey-removed': 'Took a passkey away',
  'factor.recovery-codes-renewed': 'Made new recovery codes',
  'sign-on.linked': 'Linked to single sign-on',
  'sign-on.unlinked': 'Unlinked from single sign-on',
  'account.block-flags': 'Blocked or allowed methods of an account',
  'biller.created': 'Made the biller',
  'biller.renamed': 'Renamed the biller',
  'configuration.changed': 'Changed the configuration',
  'configuration.restored': 'Put an earlier configuration in force',
  'configuration.exported': 'Exported the configuration, without secrets',
  'configuration.exported-with-secrets': 'Exported the configuration with sealed secrets',
  'maintenance-window.planned': 'Planned a maintenance window',
  'maintenance-window.begun': 'Began a maintenance window at once',
  'maintenance-window.changed': 'Changed a maintenance window',
  'maintenance-window.ended-early': 'Ended a maintenance window early',
  'maintenance-window.switched-on': 'Made a maintenance window active',
  'maintenance-window.switched-off': 'Made a maintenance window not active',
  'maintenance-window.over': 'Put a maintenance window away that was over',
  'backup.created': 'Made a backup',
  'backup.restored': 'Restored a backup',
};

/** What acts begin with, for a filter. */
export const ACT_GROUPS: readonly (readonly [value: string, word: string])[] = [
  ['configuration', 'Configuration'],
  ['delivery', 'Deliveries: decisions'],
  ['deliveries', 'Deliveries: replays'],
  ['lane', 'Lanes'],
  ['payment', 'Payments'],
  ['invoice-file', 'Invoice files'],
  ['work-item', 'Work items'],
  ['maintenance-window', 'Maintenance windows'],
  ['partner-trust', 'Trust levels'],
  ['credential', 'API credentials'],
  ['staff', 'People'],
  ['sign-in', 'Sign-ins'],
  ['session', 'Sessions'],
  ['factor', 'Second factors'],
  ['biller', 'Billers'],
  ['alert-destination', 'Alerts'],
  ['backup', 'Backups'],
];

/** What was done, in words; with what belongs to it, such as the insurer’s reference. */
export function actWords(event: AuditEvent): string {
  const detail: Record<string, unknown> =
    typeof event.detail === 'object' && event.detail !== null && !Array.isArray(event.detail)
      ? { ...event.detail }
      : {};
  if (event.act === 'delivery.post-again' && detail.asksSecondPerson === true)
    return 'Asked to post it again; someone else has to agree';
  const base = WORDS[event.act] ?? words(event.act.replaceAll('.', ' '));
  if (typeof detail.reference === 'string') return `${base}, reference ${detail.reference}`;
  if (event.act.startsWith('partner-trust.')) return `${base}: from ${String(detail.from)} to ${String(detail.to)}`;
  if (event.act === 'delivery.found-missing' && typeof detail.to === 'string')
    return `${base}: ${stateWord(detail.to)}`;
  return base;
}

function toneOfAct(act: string): Tone {
  if (/note|received|sign/.test(act)) return 'off';
  if (/return|missing|revoked|disabled|failed|void|refund|foreign/.test(act)) return 'bad';
  if (/again|asked|paused|replay/.test(act)) return 'warn';
  return 'good';
}

/** Nobody reads a whole one out: its end tells it from the others. The whole one is in the title, the CSV and the address. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}([\da-f]{8})$/;

/** What an act was done to, leading to its page where it has one. */
export function Subject({ bid, subject }: { bid: number; subject: string }) {
  const [kind = '', id = ''] = subject.split(/\/(.*)/s);
  const pages: Readonly<Record<string, string>> = {
    payment: addresses.payment(bid, id),
    delivery: addresses.delivery(bid, id),
    'invoice-file': addresses.invoiceFile(bid, id),
    configuration: addresses.configurationHistory(bid),
    lane: addresses.lanes(bid),
    partner: addresses.lanes(bid),
    biller: addresses.biller(bid),
    credential: addresses.credentials(bid),
    'work-item': `${addresses.workItems()}?bid=${bid}&state=closed`,
  };
  // What belongs to no biller has no page among theirs.
  const page = bid > 0 ? pages[kind] : undefined;
  const name = `${words(kind)}${id ? ` ${id.replace(UUID, '…$1')}` : ''}`;
  return <span title={id}>{page ? <To href={page}>{name}</To> : name}</span>;
}
