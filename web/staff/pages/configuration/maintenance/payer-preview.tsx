import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Failure, Loading } from '../../../parts/notes.tsx';
import { Part } from '../../../parts/show.tsx';
import { previewQuery, type WindowDraft } from './window-data.ts';

const LOCALES = [
  ['en', 'English'],
  ['es', 'Spanish'],
] as const;

/** The page as the payer sees it: made by the very view that answers payers, shown in a frame cut off from this page. */
export function PayerPreview({
  bid,
  message,
  endsAt,
}: {
  bid: number;
  message: WindowDraft['message'];
  endsAt: string | null;
}) {
  const [locale, setLocale] = useState<'en' | 'es'>('en');
  // Before anything is typed the frame shows the standard words, with an end that is as good as any.
  const words = { en: message.en.trim() || '-', es: message.es ?? '' };
  const page = useQuery({
    ...previewQuery(bid, { message: words, endsAt: endsAt ?? '2030-01-01T12:00:00Z', locale }),
    enabled: endsAt !== null,
    placeholderData: keepPreviousData,
  });
  return (
    <Part
      title="As the payer sees it"
      aside={
        <div className="acts">
          {LOCALES.map(([code, name]) => (
            <Button
              key={code}
              size="compact-xs"
              variant={code === locale ? 'filled' : 'default'}
              aria-pressed={code === locale}
              onClick={() => setLocale(code)}
            >
              {name}
            </Button>
          ))}
        </div>
      }
    >
      {endsAt === null && <p className="fine">Give start and end, and the page appears here.</p>}
      {page.error && <Failure cause={page.error} />}
      {endsAt !== null && !page.data && !page.error && <Loading what="the page" />}
      {page.data && (
        <iframe
          className="maintenance-preview"
          title={`The payer’s page in ${locale === 'en' ? 'English' : 'Spanish'}`}
          // Its own origin, so nothing of this page is within its reach; scripts are for who examines it, the page has none.
          sandbox="allow-scripts"
          srcDoc={page.data.html}
        />
      )}
      <p className="fine">
        Payers get it with HTTP 503 and the time to come back. Receipts, and payments already at the processor, stay
        reachable.
      </p>
    </Part>
  );
}
