import { useParams } from '@tanstack/react-router';
import { addresses } from '../addresses.ts';
import { fieldAddress } from '../pages/configuration/section-screens.ts';

/** The biller named in the address; pages of a biller have one. */
export function useBid(): number {
  const { bid } = useParams({ strict: false }) as { bid?: string };
  return Number(bid);
}

/** A named part of the address, as text. */
export function usePart(name: string): string {
  const parts = useParams({ strict: false }) as Record<string, string | undefined>;
  return parts[name] ?? '';
}

/** Where a setting stands on the Advanced Settings screen; undefined on pages of no biller. */
export function useSettingAddress(): (number: string | number) => string | undefined {
  const { bid } = useParams({ strict: false }) as { bid?: string };
  return (number) => (bid ? `${addresses.advancedSettings(Number(bid))}?setting=${number}` : undefined);
}

/** Where a field of the configuration is changed; undefined on pages of no biller, and for what is no field. */
export function useFieldAddress(): (path: string) => string | undefined {
  const { bid } = useParams({ strict: false }) as { bid?: string };
  return (path) => (bid ? fieldAddress(Number(bid), path) : undefined);
}
