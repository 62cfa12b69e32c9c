import type { Actor } from './actor.ts';
import type { Biller } from './biller-store.ts';
import type { ConfigurationDraft, ConfigurationView } from './configuration.ts';
import { valueAt, withValueAt } from './configuration-paths.ts';
import { redact } from './document-secrets.ts';
import type { Billers } from './load-biller.ts';
import { refuseBiller } from './problems.ts';
import type { RuleFault } from './rules/rule.ts';
import { checkConfiguration } from './rules/rules.ts';
import { type BillersDeps, type Saved, saveConfiguration } from './save-configuration.ts';
import { settingContext } from './settings/setting-text.ts';

/** What the command line stands on: the same use cases as the routes, by the operator of the machine. */
export type OperateDeps = BillersDeps & { readonly billers: Billers };

/** The biller, or a refusal that says so. */
export async function requireBiller(deps: OperateDeps, bid: number): Promise<Biller> {
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuseBiller('unknown-biller', { bid });
  return biller;
}

/** The configuration, or the value at a path of it; secrets as fingerprints. Undefined: nothing is set there. */
export async function getValue(deps: OperateDeps, bid: number, path: string | undefined): Promise<unknown> {
  const biller = await requireBiller(deps, bid);
  const view = redact(biller.configuration);
  return path === undefined ? view : valueAt(view, path, contextOf(deps, biller));
}

/** Sets values by path, all in one version. */
export async function setValues(
  deps: OperateDeps,
  from: { bid: number; values: readonly { path: string; text: string }[]; reason: string; by: Actor },
): Promise<Saved> {
  const biller = await requireBiller(deps, from.bid);
  let sections: Partial<ConfigurationDraft> = {};
  for (const { path, text } of from.values) {
    // New secrets are carried in the draft; a path below only reads what it leaves alone.
    const view = { ...redact(biller.configuration), ...sections } as ConfigurationView;
    const context = settingContext(view.advancedSettings, deps.partners.get(view.profile.integrationPartner));
    sections = { ...sections, ...withValueAt(view, path, text, context) };
  }
  return saveConfiguration(deps, {
    bid: from.bid,
    expectedVersion: biller.version,
    sections,
    reason: from.reason,
    by: from.by,
  });
}

/** Every fault of the configuration in force. */
export async function checkBiller(deps: OperateDeps, bid: number): Promise<readonly RuleFault[]> {
  return checkConfiguration((await requireBiller(deps, bid)).configuration, deps.partners);
}

function contextOf(deps: OperateDeps, biller: Biller) {
  return settingContext(biller.configuration.advancedSettings, deps.billers.partnerOf(biller));
}
