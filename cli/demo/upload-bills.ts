const POLL_MS = 200;
const POLLS_MAX = 600;

/** A run of an import, as the API tells it. */
interface FileRun {
  readonly id: string;
  readonly state: string;
  readonly invoices: { readonly accepted: number; readonly refused: number };
}

/** Sends a BIF through the real upload, as a partner would, and follows it to its end. */
export async function uploadBills(from: {
  url: string;
  bid: number;
  token: string;
  name: string;
  bif: string;
}): Promise<FileRun> {
  const headers = { authorization: `Bearer ${from.token}`, 'content-type': 'text/plain; charset=utf-8' };
  const base = `${from.url}/api/v1/billers/${from.bid}/invoice-files`;
  const sent = await fetch(`${base}?name=${encodeURIComponent(from.name)}`, {
    method: 'POST',
    headers,
    body: from.bif,
  });
  let run = (await sent.json()) as FileRun;
  if (!sent.ok) throw new Error(`The upload of ${from.name} was refused: ${JSON.stringify(run)}`);
  for (let poll = 0; poll < POLLS_MAX && (run.state === 'received' || run.state === 'reading'); poll++) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const told = await fetch(`${base}/${run.id}`, { headers });
    if (told.ok) run = (await told.json()) as FileRun;
  }
  if (run.state !== 'loaded') throw new Error(`The upload of ${from.name} ended as “${run.state}”.`);
  return run;
}
