import type { paths } from '../../../api/schema.d.ts';
import { api, type Reply, told } from '../../api.ts';

export type ConfigurationAnswer = Reply<'/api/v1/billers/{bid}/configuration'>;
export type ConfigurationDocument = ConfigurationAnswer['configuration'];
export type SectionName = keyof ConfigurationDocument;
export type SettingValue = ConfigurationDocument['advancedSettings'][string];
export type Catalogue = Reply<'/api/v1/settings-catalogue'>;
export type CatalogueRow = Catalogue['items'][number];
export type Difference = Reply<'/api/v1/billers/{bid}/configuration/diff'>['items'][number];
export type RuleFault = ConfigurationAnswer['faults'][number];
/** Sections as a person leaves them; a secret is either kept as shown or `{ set }`. */
export type Sections =
  paths['/api/v1/billers/{bid}/configuration']['put']['requestBody']['content']['application/json']['sections'];
export type Section<Name extends SectionName> = NonNullable<Sections[Name]>;

export const configurationQuery = (bid: number) => ({
  queryKey: ['configuration', bid, 'document'],
  queryFn: () => told(api.GET('/api/v1/billers/{bid}/configuration', { params: { path: { bid } } })),
});

export const catalogueQuery = {
  queryKey: ['settings-catalogue'],
  staleTime: 600_000,
  queryFn: () => told(api.GET('/api/v1/settings-catalogue')),
};

export const checkSections = (bid: number, expectedVersion: number, sections: Sections) =>
  told(
    api.POST('/api/v1/billers/{bid}/configuration/check', {
      params: { path: { bid } },
      body: { expectedVersion, sections },
    }),
  );

export const saveSections = (bid: number, expectedVersion: number, sections: Sections, reason: string) =>
  told(
    api.PUT('/api/v1/billers/{bid}/configuration', {
      params: { path: { bid } },
      body: { expectedVersion, reason, sections },
    }),
  );
