import fs from 'node:fs';
import { applyWorksheet, previewWorksheet } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf, collected } from '../arguments.ts';
import { differenceLines, faultLines, savedLines } from '../configuration-lines.ts';
import { answer, EXIT, say, table, withOperator } from '../operator.ts';

interface Options {
  map: readonly string[];
  system?: string;
  apply?: boolean;
  reason: string;
  json?: boolean;
}

const SYSTEMS = ['uat', 'production'] as const;

/** `causeway config import-worksheet BID FILE`: shows what a partner's worksheet would set; sets it with `--apply`. */
export function registerConfigImportWorksheet(config: Command): void {
  config
    .command('import-worksheet')
    .description('map the partner’s implementation worksheet (CSV, .xlsx) to Advanced Settings; set them with --apply')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<file>', 'the worksheet')
    .option('--map <cell=setting>', 'what a value is, as B5=9, C7=10.privateKey or B9=- (repeatable)', collected, [])
    .option('--system <name>', 'uat or production, where the worksheet has both')
    .option('--apply', 'set them')
    .option('--reason <text>', 'why, for the history', 'imported from the worksheet')
    .option('--json', 'answer as JSON')
    .action((bid: number, file: string, options: Options) =>
      withOperator(async (deps) => {
        const system = SYSTEMS.find((name) => name === options.system);
        const pairs = options.map.map((each) => /^([^=]+)=(.+)$/.exec(each));
        if ((options.system !== undefined && !system) || pairs.includes(null)) {
          say('--system takes uat or production; --map takes CELL=SETTING, as B5=9.');
          return EXIT.wrongUsage;
        }
        if (!fs.existsSync(file)) {
          say(`There is no file ${file}.`);
          return EXIT.wrongUsage;
        }
        const mapping = Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
        const request = { bid, bytes: fs.readFileSync(file), answers: { mapping, system } };
        const preview = await previewWorksheet(deps, request);
        const isWorking = !preview.faults.some((fault) => fault.severity === 'error');
        if (!options.apply || !preview.isReady || !isWorking) {
          answer(options.json, preview, () => [
            ...table(
              ['Cell', 'Name', 'Value', 'Setting'],
              preview.rows.map((row) => [row.cell, row.name, row.shown, settingOf(row)]),
            ),
            ...differenceLines(preview.differences as never),
            ...faultLines(preview.faults),
          ]);
          if (!preview.isReady)
            say('Say what is asked about with --map or --system, or leave it out with --map CELL=-.');
          else if (isWorking && !options.apply) say('Nothing was changed. Run it again with --apply.');
          return preview.isReady && isWorking ? EXIT.done : EXIT.problemsFound;
        }
        const told = { expectedVersion: preview.version, reason: options.reason, by: OPERATOR };
        const saved = await applyWorksheet(deps, { ...request, ...told });
        answer(options.json, saved, () => savedLines(saved));
        return EXIT.done;
      }),
    );
}

function settingOf(row: {
  state: string;
  targets: readonly string[];
  suggestions: readonly string[];
  why: string | null;
}): string {
  if (row.state === 'mapped') return row.targets.join(', ');
  const hint = row.suggestions.length > 0 ? ` (perhaps ${row.suggestions.join(',')})` : '';
  return `${row.state === 'ask' ? '? ' : 'not mapped: '}${row.why ?? ''}${hint}`;
}
