import fs from 'node:fs';
import { exportConfiguration } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';
import { sectionOption, sectionsNamed } from '../section-option.ts';

interface Options {
  sections?: string[];
  sealTo?: string;
}

/** `causeway config export BID`: the configuration as JSON on stdout; secrets as fingerprints, or sealed to a public key. */
export function registerConfigExport(config: Command): void {
  config
    .command('export')
    .description('write a configuration as JSON: secrets left out, or sealed to another installation')
    .argument('<bid>', 'the biller', bidOf)
    .addOption(sectionOption('--sections <names...>'))
    .option(
      '--seal-to <key>',
      'the public key of the installation it is for (its `causeway keys show`), or a file that holds it',
    )
    .option('--json', 'the same; an export is always JSON')
    .action((bid: number, options: Options) =>
      withOperator(async (deps) => {
        const file = await exportConfiguration(deps, {
          bid,
          ...(options.sections && { sections: sectionsNamed(options.sections) }),
          ...(options.sealTo !== undefined && { sealTo: keyFrom(options.sealTo) }),
          by: OPERATOR,
        });
        answer(true, file, () => []);
        if (options.sealTo !== undefined)
          say('Its secrets open at that installation alone. Treat the file as the secrets all the same.');
        return EXIT.done;
      }),
    );
}

function keyFrom(text: string): string {
  return !text.startsWith('causeway-key:') && fs.existsSync(text) ? fs.readFileSync(text, 'utf8').trim() : text;
}
