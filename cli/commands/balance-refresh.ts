import { type FeatureDeps, readAccountState, refreshBalance } from '@causeway/server/operator';
import { type Command, InvalidArgumentError } from 'commander';
import { answer, EXIT, type ExitCode, say, withOperator } from '../operator.ts';

/** Reasons that mean "nobody there": exit 4, as for a database that is away. */
const UNREACHABLE: ReadonlySet<string> = new Set(['unreachable', 'timeout', 'breaker-open']);

/** `causeway balance refresh BID ACCOUNT`: asks the partner now, keeps what it tells, prints the account's balance. */
export function registerBalanceRefresh(balance: Command): void {
  balance
    .command('refresh')
    .description('ask the partner for the balance of one account now (Data Refresh)')
    .argument('<bid>', 'the biller', wholeNumber)
    .argument('<account>', 'the account number')
    .option('--json', 'answer as JSON')
    .action((bid: number, account: string, options: { json?: boolean }) =>
      withOperator((deps) => refreshAndTell(deps, { bid, account, isJson: options.json })),
    );
}

/** Exit 0 when the balance is fresh, 4 when the partner could not be reached, 3 when it could not be had otherwise. */
export async function refreshAndTell(
  deps: FeatureDeps,
  of: { bid: number; account: string; isJson: boolean | undefined },
): Promise<ExitCode> {
  const { bid, account: accountNumber } = of;
  const result = await refreshBalance(deps, { bid, accountNumber, cause: 'cli' });
  const account = await readAccountState(deps.database, bid, accountNumber);
  const { balance } = result;
  const told = {
    account: accountNumber,
    currentDueCents: balance?.currentDueCents ?? null,
    blockAch: account?.blockAch ?? false,
    blockCc: account?.blockCc ?? false,
    asOf: balance?.asOf.toString() ?? null,
    stale: result.kind === 'stale' || (balance?.isStale ?? true),
  };
  answer(of.isJson, told, () => [
    `Account ${told.account}: ${told.currentDueCents === null ? 'no balance known' : dollars(told.currentDueCents)}${told.stale ? ' (stale)' : ''}`,
    ...(told.asOf === null ? [] : [`As of ${told.asOf}`]),
    `Bank debits ${told.blockAch ? 'blocked' : 'allowed'}, cards ${told.blockCc ? 'blocked' : 'allowed'}`,
  ]);
  switch (result.kind) {
    case 'fresh':
    case 'kept':
      return EXIT.done;
    case 'off':
      say(
        'Real Time Data Refresh is off for this biller (CRM › Invoicing › Advanced Configuration): nobody was asked.',
      );
      return EXIT.refused;
    case 'stale':
      say(result.sentence);
      return UNREACHABLE.has(result.reason) ? EXIT.unreachable : EXIT.refused;
    default:
      return result satisfies never;
  }
}

function dollars(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}$${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('a biller id is a whole number');
  return Number(text);
}
