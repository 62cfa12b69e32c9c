import type { OpenDelivery } from './delivery.ts';
import type { LaneStore } from './lane-ports.ts';

/** Deliveries read at once, and how few accounts may be ready before more are read. Short, since a read delays commits. */
const PAGE = 300;
const LOW_WATER = 600;
/** Deliveries kept in memory; the rest stays in the database until some are finished. */
const HELD_MAX = 20_000;

/** What one run has read: a chain for each account, in the order of ids, and the accounts whose turn it is. */
export interface AccountChains {
  /** Reads the next page, in the order of ids. */
  read(): Promise<void>;
  /** There may be more to read, and there is room for it. */
  readonly wantsMore: boolean;
  readonly hasReady: boolean;
  /** True while something read is unfinished, or more may be there to read. */
  readonly isUnfinished: boolean;
  readonly isAllRead: boolean;
  /** Deliveries finished in this run. */
  readonly finished: number;
  takeReady(): string | undefined;
  head(account: string): OpenDelivery | undefined;
  finishHead(account: string): void;
  /** The account has nothing more for now. */
  close(account: string): void;
  /** Its head must wait, so the account is left out for the rest of the run. */
  block(account: string): void;
  /** Something new may stand behind what was read. */
  lookAgain(): void;
}

export function accountChains(store: Pick<LaneStore, 'readOpen'>): AccountChains {
  const chains = new Map<string, OpenDelivery[]>();
  const ready: string[] = [];
  const blocked = new Set<string>();
  let cursor = 0;
  let held = 0;
  let finished = 0;
  let isAllRead = false;
  const close = (account: string): void => {
    held -= chains.get(account)?.length ?? 0;
    chains.delete(account);
  };
  return {
    read: async () => {
      const rows = await store.readOpen(cursor, PAGE);
      isAllRead = rows.length < PAGE;
      for (const row of rows) {
        cursor = row.id;
        if (blocked.has(row.accountNumber)) continue;
        held += 1;
        const chain = chains.get(row.accountNumber);
        if (chain) chain.push(row);
        else {
          chains.set(row.accountNumber, [row]);
          ready.push(row.accountNumber);
        }
      }
    },
    get wantsMore() {
      return !isAllRead && ready.length < LOW_WATER && held < HELD_MAX;
    },
    get hasReady() {
      return ready.length > 0;
    },
    get isUnfinished() {
      return ready.length > 0 || chains.size > 0 || !isAllRead;
    },
    get isAllRead() {
      return isAllRead;
    },
    get finished() {
      return finished;
    },
    takeReady: () => ready.shift(),
    head: (account) => chains.get(account)?.[0],
    finishHead: (account) => {
      if (chains.get(account)?.shift()) held -= 1;
      finished += 1;
    },
    close,
    block: (account) => {
      blocked.add(account);
      close(account);
    },
    lookAgain: () => {
      isAllRead = false;
    },
  };
}
