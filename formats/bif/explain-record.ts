import { checkValue, type ValueRules } from './check-value.ts';
import type { RecordPlan } from './compile-layout.ts';
import { type BifFault, fieldFault, lineFault } from './faults.ts';
import { LINE_BYTES_MAX } from './match-invoice.ts';

/** One line of the file as text, without its end. */
export type BifLine = {
  readonly line: number;
  readonly text: string;
  readonly bytes: number;
  /** The file's last line, without a LF: what is missing in it may have been cut off. */
  readonly isUnterminated: boolean;
};

export type ExplainedRecord = {
  readonly faults: BifFault[];
  /** The values in the layout's order where their number is right, else null. */
  readonly values: readonly string[] | null;
};

/** All that is wrong with one line, taken as the record of `plan`. Scope `file` for the file header, else `invoice`. */
export function explainRecord(
  line: BifLine,
  plan: RecordPlan,
  scope: BifFault['scope'],
  rules: ValueRules,
): ExplainedRecord {
  const tooLong = lengthFault(line);
  if (tooLong !== null) return { faults: [tooLong], values: null };
  const values = line.text.split('|');
  if (values.length !== plan.count) return { faults: [shapeFault(line, plan, values, scope)], values: null };
  const faults: BifFault[] = [];
  for (const [index, field] of plan.fields.entries()) {
    const value = values[index] ?? '';
    const wrong = checkValue(value, field, rules);
    if (wrong === null) continue;
    faults.push(fieldFault({ scope, line: line.line, position: index + 1, field }, wrong.code, wrong.message, value));
  }
  return { faults, values };
}

/** The fault of a line longer than a line may be, or null. */
export function lengthFault(line: BifLine): BifFault | null {
  if (line.bytes <= LINE_BYTES_MAX) return null;
  const message = `This line has more than ${LINE_BYTES_MAX} bytes; is a line end missing?`;
  return lineFault('file', 'line-too-long', line.line, message, line.text);
}

function shapeFault(line: BifLine, plan: RecordPlan, values: string[], scope: BifFault['scope']): BifFault {
  const names = plan.fields.map((field) => field.name);
  const is = `This ${values[0]} line has ${values.length} fields; the layout has ${plan.count} (${names.join(', ')}).`;
  if (values.length > plan.count && line.text.includes('\r')) {
    const message =
      'This line holds lone carriage returns. Lines end in LF or CRLF; send the file with such line ends.';
    return lineFault(scope, 'control-character', line.line, message, line.text.replaceAll('\r', ' '));
  }
  if (values.length > plan.count) {
    const message = `${is} A | always separates two fields: it can't stand inside a value, so take it out of the value.`;
    const at = { line: line.line, position: plan.count + 1, value: values.slice(plan.count).join('|') };
    return { ...lineFault(scope, 'too-many-fields', line.line, message, at.value), position: at.position };
  }
  if (line.isUnterminated) {
    const message = `The file ends in the middle of this line: ${is} It was cut off; send the whole file again.`;
    return lineFault('file', 'file-cut-off', line.line, message, line.text);
  }
  const field = plan.fields[values.length];
  const message = `${is} From ${field?.name ?? 'the end'} on, they are missing; an empty optional field keeps its |.`;
  if (field === undefined) return lineFault(scope, 'too-few-fields', line.line, message, line.text);
  return fieldFault({ scope, line: line.line, position: values.length + 1, field }, 'too-few-fields', message, '');
}
