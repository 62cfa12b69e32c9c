import {
  billPdf,
  checkConfiguration,
  type FeatureDeps,
  newestInvoice,
  refreshBalance,
  settingsToLookAt,
  withSettings,
} from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf } from '../arguments.ts';
import type { Finding } from '../finding.ts';
import { answer, EXIT, withOperator } from '../operator.ts';
import { lookAtOperations } from './look-at-operations.ts';

/** `causeway doctor [BID]`: this installation, and one biller's way to its partner, tried for real. Exit 1 where something is not well. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .argument(
      '[bid]',
      'look at this biller too: rules, sign-in at the partner, one refresh, one PDF where it has them',
      bidOf,
    )
    .description('try what must work, and say what to do where it does not')
    .option('--json', 'answer as JSON')
    .action((bid: number | undefined, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const findings = [
          ...(await lookAtInstallation(deps)),
          ...(await lookAtOperations(deps)),
          ...(bid === undefined ? [] : await lookAtBiller(deps, bid)),
        ];
        const isWell = findings.every((finding) => finding.isWell);
        answer(options.json, { isWell, findings }, () => [
          ...findings.map((finding) => `${finding.isWell ? 'ok  ' : 'FAIL'}  ${finding.what}: ${finding.sentence}`),
          isWell ? 'Everything that was tried works.' : 'Mend the lines marked FAIL, then run this again.',
        ]);
        return isWell ? EXIT.done : EXIT.problemsFound;
      }),
    );
}

async function lookAtInstallation(deps: FeatureDeps): Promise<readonly Finding[]> {
  await deps.database.ping();
  const billers = await deps.billers.list();
  const { config } = deps;
  return [
    { what: 'database', isWell: true, sentence: `answers; ${billers.length} billers` },
    finding(
      'master key',
      config.masterKeys.length > 0,
      'is there',
      'is missing: set CAUSEWAY_MASTER_KEY or CAUSEWAY_MASTER_KEY_FILE',
    ),
    finding(
      'processor',
      config.processorUrl !== undefined,
      'is set',
      'is not set, so no payment can be taken: set CAUSEWAY_PROCESSOR_URL',
    ),
    finding('mail', config.smtpUrl !== undefined, 'is set', 'is not set, so receipts wait: set CAUSEWAY_SMTP_URL'),
  ];
}

/** What can be tried of one biller, by what its partner can do. */
export async function lookAtBiller(deps: FeatureDeps, bid: number): Promise<readonly Finding[]> {
  const biller = await deps.billers.load(bid);
  if (!biller)
    return [
      { what: `biller ${bid}`, isWell: false, sentence: 'is not here. `causeway biller list` shows those that are.' },
    ];
  const rules = checkConfiguration(biller.configuration, deps.partners);
  const findings: Finding[] = [
    finding(
      'configuration',
      !rules.some((rule) => rule.severity === 'error'),
      `keeps its rules (${rules.length} warnings)`,
      rules.map((rule) => rule.sentence).join(' '),
    ),
  ];
  const newest = await deps.database.withBiller(bid, (tx) => newestInvoice(tx, bid));
  if (!newest)
    return [
      ...findings,
      {
        what: 'bills',
        isWell: false,
        sentence: 'none yet, so nothing can be tried at the partner. Import a BIF first.',
      },
    ];
  findings.push(await trySignIn(deps, bid, newest.invoiceTypeId));
  const refreshed = await refreshBalance(deps, {
    bid,
    accountNumber: newest.accountNumber,
    cause: 'cli',
    maxAgeSeconds: 0,
  });
  findings.push(
    refreshed.kind === 'stale'
      ? {
          what: 'data refresh',
          isWell: false,
          sentence: refreshed.sentence,
        }
      : {
          what: 'data refresh',
          isWell: true,
          sentence: refreshed.kind === 'off' ? 'is off for this biller' : `account ${newest.accountNumber} was told`,
        },
  );
  const partner = deps.billers.partnerOf(biller);
  if (partner && !partner.abilities.operations.includes('pdf'))
    return [...findings, { what: 'PDF', isWell: true, sentence: `${partner.name} has none to be asked for` }];
  const pdf = await billPdf(deps, { bid, invoiceNumber: newest.invoiceNumber });
  findings.push(
    pdf.kind === 'pdf'
      ? { what: 'PDF', isWell: true, sentence: `${pdf.sizeBytes} bytes` }
      : { what: 'PDF', isWell: false, sentence: pdf.why },
  );
  return findings;
}

/** Opens and closes a session, which is all that a wrong password, name or address can spoil. */
async function trySignIn(deps: FeatureDeps, bid: number, invoiceTypeId: string): Promise<Finding> {
  const biller = await deps.billers.load(bid);
  const partner = biller && deps.billers.partnerOf(biller);
  if (!biller || !partner)
    return {
      what: 'partner',
      isWell: false,
      sentence: 'the Integration Partner ID in CRM › Profile is not one that this installation knows',
    };
  const connection = await deps.billers.connectionFor(biller, 'balance', { invoiceTypeId });
  if ('missing' in connection) return { what: 'sign-in', isWell: false, sentence: connection.missing };
  const session = await partner.holdSession(connection);
  await session.release();
  const { failure } = session;
  if (!failure) return { what: 'sign-in', isWell: true, sentence: `${connection.username} is let in` };
  const settings = settingsToLookAt(partner, 'balance', failure.reason);
  return { what: 'sign-in', isWell: false, sentence: withSettings(failure.sentence, settings) };
}

function finding(what: string, isWell: boolean, good: string, bad: string): Finding {
  return { what, isWell, sentence: isWell ? good : bad };
}
