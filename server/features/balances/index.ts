/** The door of balances: what the partner last told, and asking it now. */
export { type AccountState, type BalanceView, readAccountState, readBalance } from './balances-store.ts';
export type { RefreshCause } from './contract.ts';
export { BALANCE_QUEUES, balancesJobs } from './jobs.ts';
export { refreshesByHour } from './overview-reads.ts';
export {
  type BalancesDeps,
  isSuppressed,
  type RefreshAsk,
  type RefreshResult,
  refreshBalance,
} from './refresh-balance.ts';
export { registerBalancesRoutes } from './routes.ts';
