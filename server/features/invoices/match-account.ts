import { createHash, timingSafeEqual } from 'node:crypto';
import type { Tx } from '../../platform/database.ts';
import { findAccount } from './account-store.ts';
import type { AccountRow } from './contract.ts';

/** Forms of a last name that are tried; the same number whether or not the account exists. */
const FORMS = 8;
const NAME_CHARS_MAX = 120;
const suffixes = new Set(['jr', 'sr', 'ii', 'iii', 'iv', 'v', 'md', 'esq']);
/** Compared with where there is no account, so that its absence costs the same work. */
const nobody = { customerName: 'Nobody Atall', zip: '00000' };

/**
 * The account of that number, if what else the payer gave fits it: the last name, or the zip, or both where both are
 * given. Neither given fits nothing. The answer and the work are the same for "no such account" and "wrong name"
 * (payer.md): one read by key, one comparison of hashes, no early way out.
 */
export async function matchAccount(
  tx: Tx,
  bid: number,
  given: { accountNumber: string; lastName?: string | undefined; zip?: string | undefined },
): Promise<AccountRow | undefined> {
  const account = await findAccount(tx, bid, given.accountNumber);
  const facts = account ?? nobody;
  const isNameRight = areAnyEqual(lastNameForms(facts.customerName), plainName(given.lastName ?? ''));
  const isZipRight = areAnyEqual([plainZip(facts.zip ?? '')], plainZip(given.zip ?? ''));
  const isGiven = given.lastName !== undefined || given.zip !== undefined;
  const isRight = (given.lastName === undefined || isNameRight) && (given.zip === undefined || isZipRight);
  return account !== undefined && isGiven && isRight ? account : undefined;
}

/**
 * The texts that pass for the last name of a customer: what stands before a comma (`SMITH, JOHN`), the last one to three
 * words of each person (`John van der Berg & Mary Ott Jr.`), and the whole name, as for companies.
 */
export function lastNameForms(customerName: string): string[] {
  const forms = new Set<string>([plainName(customerName)]);
  const comma = customerName.indexOf(',');
  if (comma > 0 && !suffixes.has(plainName(customerName.slice(comma + 1))))
    forms.add(plainName(customerName.slice(0, comma)));
  else {
    for (const person of customerName.split(/&|\band\b|\+|\//i)) {
      const words = plainName(person)
        .split(' ')
        .filter((word) => !suffixes.has(word));
      // A name of one word is that word; of more, the first is a first name and never enough by itself.
      for (let count = 1; count <= 3 && count <= Math.max(1, words.length - 1); count++)
        forms.add(words.slice(-count).join(' '));
    }
  }
  forms.delete('');
  return [...forms].slice(0, FORMS);
}

function plainName(name: string): string {
  return name
    .slice(0, NAME_CHARS_MAX)
    .normalize('NFD')
    .replaceAll(/\p{M}|['’.`]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function plainZip(zip: string): string {
  return zip.replaceAll(/\D/g, '').slice(0, 5);
}

function areAnyEqual(forms: readonly string[], given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(given);
  let found = 0;
  for (let slot = 0; slot < FORMS; slot++) {
    const form = forms[slot] ?? '';
    const isEqual = timingSafeEqual(digest(form), wanted) ? 1 : 0;
    found |= form === '' || given === '' ? 0 : isEqual;
  }
  return found === 1;
}
