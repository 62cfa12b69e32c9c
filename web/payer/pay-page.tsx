import type { MethodOffer, PageFrame, PayPage } from '../../server/features/payer-site/contract.ts';
import { FaultSummary, Field, FormOf, Page } from './frame.tsx';
import { dollars } from './show.ts';
import { WORDS, type Words } from './words.ts';

/** Step 3: how much, and with what; the fee of each method in dollars, side by side. */
export function Pay({ frame, page }: { frame: PageFrame; page: PayPage }) {
  const words = WORDS[frame.locale];
  return (
    <Page frame={frame} title={words.payTitle} step={3} hasFault={page.faults.length > 0}>
      <FaultSummary words={words} faults={page.faults} />
      <h1>{words.payTitle}</h1>
      <p className="soft">
        {words.policyHolder}: {page.customerName} · {page.accountNumber}
      </p>
      <form method="post" action={`${frame.base}/pay`} noValidate={true}>
        <FormOf frame={frame} accountNumber={page.accountNumber} />
        <input type="hidden" name="dueCents" value={page.dueCents} />
        <Amount frame={frame} page={page} />
        <fieldset id="method">
          <legend>{words.withWhat}</legend>
          <Fault page={page} field="method" />
          <div className="pair">
            {page.methods.map((offer) => (
              <Method key={offer.method} frame={frame} page={page} offer={offer} />
            ))}
          </div>
          {page.blocked.map((method) => (
            <p className="soft" key={method}>
              {words.blocked(words[method])}
            </p>
          ))}
        </fieldset>
        <Field name="name" label={words.yourName} value={page.draft.name} faults={page.faults} autoComplete="name" />
        <Field
          name="email"
          type="email"
          inputMode="email"
          label={words.yourEmail}
          hint={words.emailHint}
          value={page.draft.email}
          faults={page.faults}
          autoComplete="email"
        />
        <div className="acts">
          <button className="button" type="submit">
            {words.goOn}
          </button>
          <a href={`${frame.base}/bill`}>{words.back}</a>
        </div>
      </form>
    </Page>
  );
}

function Amount({ frame, page }: { frame: PageFrame; page: PayPage }) {
  const words = WORDS[frame.locale];
  if (!page.isOtherAmountAllowed && page.choices.length === 0) {
    return (
      <section className="card" id="amountChoice" aria-label={words.howMuch}>
        <Fault page={page} field="amountChoice" />
        <p className="soft">{words.amountDue}</p>
        <p className="amount">{dollars(frame, page.dueCents)}</p>
        <input type="hidden" name="amountChoice" value="whole" />
      </section>
    );
  }
  const picked = [...page.choices.map((choice) => choice.kind as string), 'other'].find(
    (kind) => kind === page.draft.amountChoice,
  );
  return (
    <fieldset id="amountChoice">
      <legend>{words.howMuch}</legend>
      <Fault page={page} field="amountChoice" />
      <label className="choice">
        <input type="radio" name="amountChoice" value="whole" defaultChecked={!picked} />
        <span>{words.wholeAmount(dollars(frame, page.dueCents))}</span>
      </label>
      {page.choices.map(({ kind, amountCents }) => (
        <label className="choice" key={kind}>
          <input type="radio" name="amountChoice" value={kind} defaultChecked={picked === kind} />
          <span>{words.otherChoice[kind](dollars(frame, amountCents))}</span>
        </label>
      ))}
      {page.isOtherAmountAllowed ? <OtherAmount frame={frame} page={page} isChosen={picked === 'other'} /> : null}
    </fieldset>
  );
}

function OtherAmount({ frame, page, isChosen }: { frame: PageFrame; page: PayPage; isChosen: boolean }) {
  const words = WORDS[frame.locale];
  return (
    <>
      <label className="choice">
        <input type="radio" name="amountChoice" value="other" defaultChecked={isChosen} />
        <span>{words.otherAmount}</span>
      </label>
      <Field
        name="amount"
        label={words.otherAmountLabel}
        hint={words.otherAmountHint(dollars(frame, page.leastCents), dollars(frame, page.mostCents))}
        value={page.draft.amount}
        faults={page.faults}
        inputMode="decimal"
        isShort={true}
      />
    </>
  );
}

function Method({ frame, page, offer }: { frame: PageFrame; page: PayPage; offer: MethodOffer }) {
  const words = WORDS[frame.locale];
  const isChosen = page.draft.method ? page.draft.method === offer.method : page.methods[0]?.method === offer.method;
  return (
    <label className="choice">
      <input type="radio" name="method" value={offer.method} defaultChecked={isChosen} />
      <span>
        <b>{words[offer.method]}</b>
        <span className="soft">{offer.method === 'CC' ? cardsTaken(words, offer) : words.achHint}</span>
      </span>
      <span className="fee">
        {offer.feeCents === 0
          ? words.noFee
          : offer.feeText.basisPoints > 0
            ? words.feeOn(dollars(frame, offer.feeCents), dollars(frame, page.dueCents))
            : words.fee(dollars(frame, offer.feeCents))}
      </span>
    </label>
  );
}

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
};

function cardsTaken(words: Words, offer: MethodOffer): string {
  return `${words.ccHint}: ${offer.brands.map((brand) => BRANDS[brand] ?? brand).join(', ')}`;
}

function Fault({ page, field }: { page: PayPage; field: string }) {
  const fault = page.faults.find((each) => each.field === field);
  return fault ? <p className="fault">{fault.message}</p> : null;
}
