import type { Command } from 'commander';
import { runDemo } from '../demo/run-demo.ts';
import { explain } from '../operator.ts';

/** `causeway demo`, which is `npm start`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'run everything on this machine: Causeway, its database, the sandbox partner and processor, three billers, 5,250 bills',
    )
    .action(async () => {
      try {
        process.exit(await runDemo(process.env));
      } catch (cause) {
        process.exit(explain(cause));
      }
    });
}
