import { buildApp } from '../app.ts';
import { type FeatureDeps, introduce } from '../introduce.ts';
import type { PlatformOverrides } from '../open-platform.ts';
import type { App } from '../platform/http.ts';
import { QUEUES } from '../worker.ts';
import { withTestPlatform } from './platform.ts';

/** The whole server for `app.inject`: every route, on a database of its own, with a clock the test moves. */
export async function withTestApp(
  from: { overrides?: PlatformOverrides; environment?: Record<string, string> } = {},
): Promise<{
  app: App;
  deps: FeatureDeps;
  clock: Awaited<ReturnType<typeof withTestPlatform>>['clock'];
  folder: string;
  close: () => Promise<void>;
}> {
  const opened = await withTestPlatform({ ...from, queues: QUEUES });
  const introduced = introduce(opened.platform);
  const app = await buildApp(introduced.deps, { version: '0.0.0-test', isStopping: () => false });
  return {
    app,
    deps: introduced.deps,
    clock: opened.clock,
    folder: opened.folder,
    close: async () => {
      await app.close();
      await introduced.close();
      await opened.close();
    },
  };
}
