import type { InstancePatch } from '@causeway/sandbox/imt';
import type { Partner } from '../../../features/billers/partner.ts';
import { createMipsApps } from '../mips-apps.ts';
import type { ImtParts } from '../partner.ts';
import { createSpectrum } from '../spectrum.ts';

/** One of IMT's systems as the contract tests meet it: our side of it, and how its stand-in behaves. */
export interface SystemUnderTest {
  readonly name: string;
  readonly create: (parts: ImtParts) => Partner;
  readonly instance: InstancePatch;
  readonly privateKey: string | undefined;
  /** Where it signs in, under the origin of `rawPartner`. */
  readonly signInPath: string;
}

export const MIPS_APPS: SystemUnderTest = {
  name: 'MIPS/APPS',
  create: createMipsApps,
  instance: {},
  privateKey: undefined,
  signInPath: '/sessions/',
};
/** Bars in both halves: nothing may take them for the bar between the two. */
export const PRIVATE_KEY = '9w!tbb|Ka!xxx';

/** Spectrum as it may answer a login: assumption A1 takes either. */
export const SPECTRUMS: readonly SystemUnderTest[] = (['cookie', 'token', 'both'] as const).map((sessionAnswer) => ({
  name: `Spectrum, session by ${sessionAnswer}`,
  create: createSpectrum,
  instance: { system: 'spectrum', privateKey: PRIVATE_KEY, sessionAnswer },
  privateKey: PRIVATE_KEY,
  signInPath: '/api/sessions/',
}));

/** Every system that the shared behaviour is proven for. */
export const SYSTEMS: readonly SystemUnderTest[] = [MIPS_APPS, ...SPECTRUMS];
