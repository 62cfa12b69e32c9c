import { type CustomizationRule, customizationRuleSchema, isFeature } from './customization-rules.ts';

const dateForm = /^(?<from>[A-Za-z]+)(?:\s*(?<sign>[+-])\s*(?<count>\d{1,3})\s+(?<banking>banking\s+)?days?)?$/;

/**
 * A rule as people type it: `N/A` · `in BIF` · `InvoiceDueDate`, `InvoiceDueDate - 3 days`, `InvoiceDueDate + 1 banking day` ·
 * `Pay {AccountNumber} by phone` (a text with fields) · anything else is a constant. In double quotes, a constant (or, with
 * braces, a text) whatever it looks like. null where it is no rule at all: empty, or too long.
 */
export function parseCustomizationRule(text: string): CustomizationRule | null {
  const parsed = customizationRuleSchema.safeParse(readRule(text.trim()));
  return parsed.success ? parsed.data : null;
}

/** The rule as `parseCustomizationRule` reads it back. */
export function printCustomizationRule(rule: CustomizationRule): string {
  switch (rule.kind) {
    case 'ignored':
      return 'N/A';
    case 'inBif':
      return 'in BIF';
    case 'constant':
      return quoteWhereNeeded(rule, rule.value);
    case 'text':
      return quoteWhereNeeded(rule, rule.template);
    case 'date': {
      // The sign of a count of no banking days still says that a banking day is wanted.
      if (rule.offset === 0 && rule.days === 'calendar') return rule.from;
      const count = Math.abs(rule.offset);
      const unit = `${rule.days === 'banking' ? 'banking ' : ''}${count === 1 ? 'day' : 'days'}`;
      return `${rule.from} ${rule.offset < 0 ? '-' : '+'} ${count} ${unit}`;
    }
    default:
      return rule satisfies never;
  }
}

function readRule(text: string): unknown {
  if (/^n\/a$/i.test(text)) return { kind: 'ignored' };
  if (/^in bif$/i.test(text)) return { kind: 'inBif' };
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"')) return readText(text.slice(1, -1));
  const date = dateForm.exec(text)?.groups;
  if (date?.from !== undefined && isFeature(date.from)) {
    const { from, sign, count = '0', banking } = date;
    const offset = sign === '-' ? 0 - Number(count) : Number(count);
    return { kind: 'date', from, offset, days: banking === undefined ? 'calendar' : 'banking' };
  }
  return readText(text);
}

function readText(text: string): unknown {
  return /\{[^{}]*\}/.test(text) ? { kind: 'text', template: text } : { kind: 'constant', value: text };
}

function quoteWhereNeeded(rule: CustomizationRule, text: string): string {
  const plain = readRule(text.trim());
  return text === text.trim() && JSON.stringify(plain) === JSON.stringify(rule) ? text : `"${text}"`;
}
