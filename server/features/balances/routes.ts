import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { areBlockFlagsReadOnly, type Biller } from '../billers/index.ts';
import { accountParams } from '../invoices/contract.ts';
import { type AccountState, type BalanceView, listRefreshes, readAccountState } from './balances-store.ts';
import {
  type AccountWithBalance,
  accountWithBalanceSchema,
  type BalanceReply,
  balanceSchema,
  type RefreshReply,
  refreshPageQuery,
  refreshPageSchema,
  refreshQuery,
  refreshReplySchema,
} from './contract.ts';
import { refuse } from './problems.ts';
import { type BalancesDeps, isSuppressed, refreshBalance } from './refresh-balance.ts';

const tags = ['Accounts'];
const READ = needs({ scope: 'accounts:read', permission: 'accounts:read' });
const REFRESH = needs({ scope: 'balances:refresh', permission: 'balances:refresh' });

export function registerBalancesRoutes(app: App, deps: BalancesDeps): void {
  app.get(
    '/api/v1/billers/:bid/accounts/:accountNumber',
    {
      schema: {
        summary: 'An account with its last known balance',
        tags,
        params: accountParams,
        response: { 200: accountWithBalanceSchema },
      },
      config: { access: READ },
    },
    async ({ params }) => {
      const { biller, account } = await find(deps, params);
      return accountReply(biller, account);
    },
  );
  app.get(
    '/api/v1/billers/:bid/accounts/:accountNumber/balance',
    {
      schema: {
        summary: 'The last balance the partner told, without asking it',
        tags,
        params: accountParams,
        response: { 200: balanceSchema },
      },
      config: { access: READ },
    },
    async ({ params }) => {
      const { biller, account } = await find(deps, params);
      if (!account.balance) throw refuse('no-balance-yet', { accountNumber: params.accountNumber });
      return balanceReply(biller, account.balance);
    },
  );
  registerRefreshRoutes(app, deps);
}

function registerRefreshRoutes(app: App, deps: BalancesDeps): void {
  app.post(
    '/api/v1/billers/:bid/accounts/:accountNumber/refresh',
    {
      schema: {
        summary: 'Data Refresh: ask the partner for the balance now',
        description:
          'Answers 200 also when the partner could not be asked: `outcome` is then `stale`, the old balance is kept, and `sentence` says why.',
        tags,
        params: accountParams,
        querystring: refreshQuery,
        response: { 200: refreshReplySchema },
      },
      config: { access: REFRESH },
    },
    async ({ params, query, principal }) => {
      const cause = principal?.kind === 'staff' ? 'staff' : 'api';
      const { maxAgeSeconds } = query;
      const result = await refreshBalance(deps, {
        ...params,
        cause,
        ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
      });
      const { biller, account } = await find(deps, params);
      return {
        outcome: result.kind,
        balance: result.balance ? balanceReply(biller, result.balance) : null,
        blockAch: account.blockAch,
        blockCc: account.blockCc,
        ...(result.kind === 'stale' && {
          reason: result.reason,
          sentence: result.sentence,
          settings: [...result.settings],
        }),
      } satisfies RefreshReply;
    },
  );
  app.get(
    '/api/v1/billers/:bid/accounts/:accountNumber/balance/history',
    {
      schema: {
        summary: 'History › Data Refresh: every refresh of an account, newest first, kept 90 days',
        tags,
        params: accountParams,
        querystring: refreshPageQuery,
        response: { 200: refreshPageSchema },
      },
      config: { access: READ },
    },
    async ({ params, query }) => {
      const before = query.cursor === undefined ? undefined : Number(query.cursor);
      const found = await deps.database.withBiller(params.bid, (tx) =>
        listRefreshes(tx, { ...params, before, limit: query.limit + 1 }),
      );
      const items = found.slice(0, query.limit);
      return { items, nextCursor: found.length > items.length ? String(items.at(-1)?.id) : null };
    },
  );
}

async function find(
  deps: BalancesDeps,
  of: { bid: number; accountNumber: string },
): Promise<{ biller: Biller; account: AccountState }> {
  const biller = await deps.billers.load(of.bid);
  if (!biller) throw refuse('unknown-biller', { bid: of.bid });
  const account = await readAccountState(deps.database, of.bid, of.accountNumber);
  if (!account) throw refuse('unknown-account', { accountNumber: of.accountNumber });
  return { biller, account };
}

function accountReply(biller: Biller, account: AccountState): AccountWithBalance {
  return {
    ...account,
    balance: account.balance ? balanceReply(biller, account.balance) : null,
    areBlockFlagsReadOnly: areBlockFlagsReadOnly(biller.configuration),
  };
}

function balanceReply(biller: Biller, balance: BalanceView): BalanceReply {
  return {
    ...balance,
    asOf: balance.asOf.toString(),
    isSuppressed: isSuppressed(biller, balance),
    attributes: { ...balance.attributes },
  };
}
