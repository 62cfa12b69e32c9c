import type { BifInvoice } from '../batch.ts';

/**
 * A second reader of IMT's layout, written from the specification alone and sharing no code with the first: whole file in
 * memory, regular expressions, no fault but "no". What the product accepts must be what this accepts.
 */
export function readPlainly(text: string): Omit<BifInvoice, 'extras'>[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const starts = lines.flatMap((line, index) => (line.startsWith('IH|') ? [index] : []));
  const accepted: Omit<BifInvoice, 'extras'>[] = [];
  for (const [order, start] of starts.entries()) {
    let end = starts[order + 1] ?? lines.length;
    if (order === starts.length - 1) while (lines[end - 1] === '') end--;
    const invoice = readInvoice(lines.slice(start, end), start + 1);
    if (invoice !== null) accepted.push(invoice);
  }
  const seen = new Map<string, number>();
  for (const start of starts) {
    const fields = (lines[start] ?? '').split('|');
    if (fields.length === 9) seen.set(fields[3] ?? '', (seen.get(fields[3] ?? '') ?? 0) + 1);
  }
  return accepted.filter((invoice) => seen.get(invoice.invoiceNumber) === 1);
}

function readInvoice(lines: string[], line: number): Omit<BifInvoice, 'extras'> | null {
  const [header = '', customer = '', ...details] = lines;
  if (lines.some((each) => /\p{Cc}/u.test(each))) return null;
  const head =
    /^IH\|R\|([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|([01]?)\|([A-Za-z0-9-]{1,20})$/i.exec(
      header,
    );
  const who = /^CR\|([0-9]{1,40})\|([^|]*[^| ][^|]*)$/.exec(customer);
  if (head === null || who === null || !/^(IH)/.test(header) || !/^R$/.test(header.split('|')[1] ?? '')) return null;
  const [
    ,
    invoiceFormatGuid = '',
    invoiceNumber = '',
    date = '',
    due = '',
    amount = '',
    forward = '',
    invoiceTypeId = '',
  ] = head;
  const [, accountNumber = '', customerName = ''] = who;
  const invoiceDate = readDate(date);
  const dueDate = readDate(due);
  const totalCents = readAmount(amount);
  if (invoiceDate === null || dueDate === null || totalCents === null) return null;
  if (!invoiceNumber.startsWith(`${accountNumber}-`)) return null;
  if (!isDay(invoiceNumber.slice(accountNumber.length + 1))) return null;
  const described: { description?: string }[] = [];
  for (const detail of details) {
    const found = /^ID\|([^|]*)$/.exec(detail);
    if (found === null) return null;
    described.push(found[1] === '' ? {} : { description: found[1] ?? '' });
  }
  const balanceForward = forward === '1';
  return {
    line,
    invoiceNumber,
    accountNumber,
    customerName,
    invoiceDate,
    dueDate,
    totalCents,
    balanceForward,
    invoiceTypeId,
    invoiceFormatGuid,
    details: described as BifInvoice['details'],
  };
}

function readDate(text: string): string | null {
  const [month = '', day = '', year = '', ...more] = text.split('/');
  const iso = `${year}-${month}-${day}`;
  return more.length === 0 && isDay(iso) ? iso : null;
}

function isDay(iso: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(iso)) return false;
  const date = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso) return false;
  return date.getUTCFullYear() >= 1900 && date.getUTCFullYear() <= 2199;
}

function readAmount(text: string): number | null {
  let rest = text;
  let sign = 1;
  if (/^\(.*\)$/.test(rest)) {
    rest = rest.slice(1, -1);
    sign = -1;
  } else if (rest.startsWith('-')) {
    rest = rest.slice(1);
    sign = -1;
  }
  if (rest.startsWith('$')) rest = rest.slice(1);
  if (!/^(\d+|\d{1,3}(,\d\d\d)+)(\.\d\d?)?$/.test(rest)) return null;
  const [whole = '', part = ''] = rest.replaceAll(',', '').split('.');
  const cents = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  if (whole.length > 16 || cents > 99_999_999_999) return null;
  return cents === 0 ? 0 : sign * cents;
}
