import type { Configuration } from '../configuration.ts';
import type { Partners } from '../partner.ts';
import { documentRules } from './document-rules.ts';
import { environmentRules } from './environment-rules.ts';
import { ftpRules } from './ftp-rules.ts';
import { partnerRules } from './partner-rules.ts';
import { portalRules } from './portal-rules.ts';
import { factsOf, type Rule, type RuleFault } from './rule.ts';
import { settingRules } from './setting-rules.ts';
import { ssoRules } from './sso-rules.ts';

/** Findings of one rule told at once; a document has at most 50 invoice types and 50 folders. */
const FINDINGS_MAX = 100;

/** Every rule of a configuration (spec/configuration.md, "Rules"), in the order they are told. */
export const rules: readonly Rule[] = [
  ...partnerRules,
  ...settingRules,
  ...environmentRules,
  ...ssoRules,
  ...documentRules,
  ...ftpRules,
  ...portalRules,
];

/**
 * What keeps a configuration from working (errors) or looks wrong (warnings), each at its field. Pure. Checked on every
 * save, by conversions and by `causeway config check`.
 */
export function checkConfiguration(configuration: Configuration, partners: Partners): readonly RuleFault[] {
  const facts = factsOf(configuration, partners);
  return rules.flatMap((rule) =>
    rule
      .find(facts)
      .slice(0, FINDINGS_MAX)
      .map((finding) => ({ rule: rule.id, severity: rule.severity, ...finding })),
  );
}
