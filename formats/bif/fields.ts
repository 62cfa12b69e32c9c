/** The four records of a Biller Invoice File, by the names the layout uses. */
export const bifRecords = ['fileHeader', 'invoiceHeader', 'customerRecord', 'invoiceDetail'] as const;
export type BifRecord = (typeof bifRecords)[number];

/**
 * What a field may hold:
 * `date` mm/dd/yyyy, a real day of the years 1900 to 2199 · `fileDate` the same or yyyy-mm-dd · `money` see money.ts ·
 * `flag` 0 or 1 · `count` a whole number · `guid` 8-4-4-4-12 hexadecimal digits · `constant` exactly `constant` ·
 * `account` digits (or text, where the layout says so) · `invoiceNumber` AccountNumber-YYYY-MM-DD ·
 * `invoiceType` an invoice type of the biller · `text` anything without a control character.
 */
export type BifFieldKind =
  | 'rowType'
  | 'constant'
  | 'text'
  | 'date'
  | 'fileDate'
  | 'money'
  | 'flag'
  | 'count'
  | 'guid'
  | 'account'
  | 'invoiceNumber'
  | 'invoiceType';

/** One field of one record: its place in the catalogue, not in a file (that is the layout's business). */
export type BifField = {
  /** The number the biller's mapping sheet gives it; null where our sources give none (never invented). */
  readonly fileSpecId: number | null;
  readonly name: string;
  /** Its name in JSON (extras, details, derived fields). Money keys end in `Cents`, and hold integer cents. */
  readonly key: string;
  readonly required: boolean;
  readonly kind: BifFieldKind;
  readonly constant?: string;
};
