import fs from 'node:fs';
import { createBiller, sectionsOfFile } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

interface Options {
  bid: number;
  name: string;
  slug?: string;
  guid?: string;
  from?: string;
  json?: boolean;
}

/** `causeway biller create`: a biller with the default configuration, or with the sections of an exported one. */
export function registerBillerCreate(biller: Command): void {
  biller
    .command('create')
    .description('make a biller')
    .requiredOption('--bid <number>', 'its BID', bidOf)
    .requiredOption('--name <text>', 'its name, as payers read it')
    .option('--slug <text>', 'its place in payer addresses (made from the name)')
    .option('--guid <guid>', 'its BillerGuid (a new one)')
    .option('--from <file>', 'sections from an exported configuration (its secrets are to be set afterwards)')
    .option('--json', 'answer as JSON')
    .action((options: Options) =>
      withOperator(async (deps) => {
        const configuration =
          options.from === undefined ? undefined : sectionsOfFile(JSON.parse(fs.readFileSync(options.from, 'utf8')));
        const made = await createBiller(deps, {
          bid: options.bid,
          name: options.name,
          ...(options.slug && { slug: options.slug }),
          ...(options.guid && { guid: options.guid }),
          ...(configuration && { configuration }),
          by: OPERATOR,
        });
        const { bid, name, slug, guid, version } = made;
        answer(options.json, { bid, name, slug, guid, version }, () => [
          `Biller ${bid} (${name}) is there: /${slug}, BillerGuid ${guid}.`,
        ]);
        return EXIT.done;
      }),
    );
}
