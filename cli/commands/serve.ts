import {
  CannotListen,
  ConfigFault,
  hearStop,
  readConfig,
  runUntilStopped,
  start,
  VERSION,
} from '@causeway/server/operator';
import type { Command } from 'commander';
import { EXIT, explain, say } from '../operator.ts';

/** `causeway serve`: the product alone, in the roles of the environment. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run Causeway: web pages, API and background work (see config-reference)')
    .action(async () => {
      const wish = hearStop();
      try {
        const config = readConfig(process.env, 'required');
        const running = await start(config, { version: VERSION });
        say(`Causeway is ready${running.url ? ` on ${running.url}` : ''} (${config.roles.join(', ')}).`);
        process.exit(await runUntilStopped(running, wish));
      } catch (cause) {
        const code = explain(cause);
        process.exit(
          cause instanceof ConfigFault ? EXIT.wrongUsage : cause instanceof CannotListen ? EXIT.refused : code,
        );
      }
    });
}
