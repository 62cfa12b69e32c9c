import type { Blobs } from './blobs.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { CrashPoints } from './crash-points.ts';
import type { Database } from './database.ts';
import type { Egress } from './egress.ts';
import type { EndpointFigures } from './endpoint-figures.ts';
import type { Jobs } from './jobs.ts';
import type { Log } from './log.ts';
import type { Mailer } from './mail.ts';
import type { Metrics } from './metrics.ts';
import type { Random } from './random.ts';
import type { Keyring } from './secrets.ts';
import type { Timers } from './timers.ts';

/** Everything a use case may stand on. Passed as its first argument; a use case asks for the part it needs with `Pick`. */
export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly crash: CrashPoints;
  readonly egress: Egress;
  /** What this process's outbound calls came to, by endpoint and minute. */
  readonly endpointFigures: EndpointFigures;
  readonly keyring: Keyring;
  readonly mailer: Mailer;
  readonly blobs: Blobs;
  readonly metrics: Metrics;
  readonly jobs: Jobs;
  /** The address people open, without a slash at its end. */
  readonly publicUrl: string;
}
