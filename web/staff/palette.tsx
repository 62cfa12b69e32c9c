import '@mantine/spotlight/styles.css';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { addresses } from './addresses.ts';
import { api, type Item, told } from './api.ts';
import { everyField } from './pages/configuration/describe-field.ts';
import { fieldAddress, screenName } from './pages/configuration/section-screens.ts';
import { Icon } from './parts/icons.tsx';
import { useScreens } from './screens.ts';
import { useMay } from './session.ts';

const [store, actions] = createSpotlight();
const SCREENS_SHOWN_MAX = 8;
const FIELDS_SHOWN_MAX = 6;
const FIELD_CHARS_MIN = 3;

type Hit = Item<'/api/v1/search'>;

/** Finds a biller, account, invoice, payment, delivery, file or screen by anything pasted into it. */
export function Palette({ bid, onClose }: { bid: number | undefined; onClose: () => void }) {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const may = useMay();
  const [asked] = useDebouncedValue(text.trim(), 150);
  useEffect(() => {
    actions.open();
    return actions.close;
  }, []);
  const { data, isFetching, error } = useQuery({
    queryKey: ['search', asked],
    enabled: asked.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => told(api.GET('/api/v1/search', { params: { query: { q: asked } }, signal })),
  });
  const hits = asked.length > 1 ? (data?.items ?? []) : [];
  const screens = useScreens(bid)
    .filter((screen) => `${screen.group} ${screen.name}`.toLowerCase().includes(text.trim().toLowerCase()))
    .slice(0, text ? SCREENS_SHOWN_MAX : undefined);
  const fields = bid && may('configuration:read') ? fieldsNamed(bid, text) : [];
  const go = (address: string) => {
    actions.close();
    onClose();
    void navigate({ to: address });
  };
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      scrollable
      maxHeight={440}
      shortcut={null}
      attributes={{ content: { 'aria-label': 'Search or go to' } } as never}
    >
      <Spotlight.Search
        aria-label="Search or go to"
        placeholder="Paste or type anything: a policy, a name, an invoice, a payment, a reference …"
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList>
        {hits.length > 0 && (
          <Spotlight.ActionsGroup label="Found">
            {hits.map((hit) => (
              <Spotlight.Action
                key={`${hit.kind}-${hit.bid}-${hit.id}`}
                label={hit.title}
                description={hit.detail}
                onClick={() => go(addressOf(hit))}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {screens.length > 0 && (
          <Spotlight.ActionsGroup label="Screens">
            {screens.map((screen) => (
              <Spotlight.Action
                key={screen.name}
                label={screen.name}
                description={screen.group}
                onClick={() => go(screen.address)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {fields.length > 0 && (
          <Spotlight.ActionsGroup label="Fields of the configuration">
            {fields.map((field) => (
              <Spotlight.Action
                key={field.address}
                label={field.label}
                description={field.screen}
                onClick={() => go(field.address)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {hits.length + screens.length + fields.length === 0 && (
          <Spotlight.Empty>
            {error
              ? `The search failed: ${error.message}`
              : isFetching
                ? 'Looking …'
                : 'Nothing is known under that. Numbers are matched from their start, references in full.'}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Fields of the configuration by their words; one of an entry of a list leads to its screen. */
function fieldsNamed(bid: number, text: string): readonly { label: string; screen: string; address: string }[] {
  const wanted = text.trim().toLowerCase();
  if (wanted.length < FIELD_CHARS_MIN) return [];
  return everyField
    .filter(({ place, words }) => !place.includes('*') && words.label.toLowerCase().includes(wanted))
    .slice(0, FIELDS_SHOWN_MAX)
    .flatMap(({ section, place, words }) => {
      const address = fieldAddress(bid, `${section}.${place}`);
      return address ? [{ label: words.label, screen: screenName(section), address }] : [];
    });
}

function addressOf(hit: Hit): string {
  switch (hit.kind) {
    case 'biller':
      return addresses.biller(hit.bid);
    case 'account':
      return addresses.account(hit.bid, hit.id);
    case 'invoice':
      return addresses.invoice(hit.bid, hit.id);
    case 'payment':
      return addresses.payment(hit.bid, hit.id);
    case 'delivery':
      return addresses.delivery(hit.bid, hit.id);
    case 'invoiceFile':
      return addresses.invoiceFile(hit.bid, hit.id);
    default:
      return hit.kind satisfies never;
  }
}
