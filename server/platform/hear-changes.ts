import type pg from 'pg';
import type { Platform } from './platform.ts';

const RECONNECT_MS = 1000;

export interface Hearing {
  /** Whether changes made elsewhere are heard of at once; while they are not, what is cached must be checked. */
  isHeard(): boolean;
  /** Resolves once the first connection listens, or could not be made. */
  readonly started: () => Promise<void>;
  close(): Promise<void>;
}

/**
 * Hears PostgreSQL's notifications on one channel whose payload is a BID, and connects again, for ever, when the
 * connection is lost. `onHeardAgain` is called each time it listens: what changed while nobody listened was not heard.
 */
export function hearChanges(
  platform: Pick<Platform, 'database' | 'timers' | 'log'>,
  from: { channel: 'configuration' | 'maintenance'; onChange: (bid: number) => void; onHeardAgain: () => void },
): Hearing {
  let client: pg.Client | undefined;
  let isHeard = false;
  let isClosed = false;
  let retry: { cancel(): void } | undefined;
  let underWay: Promise<void> = Promise.resolve();

  const lost = (): void => {
    isHeard = false;
    client = undefined;
    if (isClosed) return;
    retry?.cancel();
    retry = platform.timers.after(RECONNECT_MS, begin);
  };
  const connect = async (): Promise<void> => {
    const made = await platform.database.connect(`${from.channel} listener`);
    let isLost = false;
    const onLost = (): void => {
      if (isLost) return;
      isLost = true;
      lost();
    };
    made.on('end', onLost);
    made.on('error', onLost);
    made.on('notification', (message) => {
      const bid = Number(message.payload);
      if (Number.isSafeInteger(bid)) from.onChange(bid);
    });
    await made.query(`listen ${from.channel}`);
    if (isClosed) {
      isLost = true;
      await made.end();
      return;
    }
    if (isLost) return;
    client = made;
    from.onHeardAgain();
    isHeard = true;
  };
  function begin(): void {
    if (isClosed) return;
    underWay = connect().catch((cause: unknown) => {
      platform.log.warn(
        { err: cause, channel: from.channel },
        'changes made elsewhere are not heard at the moment; the database is asked instead',
      );
      lost();
    });
  }
  begin();
  return {
    isHeard: () => isHeard,
    started: () => underWay,
    close: async () => {
      isClosed = true;
      isHeard = false;
      retry?.cancel();
      await underWay;
      await client?.end();
    },
  };
}
