import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { openPlatform, type PlatformOverrides } from '../open-platform.ts';
import { fixedClock } from '../platform/clock.ts';
import { type Config, readConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { cloneDatabase } from './database.ts';

/** A moment in the middle of a working day, in winter time, far from any change of the clocks. */
export const TEST_START = '2026-11-18T15:00:00Z';

/**
 * A whole platform on a database of its own, with a clock the test moves. Nothing else is false: PostgreSQL, the job
 * queue, blobs and outbound HTTP (loopback allowed) are the real ones. Call `close` in `afterAll`.
 */
export async function withTestPlatform(
  from: { overrides?: PlatformOverrides; environment?: Record<string, string>; queues?: readonly string[] } = {},
): Promise<{
  platform: Platform;
  database: Database;
  config: Config;
  clock: ReturnType<typeof fixedClock>;
  folder: string;
  close: () => Promise<void>;
}> {
  const cloned = await cloneDatabase(inject('postgresUrl'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-test-data-'));
  const config = readConfig(
    {
      DATABASE_URL: cloned.url,
      CAUSEWAY_DATA: folder,
      CAUSEWAY_PORT: '0',
      CAUSEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
      CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1',
      CAUSEWAY_LOG_LEVEL: 'silent',
      CAUSEWAY_REQUIRE_SECOND_FACTOR: 'none',
      ...from.environment,
    },
    'required',
  );
  const clock = fixedClock(TEST_START);
  const overrides: PlatformOverrides = { clock, log: createLog({ level: config.logLevel }), ...from.overrides };
  const opened = await openPlatform({ config, queues: from.queues ?? [], overrides });
  return {
    platform: opened.platform,
    database: opened.platform.database,
    config,
    clock,
    folder,
    close: async () => {
      await opened.close();
      await cloned.drop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
