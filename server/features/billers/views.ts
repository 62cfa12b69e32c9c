import type { Principal } from '../../platform/access.ts';
import { refuse } from '../../platform/problems.ts';
import type { Biller } from './biller-store.ts';
import type { Difference } from './compare-configurations.ts';
import type { ConfigurationView } from './configuration.ts';
import type { BillerView, ConfigurationAnswer, PartnerView } from './contract.ts';
import { redact } from './document-secrets.ts';
import type { Partner, Partners } from './partner.ts';
import { checkConfiguration } from './rules/rules.ts';
import { settingContext, settingToText } from './settings/setting-text.ts';
import { catalogueRow } from './settings/settings-catalogue.ts';

/** A biller as lists and the switcher show it, with what its partner can do. */
export function billerView(biller: Biller, partner: Partner | undefined): BillerView {
  const { bid, slug, name, guid, version, configuration } = biller;
  return {
    bid,
    slug,
    name,
    guid,
    version,
    integrationPartner: configuration.profile.integrationPartner,
    partner: partner ? partnerView(partner) : null,
  };
}

/** What a partner can do, as screens are made by it. */
export function partnerView(partner: Partner): PartnerView {
  return { ...partner.abilities, operations: [...partner.abilities.operations], name: partner.name };
}

/** The configuration as this reader may see it: secrets as fingerprints, Console settings for Causeway's staff only. */
export function configurationView(
  biller: Biller,
  partners: Partners,
  principal: Principal | undefined,
): ConfigurationAnswer {
  const configuration = visibleTo(redact(biller.configuration), principal);
  const context = settingContext(
    biller.configuration.advancedSettings,
    partners.get(biller.configuration.profile.integrationPartner),
  );
  const settings = Object.entries(configuration.advancedSettings).map(([number, value]) => {
    const row = catalogueRow(number);
    return {
      number,
      description: row?.description ?? 'Unknown setting',
      text: settingToText(number, value, context),
      isSecret: row?.kind === 'secret',
      isKnown: row !== undefined,
    };
  });
  const faults = checkConfiguration(biller.configuration, partners).filter((fault) => maySeePath(fault.at, principal));
  return { bid: biller.bid, version: biller.version, configuration, settings, faults };
}

/** The differences this reader may see. */
export function differencesFor(
  differences: readonly Difference[],
  principal: Principal | undefined,
): (Difference & { from?: never; to?: never })[] {
  return differences.filter((difference) => maySeePath(difference.path, principal)) as never;
}

/** The biller, or the answer that it is not there. */
export function known(biller: Biller | undefined): Biller {
  if (!biller) throw refuse('not-found');
  return biller;
}

function visibleTo(view: ConfigurationView, principal: Principal | undefined): ConfigurationView {
  const advancedSettings = Object.fromEntries(
    Object.entries(view.advancedSettings).filter(([number]) => maySeePath(`advancedSettings.${number}`, principal)),
  );
  return { ...view, advancedSettings };
}

/** A biller's own staff see the settings the catalogue opens to them. */
function maySeePath(path: string, principal: Principal | undefined): boolean {
  if (principal === undefined || principal.bid === null) return true;
  const number = /^advancedSettings\.(\d+)/.exec(path)?.[1];
  return number === undefined || catalogueRow(number)?.audience === 'biller';
}
