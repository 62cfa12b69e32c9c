import { z } from 'zod';
import { recordAudit } from '../../../platform/audit.ts';
import type { Tx } from '../../../platform/database.ts';
import type { JobKind } from '../../../platform/jobs.ts';
import type { Platform } from '../../../platform/platform.ts';
import { tokenHashOf } from '../sessions/session-limits.ts';
import { cleanSessions } from '../sessions/session-store.ts';
import { replaceInvitation, replaceReset } from './password-link-store.ts';
import { FACTOR_WORDS, type FactorAct, type StaffMail, staffMail } from './staff-mail.ts';
import { findUser, type StaffUser } from './staff-store.ts';

export const STAFF_MAIL_QUEUE = 'send-staff-mail';
const CLEAN_SESSIONS_QUEUE = 'clean-staff-sessions';
export const IDENTITIES_QUEUES = [STAFF_MAIL_QUEUE, CLEAN_SESSIONS_QUEUE] as const;
/** A link for a forgotten password holds so long after it was asked for; sent later than that, it is not sent at all. */
export const RESET_MINUTES = 30;
export const INVITATION_DAYS = 7;

/** What is to be sent, without the token: that is made when the mail is, so that no queue and no table ever holds one. */
const mailJob = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('invitation'), userId: z.string(), invitedBy: z.string() }),
  z.strictObject({
    kind: z.literal('reset'),
    /** Null: nobody has the email that was typed. The job is queued all the same. */
    userId: z.string().nullable(),
    address: z.string(),
    device: z.string(),
    askedAt: z.string(),
  }),
  z.strictObject({
    kind: z.literal('factors-changed'),
    userId: z.string(),
    act: z.enum(Object.keys(FACTOR_WORDS) as [FactorAct, ...FactorAct[]]),
    at: z.string(),
  }),
  z.strictObject({ kind: z.literal('password-changed'), userId: z.string(), address: z.string(), at: z.string() }),
]);
type MailJob = z.infer<typeof mailJob>;

export type StaffMailDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'mailer' | 'publicUrl' | 'log'>;

/** Queues a mail to a member of staff in the transaction that causes it. */
export function queueStaffMail(tx: Tx, deps: Pick<Platform, 'jobs'>, job: MailJob): Promise<void> {
  return deps.jobs.send(tx, STAFF_MAIL_QUEUE, job);
}

/** Mails to staff, as they are caused; and once a day, what has been over for a month is thrown away. */
export function identitiesJobs(deps: StaffMailDeps): readonly JobKind<never>[] {
  return [
    { name: STAFF_MAIL_QUEUE, work: (data: object) => sendStaffMail(deps, data) },
    {
      name: CLEAN_SESSIONS_QUEUE,
      cron: '17 8 * * *',
      work: () => deps.database.withSystem((tx) => cleanSessions(tx, deps.clock.now())),
    },
  ];
}

/**
 * Sends one mail. A mail server that is away makes the job come again, with a new token; one that refuses the address for
 * good is put on record, where whoever manages users sees it.
 */
export async function sendStaffMail(deps: StaffMailDeps, data: object): Promise<void> {
  const job = mailJob.parse(data);
  const user = job.userId === null ? undefined : await deps.database.withSystem((tx) => findUser(tx, job.userId ?? ''));
  if (!user || user.disabledAt !== null) return;
  const mail = await prepare(deps, job, user);
  if (!mail) return;
  const sent = await deps.mailer.send(staffMail(mail));
  if (sent.ok) return;
  if (!sent.permanent) throw new Error(`a mail to staff was not sent: ${sent.why}`);
  deps.log.warn({ kind: job.kind, why: sent.why }, 'a mail to staff can’t be sent');
  await deps.database.withSystem((tx) =>
    recordAudit(tx, {
      at: deps.clock.now(),
      bid: null,
      actorKind: 'program',
      actor: 'mail',
      act: 'staff.mail-refused',
      subject: `staff/${user.email}`,
      detail: { kind: job.kind, why: sent.why },
    }),
  );
}

/** The mail with a token of its own, which takes the place of those sent before; undefined where it comes too late. */
async function prepare(deps: StaffMailDeps, job: MailJob, user: StaffUser): Promise<StaffMail | undefined> {
  const now = deps.clock.now();
  const token = deps.random.token();
  const tokenHash = tokenHashOf(token);
  switch (job.kind) {
    case 'invitation': {
      const until = now.add({ hours: INVITATION_DAYS * 24 });
      await deps.database.withSystem((tx) => replaceInvitation(tx, { userId: user.id, tokenHash, expiresAt: until }));
      const link = `${deps.publicUrl}/staff/accept-invitation#${token}`;
      return { kind: 'invitation', to: user.email, name: user.name, invitedBy: job.invitedBy, link, until };
    }
    case 'reset': {
      const askedAt = Temporal.Instant.from(job.askedAt);
      const until = askedAt.add({ minutes: RESET_MINUTES });
      if (Temporal.Instant.compare(now, until) >= 0) return undefined;
      await deps.database.withSystem((tx) =>
        replaceReset(tx, { userId: user.id, tokenHash, askedAt, expiresAt: until, address: job.address }),
      );
      const link = `${deps.publicUrl}/staff/reset-password#${token}`;
      const { address, device } = job;
      return { kind: 'reset', to: user.email, link, until, askedAt, address, device };
    }
    case 'password-changed':
      return {
        kind: 'password-changed',
        to: user.email,
        at: Temporal.Instant.from(job.at),
        address: job.address,
        forgotUrl: `${deps.publicUrl}/staff/forgot-password`,
      };
    case 'factors-changed':
      return {
        kind: 'factors-changed',
        to: user.email,
        what: FACTOR_WORDS[job.act],
        at: Temporal.Instant.from(job.at),
        url: `${deps.publicUrl}/staff/own-security`,
      };
    default:
      return job satisfies never;
  }
}
