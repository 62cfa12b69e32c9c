import { createHash } from 'node:crypto';
import { type FieldError, WORDS, type Words } from './pay-page-words.ts';
import type { Checkout } from './records.ts';
import { TEST_NUMBERS, TEST_ROUTING, type TestNumber } from './test-numbers.ts';

/** What the form shows again. Numbers and codes typed are never sent back; only a chosen test number is filled in. */
export interface FormState {
  errors: Partial<Record<FieldName, FieldError>>;
  values: Partial<Record<'holder' | 'expiry' | 'zip' | 'accountType', string>>;
  filled: TestNumber | null;
}

export type FieldName = 'holder' | 'number' | 'expiry' | 'code' | 'zip' | 'routing' | 'account' | 'accountType';

/** The page with the form of one checkout. */
export function payPage(checkout: Checkout, form: FormState): string {
  const words = WORDS[checkout.locale];
  const isCard = checkout.method === 'CC';
  const hasErrors = Object.keys(form.errors).length > 0;
  const amount = checkout.amountCents === null ? null : dollars(checkout.amountCents);
  const heading = amount === null ? words.saveFor : `${words.payTo} ${checkout.billerName}`;
  const action = amount === null ? words.save : `${words.pay} ${amount}`;
  const remember =
    checkout.saveMethod === 'ask' && amount !== null
      ? `<p class="check"><input type="checkbox" id="remember" name="remember" value="yes"><label for="remember">${words.remember}</label></p>`
      : '';
  const body = `
<header class="sandbox"><p>${words.sandbox}</p></header>
<main>
${hasErrors ? errorSummary(words, form) : ''}
<h1>${escapeHtml(heading)}</h1>
${amount === null ? '' : `<p class="amount">${amount}</p>`}
${checkout.description === '' ? '' : `<p>${escapeHtml(checkout.description)}</p>`}
<form method="post" action="/pay/${checkout.id}" novalidate autocomplete="on">
<fieldset><legend>${isCard ? words.cardHeading : words.bankHeading}</legend>
${isCard ? cardFields(words, form) : bankFields(words, form)}
</fieldset>
${remember}
${checkout.authorizationText === null ? '' : `<p class="authorization">${escapeHtml(checkout.authorizationText)}</p>`}
<button type="submit">${action}</button>
</form>
<form method="post" action="/pay/${checkout.id}/cancel"><button class="plain" type="submit">${words.cancel}</button></form>
${testList(words, checkout)}
</main>`;
  return frame(checkout.locale, { title: `${hasErrors ? words.errorTitle : ''}${heading}`, body });
}

/** A page without a form: used up, cancelled, too old, unknown, or gone wrong. */
export function closedPage(
  locale: 'en' | 'es',
  { why, backUrl }: { why: keyof Words['closed'] | 'trouble'; backUrl: string | null },
): string {
  const words = WORDS[locale];
  const text = why === 'trouble' ? words.trouble : words.closed[why];
  const more = why === 'trouble' ? `<p>${words.troubleNext}</p>` : '';
  const back = backUrl === null ? '' : `<p><a class="button" href="${escapeHtml(backUrl)}">${words.back}</a></p>`;
  return frame(locale, {
    title: text,
    body: `<header class="sandbox"><p>${words.sandbox}</p></header><main><h1>${text}</h1>${more}${back}</main>`,
  });
}

function cardFields(words: Words, form: FormState): string {
  const { filled, values } = form;
  return [
    field(words, form, {
      name: 'holder',
      label: words.cardHolder,
      autocomplete: 'cc-name',
      value: values.holder ?? sample(filled, 'Sandy Sample'),
    }),
    field(words, form, {
      name: 'number',
      label: words.cardNumber,
      autocomplete: 'cc-number',
      inputmode: 'numeric',
      value: filled?.number ?? '',
      maxlength: 23,
    }),
    field(words, form, {
      name: 'expiry',
      label: words.expiry,
      hint: words.expiryHint,
      autocomplete: 'cc-exp',
      inputmode: 'numeric',
      value: values.expiry ?? sample(filled, '12/34'),
      maxlength: 7,
      short: true,
    }),
    field(words, form, {
      name: 'code',
      label: words.code,
      hint: words.codeHint,
      autocomplete: 'cc-csc',
      inputmode: 'numeric',
      value: sample(filled, filled?.name === 'amex' ? '1234' : '123'),
      maxlength: 4,
      short: true,
    }),
    field(words, form, {
      name: 'zip',
      label: words.zip,
      autocomplete: 'postal-code',
      inputmode: 'numeric',
      value: values.zip ?? sample(filled, '50265'),
      maxlength: 10,
      short: true,
    }),
  ].join('');
}

function bankFields(words: Words, form: FormState): string {
  const { filled, values } = form;
  const chosen = values.accountType ?? sample(filled, 'checking');
  const radio = (value: 'checking' | 'savings'): string =>
    `<p class="check"><input type="radio" id="type-${value}" name="accountType" value="${value}"${chosen === value ? ' checked' : ''}><label for="type-${value}">${words[value]}</label></p>`;
  const error = form.errors.accountType;
  return [
    field(words, form, {
      name: 'holder',
      label: words.holder,
      autocomplete: 'name',
      value: values.holder ?? sample(filled, 'Sandy Sample'),
    }),
    field(words, form, {
      name: 'routing',
      label: words.routing,
      hint: words.routingHint,
      inputmode: 'numeric',
      value: sample(filled, TEST_ROUTING),
      maxlength: 11,
    }),
    field(words, form, {
      name: 'account',
      label: words.account,
      inputmode: 'numeric',
      value: filled?.number ?? '',
      maxlength: 20,
    }),
    `<fieldset id="accountType"><legend>${words.accountType}</legend>${error ? `<p class="error">${words.errors[error]}</p>` : ''}${radio('checking')}${radio('savings')}</fieldset>`,
  ].join('');
}

function sample(filled: TestNumber | null, value: string): string {
  return filled === null ? '' : value;
}

interface Field {
  name: FieldName;
  label: string;
  value: string;
  hint?: string;
  autocomplete?: string;
  inputmode?: string;
  maxlength?: number;
  short?: boolean;
}

function field(words: Words, form: FormState, about: Field): string {
  const { name, label, hint } = about;
  const error = form.errors[name];
  const describedBy = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ');
  const attributes = [
    `id="${name}" name="${name}" type="text" value="${escapeHtml(about.value)}"`,
    `autocomplete="${about.autocomplete ?? 'off'}"`,
    about.inputmode ? `inputmode="${about.inputmode}"` : '',
    about.maxlength ? `maxlength="${about.maxlength}"` : '',
    about.short ? 'class="short"' : '',
    describedBy ? `aria-describedby="${describedBy}"` : '',
    error ? 'aria-invalid="true"' : '',
  ];
  return `<div class="field"><label for="${name}">${label}</label>
${hint ? `<p class="hint" id="${name}-hint">${hint}</p>` : ''}${error ? `<p class="error" id="${name}-error">${words.errors[error]}</p>` : ''}
<input ${attributes.filter(Boolean).join(' ')}></div>`;
}

function errorSummary(words: Words, form: FormState): string {
  const items = Object.entries(form.errors).map(
    ([name, error]) =>
      `<li><a href="#${name === 'accountType' ? 'type-checking' : name}">${words.errors[error]}</a></li>`,
  );
  return `<div class="summary" role="alert" tabindex="-1" autofocus id="errors"><h2>${words.errorHeading}</h2><ul>${items.join('')}</ul></div>`;
}

function testList(words: Words, checkout: Checkout): string {
  const rows = TEST_NUMBERS.filter((test) => test.kind === checkout.method).map((test) => {
    const label = test.label[checkout.locale];
    return `<li><code>${grouped(test)}</code><span>${label}</span><a href="/pay/${checkout.id}?use=${test.name}" aria-label="${words.use}: ${label}">${words.use}</a></li>`;
  });
  const routing = checkout.method === 'ACH' ? `<p>${words.bankRouting} <code>${TEST_ROUTING}</code></p>` : '';
  return `<section class="tests" aria-labelledby="tests"><h2 id="tests">${words.testNumbers}</h2><p>${words.testHint}</p>${routing}<ul>${rows.join('')}</ul></section>`;
}

function grouped({ kind, number }: TestNumber): string {
  if (kind === 'ACH') return number;
  return number.length === 15 ? number.replace(/^(.{4})(.{6})/, '$1 $2 ') : number.replace(/(.{4})(?=.)/g, '$1 ');
}

function dollars(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `$${whole}.${String(cents % 100).padStart(2, '0')}`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (sign) => names[sign] ?? sign);
}

const STYLE = `
:root{color-scheme:light dark;--text:#16202b;--soft:#51606f;--ground:#f5f7f9;--card:#fff;--line:#8593a1;--act:#0b5cad;--act-text:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e8edf2;--soft:#a9b6c3;--ground:#10161c;--card:#18212a;--line:#6d7c8b;--act:#7db8f2;--act-text:#08131e;--bad:#ff9a90}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:32rem;margin:0 auto;padding:1rem 1rem 3rem}
.sandbox p{margin:0}.sandbox{padding:.5rem 1rem;background:#ffd75e;color:#1d1700;text-align:center;font-size:.9375rem}
h1{font-size:1.375rem;line-height:1.25;margin:1rem 0 .25rem}h2{font-size:1.125rem;margin:0 0 .5rem}
.amount{font-size:2.25rem;font-weight:700;margin:0;font-variant-numeric:tabular-nums}
fieldset{border:0;margin:1rem 0 0;padding:0}legend{font-weight:600;padding:0;margin-bottom:.5rem}
form>fieldset>legend{font-size:1.125rem}
.field{margin:0 0 1rem}label{display:block;font-weight:600}
.hint,.error{margin:0;font-size:.9375rem;color:var(--soft)}.error{color:var(--bad);font-weight:600}
input[type=text]{width:100%;min-height:3rem;padding:.5rem .75rem;font:inherit;font-variant-numeric:tabular-nums;color:inherit;background:var(--card);border:2px solid var(--line);border-radius:.5rem}
input.short{max-width:10rem;display:block}input[aria-invalid]{border-color:var(--bad)}
.check{display:flex;gap:.75rem;align-items:center;margin:.25rem 0;min-height:2.75rem}.check input{width:1.5rem;height:1.5rem}.check label{font-weight:400}
button,.button{display:block;width:100%;min-height:3.25rem;margin:1.25rem 0 0;padding:.75rem;font:inherit;font-weight:700;text-align:center;text-decoration:none;color:var(--act-text);background:var(--act);border:2px solid var(--act);border-radius:.5rem;cursor:pointer}
button.plain{margin-top:.5rem;background:transparent;border-color:transparent;color:var(--act);font-weight:400;text-decoration:underline}
:focus-visible{outline:3px solid #e0a100;outline-offset:2px}a{color:var(--act)}
.summary{border:3px solid var(--bad);border-radius:.5rem;padding:1rem;margin-top:1rem}.summary ul{margin:0;padding-left:1.25rem}.summary a{color:var(--bad)}
.authorization{font-size:.9375rem;white-space:pre-line;border-left:4px solid var(--line);padding-left:.75rem}
.tests{margin-top:2rem;padding:1rem;background:var(--card);border:1px dashed var(--line);border-radius:.5rem;font-size:.9375rem}
.tests ul{list-style:none;margin:0;padding:0}.tests li{display:grid;grid-template-columns:1fr auto;column-gap:.75rem;padding:.375rem 0;border-top:1px solid color-mix(in srgb,var(--line) 40%,transparent)}
.tests code{font-size:1rem;font-variant-numeric:tabular-nums}.tests span{grid-row:2;color:var(--soft)}.tests a{grid-row:1/3;grid-column:2;align-self:center;padding:.75rem .5rem}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The page's policy. Forms may go on to the biller's site: browsers check redirects after a submit as well. */
export function contentPolicy(formTargets: readonly string[]): string {
  const origins = [...new Set(formTargets.map((url) => new URL(url).origin))].join(' ');
  return `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self' ${origins}; base-uri 'none'; frame-ancestors 'none'`;
}

function frame(locale: 'en' | 'es', { title, body }: { title: string; body: string }): string {
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`;
}
