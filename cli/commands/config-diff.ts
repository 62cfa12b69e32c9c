import fs from 'node:fs';
import { compareVersions, diffWithFile, requireBiller } from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf, versionOf } from '../arguments.ts';
import { differenceLines } from '../configuration-lines.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

interface Options {
  from?: number;
  to?: number;
  file?: string;
  json?: boolean;
}

/** `causeway config diff BID`: between two versions, or with an exported file. Exit 0 whether or not something differs. */
export function registerConfigDiff(config: Command): void {
  config
    .command('diff')
    .description('compare two versions (the last two, unless told), or the one in force with an exported file')
    .argument('<bid>', 'the biller', bidOf)
    .option('--from <version>', 'the earlier version', versionOf)
    .option('--to <version>', 'the later version', versionOf)
    .option('--file <file>', 'an exported configuration')
    .option('--json', 'answer as JSON')
    .action((bid: number, options: Options) =>
      withOperator(async (deps) => {
        const { version } = await requireBiller(deps, bid);
        const to = options.to ?? version;
        const differences =
          options.file === undefined
            ? await compareVersions(deps, { bid, from: options.from ?? Math.max(1, to - 1), to })
            : await diffWithFile(deps, { bid, file: JSON.parse(fs.readFileSync(options.file, 'utf8')) });
        answer(options.json, differences, () =>
          differences.length === 0 ? ['No difference.'] : differenceLines(differences),
        );
        return EXIT.done;
      }),
    );
}
