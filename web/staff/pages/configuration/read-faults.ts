import { Refused } from '../../api.ts';
import type { ConfigurationDocument, RuleFault } from './configuration-data.ts';
import { describeField, labelOf } from './describe-field.ts';
import { toPositions } from './document-paths.ts';
import type { ShownFault } from './form.ts';
import { sectionOf } from './section-screens.ts';

/** The faults of rules, at their places in the form. */
export function ofRules(faults: readonly RuleFault[], draft: ConfigurationDocument): readonly ShownFault[] {
  return faults.map((fault) => ({
    path: fault.at,
    places: toPositions(draft, fault.at),
    section: sectionOf(fault.at),
    severity: fault.severity,
    sentence: fault.sentence,
  }));
}

/** What the server could not even read: values that are not of their form, each at its field. Empty for any other cause. */
export function ofRefusal(cause: unknown): readonly ShownFault[] {
  if (
    !(cause instanceof Refused) ||
    !['invalid-request', 'configuration-not-valid', 'secret-not-known'].includes(cause.code)
  )
    return [];
  return cause.faults.map((fault) => {
    const place = formPlace(fault.at);
    return {
      path: place,
      places: [place],
      section: sectionOf(place),
      severity: 'error' as const,
      sentence: `${describeField(place)?.label ?? labelOf(place)} ${describeField(place)?.mustBe ?? `can’t be saved like this: ${fault.message}`}`,
    };
  });
}

/** The server counts the entries of a list where it could not read them: `body.sections.invoiceTypes.0.name`. */
function formPlace(at: string): string {
  return at
    .replace(/^body\.(sections\.)?/, '')
    .replace(/^invoiceTypes\.(\d+)/, 'invoiceTypes.~$1')
    .replace(/^ftp\.users\.(\d+)/, 'ftp.users.~$1');
}
