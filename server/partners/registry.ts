import type { Partner, Partners } from '../features/billers/partner.ts';
import { createMipsApps } from './imt/mips-apps.ts';
import type { ImtParts } from './imt/partner.ts';
import { createSpectrum } from './imt/spectrum.ts';

/** The partners of this installation, by the name a biller's profile gives. A further one is a folder and a line here. */
export function createPartners(platform: ImtParts): Partners {
  const partners: readonly Partner[] = [createMipsApps(platform), createSpectrum(platform)];
  return new Map(partners.map((partner) => [partner.name, partner]));
}
