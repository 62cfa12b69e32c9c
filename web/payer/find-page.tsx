import type { FindPage, PageFrame } from '../../server/features/payer-site/contract.ts';
import { FaultSummary, Field, Page, Prose } from './frame.tsx';
import { WORDS } from './words.ts';

/** Step 1: two facts from the bill. Never the account number alone. */
export function Find({ frame, page }: { frame: PageFrame; page: FindPage }) {
  const words = WORDS[frame.locale];
  return (
    <Page frame={frame} title={words.findTitle} step={1} hasFault={page.faults.length > 0}>
      <FaultSummary words={words} faults={page.faults} />
      <h1>{words.findTitle}</h1>
      <Prose text={frame.biller.welcome} />
      <Prose text={frame.biller.verbiage || (frame.biller.welcome ? '' : words.findLead)} />
      {page.waitMinutes === undefined ? null : <p className="note">{words.waitToFind(page.waitMinutes)}</p>}
      <form method="post" action={`${frame.base}/find`} noValidate={true}>
        <Field
          name="accountNumber"
          label={words.accountNumber}
          hint={words.accountHint}
          value={page.accountNumber}
          faults={page.faults}
        />
        <Field
          name="proof"
          label={words.proof}
          hint={words.proofHint}
          value={page.proof}
          faults={page.faults}
          autoComplete="family-name"
        />
        <div className="acts">
          <button className="button" type="submit">
            {words.find}
          </button>
        </div>
      </form>
    </Page>
  );
}
