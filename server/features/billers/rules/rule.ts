import type { Configuration } from '../configuration.ts';
import type { Partner, PartnerOperation, Partners } from '../partner.ts';
import { isMultiEnvironment } from '../settings/setting-text.ts';

/** What one rule found: where in the document (`advancedSettings.8`, `invoiceTypes.1.environment`) and what is wrong there. */
export interface Finding {
  readonly at: string;
  readonly sentence: string;
}

/** A rule as told to the reader. An error refuses the save; a warning is shown with it. */
export interface RuleFault extends Finding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
}

/** What a rule looks at: the document, and what its partner can do. */
export interface RuleFacts {
  readonly configuration: Configuration;
  readonly partner: Partner | undefined;
  readonly isMultiEnvironment: boolean;
  can(operation: PartnerOperation): boolean;
}

/** One rule: data, so that it can be listed, broken on purpose in a test, and named in an answer. */
export interface Rule {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  /** What the rule asks for, in a sentence. */
  readonly says: string;
  readonly find: (facts: RuleFacts) => readonly Finding[];
}

/** The facts of a document under the partners this installation knows. */
export function factsOf(configuration: Configuration, partners: Partners): RuleFacts {
  const partner = partners.get(configuration.profile.integrationPartner);
  return {
    configuration,
    partner,
    isMultiEnvironment: isMultiEnvironment(configuration.advancedSettings),
    can: (operation) => partner?.abilities.operations.includes(operation) ?? false,
  };
}
