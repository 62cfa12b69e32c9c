import type { Tx } from '../../platform/database.ts';
import { inForceAmong, sayCentral, type WindowInForce, windowsAt } from '../maintenance/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { refuse } from './problems.ts';

interface Asked {
  readonly bid: number;
  readonly locale: 'en' | 'es';
}

/** Refuses while this process knows of a window in force: before the partner and the processor are asked for anything. */
export async function refuseInMaintenance(
  deps: Pick<PaymentsDeps, 'maintenance' | 'clock'>,
  asked: Asked,
): Promise<void> {
  refuseIfClosed(await deps.maintenance.inForce(asked.bid), asked, deps.clock.now());
}

/** The same from the rows themselves, in the transaction that claims the payment: no cache can be behind here. */
export async function refuseInMaintenanceIn(tx: Tx, deps: Pick<PaymentsDeps, 'clock'>, asked: Asked): Promise<void> {
  const now = deps.clock.now();
  refuseIfClosed(inForceAmong(await windowsAt(tx, asked.bid, now), now), asked, now);
}

function refuseIfClosed(window: WindowInForce | undefined, asked: Asked, now: Temporal.Instant): void {
  if (!window) return;
  const { until, message } = window;
  throw refuse('maintenance', {
    until: sayCentral(until),
    message: asked.locale === 'es' && message.es !== '' ? message.es : message.en,
    untilAt: until.toString(),
    retryAfterSeconds: Math.max(1, Math.ceil((until.epochMilliseconds - now.epochMilliseconds) / 1000)),
  });
}
