import { readHistory, requireBiller } from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf, versionOf } from '../arguments.ts';
import { differenceLines } from '../configuration-lines.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway config history BID`: versions, newest first. */
export function registerConfigHistory(config: Command): void {
  config
    .command('history')
    .description('list the versions: who, when, why, what')
    .argument('<bid>', 'the biller', bidOf)
    .option('--before <version>', 'the page before this version', versionOf)
    .option('--limit <number>', 'versions at once, at most 50', versionOf, 20)
    .option('--json', 'answer as JSON')
    .action((bid: number, options: { before?: number; limit: number; json?: boolean }) =>
      withOperator(async (deps) => {
        await requireBiller(deps, bid);
        const page = await readHistory(deps, {
          bid,
          limit: options.limit,
          ...(options.before !== undefined && { before: options.before }),
        });
        const items = page.items.map((item) => ({ ...item, changedAt: item.changedAt.toString() }));
        answer(options.json, { items, nextBefore: page.nextBefore ?? null }, () => [
          ...items.flatMap((item) => [
            `${item.version}  ${item.changedAt}  ${item.changedBy}: ${item.reason}${item.restoredFrom === null ? '' : ` (from version ${item.restoredFrom})`}`,
            ...differenceLines(item.differences),
          ]),
          ...(page.nextBefore === undefined ? [] : [`Older versions: --before ${page.nextBefore}`]),
        ]);
        return EXIT.done;
      }),
    );
}
