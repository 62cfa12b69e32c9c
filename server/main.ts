import { ConfigFault, readConfig } from './platform/config.ts';
import { hearStop, runUntilStopped, start } from './start.ts';
import { VERSION } from './version.ts';

// The product alone: the roles named by the environment. `causeway serve` is the same.
const wish = hearStop();
try {
  const running = await start(readConfig(process.env, 'required'), { version: VERSION });
  process.exit(await runUntilStopped(running, wish));
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exit(cause instanceof ConfigFault ? 2 : 3);
}
