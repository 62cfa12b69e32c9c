import type { Permission } from '../../platform/access.ts';
import type { Tx } from '../../platform/database.ts';
import { type Found, findBillers, readBillerZones, type Wanted } from '../billers/index.ts';
import { findDeliveries } from '../deliveries/index.ts';
import { findAccounts, findInvoiceFiles, findInvoices } from '../invoices/index.ts';
import { findPayments } from '../payments/index.ts';
import type { SearchHit } from './contract.ts';

/** What one kind may add to an answer: the palette shows a screenful. */
const EACH_MAX = 6;
const ANSWER_MAX = 30;

interface Source {
  readonly kind: SearchHit['kind'];
  readonly needs: Permission;
  readonly find: (tx: Tx, wanted: Wanted, bids: readonly number[]) => Promise<readonly Found[]>;
}

const SOURCES: readonly Source[] = [
  { kind: 'biller', needs: 'billers:read', find: (tx, wanted) => findBillers(tx, wanted) },
  { kind: 'account', needs: 'accounts:read', find: (tx, wanted, bids) => findAccounts(tx, bids, wanted) },
  { kind: 'invoice', needs: 'invoices:read', find: (tx, wanted, bids) => findInvoices(tx, bids, wanted) },
  { kind: 'payment', needs: 'payments:read', find: (tx, wanted) => findPayments(tx, wanted) },
  { kind: 'delivery', needs: 'deliveries:read', find: (tx, wanted, bids) => findDeliveries(tx, bids, wanted) },
  { kind: 'invoiceFile', needs: 'invoices:read', find: (tx, wanted) => findInvoiceFiles(tx, wanted) },
];

/**
 * Finds a biller, account, invoice, payment, delivery or file by anything pasted: a number, a name, a reference. Each
 * feature looks among its own; only what the reader may see is looked for.
 */
export async function searchEverything(
  tx: Tx,
  from: { q: string; permissions: ReadonlySet<Permission> },
): Promise<SearchHit[]> {
  const wanted = readWanted(from.q);
  if (wanted.text === '') return [];
  const names = new Map((await readBillerZones(tx)).map(({ bid, name }) => [bid, name]));
  const hits: SearchHit[] = [];
  for (const { kind, needs, find } of SOURCES) {
    if (!from.permissions.has(needs)) continue;
    const found = await find(tx, wanted, [...names.keys()]);
    hits.push(
      ...found.map((one) => ({
        ...one,
        kind,
        detail: kind === 'biller' ? one.detail : `${one.detail} · ${names.get(one.bid) ?? `biller ${one.bid}`}`,
      })),
    );
  }
  return hits.toSorted((a, b) => Number(b.isExact) - Number(a.isExact)).slice(0, ANSWER_MAX);
}

/** Takes away what comes along when people copy: quotes, #, “Payment ”, blanks around. */
export function readWanted(q: string): Wanted {
  const text = q
    .trim()
    .replace(/^(payment|delivery|invoice|account|policy|biller|bid)\b[\s:#]*/i, '')
    .replace(/^["'#“”]+|["'“”.,;]+$/g, '')
    .trim();
  const isNumber = /^\d{1,15}$/.test(text);
  const isUuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
  return {
    text,
    start: `${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`,
    number: isNumber ? Number(text) : undefined,
    uuid: isUuid ? text.toLowerCase() : undefined,
    limit: EACH_MAX,
  };
}
