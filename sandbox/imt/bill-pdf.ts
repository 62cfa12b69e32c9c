import PDFDocument from 'pdfkit';
import { decimal } from './payments-due.ts';
import type { Policy } from './policy.ts';

/** One bill a page, in the sandbox's own plain design. The same policy state gives the same bytes. */
export function billPdf(policy: Policy): Promise<Buffer> {
  // Dates inside the file come from the bill, not from the clock: that keeps the bytes the same.
  const createdAt = new Date(`${policy.billDate}T12:00:00Z`);
  const document = new PDFDocument({
    size: 'LETTER',
    margin: 54,
    info: {
      Title: `Bill ${policy.policyNumber}`,
      Author: policy.companyName,
      CreationDate: createdAt,
      ModDate: createdAt,
    },
  });
  const parts: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
  document.font('Helvetica-Bold').fontSize(16).text(policy.companyName);
  document.font('Helvetica').fontSize(10).fillColor('#555').text('Premium notice (sandbox)').moveDown(2);
  document.fillColor('#000').fontSize(11);
  document.text(`${policy.firstName} ${policy.lastName}`.trim());
  document.text(policy.addressOne).text(`${policy.city}, ${policy.state} ${policy.zipCode}`).moveDown(2);
  for (const [label, value] of [
    ['Policy number', policy.policyNumber],
    ['Bill date', policy.billDate],
    ['Due date', policy.dueDate],
    ['Total unpaid', `$${decimal(policy.totalUnpaidCents)}`],
    ['Pending payments', `$${decimal(policy.pendingCents)}`],
  ] as const) {
    document.text(label, { continued: true, width: 400 }).text(value, { align: 'right' });
  }
  document.moveDown().font('Helvetica-Bold').fontSize(14);
  document.text('Amount due', { continued: true, width: 400 });
  document.text(`$${decimal(policy.currentDueCents)}`, { align: 'right' });
  document.end();
  return done;
}
