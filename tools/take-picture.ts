// Takes README's picture anew from the running demo: a payer's phone beside the staff's page of the same account.
import fs from 'node:fs';
import path from 'node:path';
import { DESKTOP, openBrowser, PHONE } from '../web/browser-tests/open-browser.ts';
import { startDemo } from '../web/browser-tests/run-demo.ts';

const TARGET = path.join(import.meta.dirname, '..', 'docs', 'pictures', 'causeway.png');

const [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
try {
  const example = demo.examples['prairie-pine'];
  const phone = await browser.newPage({ viewport: PHONE });
  await phone.goto(`${demo.url}/prairie-pine`);
  await phone.getByLabel('Policy or account number').fill(example?.accountNumber ?? '');
  await phone.getByLabel('Last name or ZIP code').fill(example?.lastName ?? '');
  await phone.getByRole('button', { name: 'Find my bill' }).click();
  const bill = await phone.screenshot();
  await phone.getByRole('link', { name: 'Pay this bill' }).click();
  await phone.getByRole('button', { name: 'Continue' }).click();
  await phone.getByRole('button', { name: /^Pay \$/ }).click();
  await phone.getByRole('textbox', { name: /name on the card/i }).fill('Hannah Patel');
  await phone.getByRole('textbox', { name: /zip/i }).fill('50265');
  await phone.getByRole('textbox', { name: /card number/i }).fill('4242 4242 4242 4242');
  await phone.getByRole('textbox', { name: /expir/i }).fill('12 / 30');
  await phone.getByRole('textbox', { name: /security code/i }).fill('123');
  await phone.getByRole('button', { name: /pay/i }).click();
  await phone.getByRole('heading', { name: 'Payment received' }).waitFor();
  await phone.locator('.clocks .mark').nth(1).filter({ hasText: '✓' }).waitFor();
  const receipt = await phone.screenshot();

  const staff = await browser.newPage({ viewport: DESKTOP });
  await staff.goto(`${demo.url}/staff`);
  await staff.getByLabel(/email/i).fill(demo.admin.email);
  await staff
    .getByLabel(/password/i)
    .first()
    .fill(demo.admin.password);
  await staff.getByRole('button', { name: /sign in/i }).click();
  await staff.getByRole('heading', { name: /overview/i }).waitFor();
  await staff.goto(`${demo.url}/staff/billers/2984/accounts/${example?.accountNumber}`);
  await staff.getByRole('heading', { name: /what happened/i }).waitFor();
  // Headings stand before what they head has loaded.
  await staff.getByRole('link', { name: /^Post \d+$/ }).waitFor();
  await staff.getByRole('link', { name: 'PDF' }).waitFor();
  await staff.getByRole('cell', { name: 'Card · Virtual Site' }).waitFor();
  const account = await staff.screenshot();

  const both = await browser.newPage({ viewport: { width: 1850, height: 780 } });
  const image = (shot: Buffer, height: number) =>
    `<img height="${height}" src="data:image/png;base64,${shot.toString('base64')}">`;
  await both.setContent(
    `<style>body{margin:0;padding:30px;background:#dfe6ec;display:flex;gap:24px;align-items:center}img{border-radius:12px;box-shadow:0 6px 24px #0003}</style>${image(bill, 720)}${image(receipt, 720)}${image(account, 720)}`,
  );
  fs.mkdirSync(path.dirname(TARGET), { recursive: true });
  await both.screenshot({ path: TARGET });
} finally {
  await browser.close();
  await demo.stop();
}
