/** Waits before the 1st, 2nd … question to the processor about an open payment, then every 15 minutes until it is known. */
const ASK_SECONDS = [15, 30, 60, 120, 300] as const;
const ASK_LATER_SECONDS = 900;
/** How long a payer may stay on the processor's page. */
export const CHECKOUT_SECONDS = 1_800;
/** After this an open page is closed by us: the processor's own limit and its clock may be off by this much. */
const CLOSE_AFTER_SECONDS = CHECKOUT_SECONDS + 300;
/** A payment unknown for longer is a person's matter too (spec: unresolved after 4 h). */
const IN_DOUBT_HOURS = 4;

/** When the processor is asked next, after it was asked `askedCount` times. */
export function nextAskAt(now: Temporal.Instant, askedCount: number): Temporal.Instant {
  return now.add({ seconds: ASK_SECONDS[askedCount] ?? ASK_LATER_SECONDS });
}

export function isPageOver(createdAt: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(createdAt.add({ seconds: CLOSE_AFTER_SECONDS }), now) <= 0;
}

export function isLongInDoubt(createdAt: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(createdAt.add({ hours: IN_DOUBT_HOURS }), now) <= 0;
}

/** While a submit is this young it may still be asking for its page: cancelling under it would spoil it. Longer than the call may take. */
const SUBMIT_SECONDS = 15;

/** Whether the payment's own submit may still be under way in some process. */
export function isSubmitUnderWay(
  row: { status: string; created_at: Temporal.Instant },
  now: Temporal.Instant,
): boolean {
  return (
    row.status === 'submitting' && Temporal.Instant.compare(row.created_at.add({ seconds: SUBMIT_SECONDS }), now) > 0
  );
}
