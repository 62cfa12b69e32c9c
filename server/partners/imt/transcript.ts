import type { Transcript } from '../../features/billers/partner.ts';
import type { Clock } from '../../platform/clock.ts';
import { type PartnerError, shownUrl } from './wire.ts';

export interface Told {
  readonly status?: number | undefined;
  readonly errors?: readonly PartnerError[] | undefined;
  readonly notes?: readonly (string | undefined)[];
}

/** Begins the record of one call; the answer, when it is there, makes the transcript. Nothing secret goes in. */
export function beginTranscript(clock: Clock, method: string, url: string): (told?: Told) => Transcript {
  const startMs = clock.monotonicMs();
  return ({ status, errors = [], notes = [] } = {}) => {
    const note = notes.filter((text) => text !== undefined && text !== '').join('; ');
    return {
      method,
      url: shownUrl(url),
      tookMs: Math.round(clock.monotonicMs() - startMs),
      ...(status !== undefined && { status }),
      ...(errors.length > 0 && { errors }),
      ...(note !== '' && { note }),
    };
  };
}

/** Said in the transcript of a request that was repeated under a new session. */
export function renewalNote(isRenewed: boolean): string | undefined {
  return isRenewed ? 'the partner refused the session; asked again under a new one' : undefined;
}
