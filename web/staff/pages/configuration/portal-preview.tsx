import { NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, Refused, told } from '../../api.ts';
import { Failure, Loading } from '../../parts/notes.tsx';
import { Part } from '../../parts/show.tsx';
import { useForm } from './form.ts';

const REST_MS = 350;
const WIDTHS = { phone: 390, desktop: 820 } as const;

/** The payer's page as the values on this screen make it, saved or not: made by what payers are answered with. */
export function PortalPreview() {
  const { bid, draft } = useForm();
  const [page, setPage] = useState<'find' | 'bill'>('bill');
  const [locale, setLocale] = useState<'en' | 'es'>('en');
  const [scheme, setScheme] = useState<'light' | 'dark'>('light');
  const [width, setWidth] = useState<keyof typeof WIDTHS>('phone');
  const [asked] = useDebouncedValue(
    { portal: draft.portal, brand: draft.profile.brand, page, locale, scheme },
    REST_MS,
  );
  const shown = useQuery({
    queryKey: ['portal-preview', bid, asked],
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => told(api.POST('/api/v1/billers/{bid}/portal-preview', { params: { path: { bid } }, body: asked })),
  });
  return (
    <Part title="Live preview">
      <div className="acts">
        <Choice
          label="Page"
          value={page}
          onChange={setPage}
          options={[
            ['bill', 'Your bill'],
            ['find', 'Find your bill'],
          ]}
        />
        <Choice
          label="Language"
          value={locale}
          onChange={setLocale}
          options={[
            ['en', 'English'],
            ['es', 'Spanish'],
          ]}
        />
        <Choice
          label="Scheme"
          value={scheme}
          onChange={setScheme}
          options={[
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
        />
        <Choice
          label="Width"
          value={width}
          onChange={setWidth}
          options={[
            ['phone', 'Phone'],
            ['desktop', 'Desktop'],
          ]}
        />
      </div>
      <p className="fine">With a made-up bill and the values on this screen, saved or not. Links lead nowhere here.</p>
      {shown.error instanceof Refused && shown.error.status === 400 ? (
        <p className="caution">A value can’t be read yet; the preview comes back when it can.</p>
      ) : (
        shown.error && <Failure cause={shown.error} retry={() => void shown.refetch()} />
      )}
      {!shown.data && !shown.error && <Loading what="the preview" />}
      {shown.data && shown.data.faults.length > 0 && (
        <p className="caution" role="status">
          Left out of the preview, because it would be refused: {shown.data.faults[0]?.message}
          {shown.data.faults.length > 1 && ` (and ${shown.data.faults.length - 1} more)`}
        </p>
      )}
      {shown.data && (
        <div className="portal-frame">
          {/* No right at all: no script, no form, no address of ours. */}
          <iframe
            title="Preview of the payer’s page"
            sandbox=""
            referrerPolicy="no-referrer"
            srcDoc={shown.data.html}
            style={{ width: WIDTHS[width], colorScheme: scheme }}
          />
        </div>
      )}
    </Part>
  );
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
}) {
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
      data={options.map(([each, word]) => ({ value: each, label: word }))}
    />
  );
}
