import type { z } from 'zod';
import { recordAudit } from '../../platform/audit.ts';
import type { Platform } from '../../platform/platform.ts';
import type { FieldFault } from '../../platform/problems.ts';
import type { Actor } from '../billers/index.ts';
import { type AlertSettings, readSettings, writeSettings } from './alert-store.ts';
import { CONDITION_WORDS, CONDITIONS } from './conditions.ts';
import type { conditionsBody, conditionsSchema } from './contract.ts';
import { refuseOperation } from './problems.ts';

type ConditionsView = z.infer<typeof conditionsSchema>;

/** Every condition with its words and its rule in force. */
export async function readConditions(deps: Pick<Platform, 'database'>): Promise<ConditionsView> {
  return viewOf(await deps.database.withSystem((tx) => readSettings(tx)));
}

/** Changes the rules of the conditions given; the others stay. */
export async function changeConditions(
  deps: Pick<Platform, 'clock' | 'database'>,
  from: z.output<typeof conditionsBody> & { by: Actor },
): Promise<ConditionsView> {
  const faults = from.items.flatMap((item, at) => faultsOf(item, `body.items.${at}`));
  if (faults.length > 0) throw refuseOperation('conditions-not-valid', { faults });
  return deps.database.withSystem(async (tx) => {
    const before = await readSettings(tx, { isLocked: true });
    const rules = new Map(before.rules);
    for (const { condition, ...rule } of from.items) rules.set(condition, rule);
    const at = deps.clock.now();
    const { expectedVersion, by } = from;
    const isMine =
      before.version === expectedVersion && (await writeSettings(tx, { rules, expectedVersion, by: by.name, at }));
    if (!isMine) throw refuseOperation('conditions-changed', { by: before.changedBy ?? 'Somebody' });
    await recordAudit(tx, {
      at,
      bid: null,
      actorKind: by.kind,
      actor: by.name,
      act: 'alert-conditions.changed',
      subject: 'alert-conditions',
      reason: from.reason,
      detail: from.items.map((item) => ({ ...item, before: { ...before.rules.get(item.condition) } })),
    });
    return viewOf({ ...before, rules, version: expectedVersion + 1 });
  });
}

function faultsOf(item: z.output<typeof conditionsBody>['items'][number], at: string): FieldFault[] {
  const { limitWords, limitMin, limitMax } = CONDITION_WORDS[item.condition];
  if (limitWords === null)
    return item.limit === null ? [] : [{ at: `${at}.limit`, message: 'this condition has no limit' }];
  if (item.limit !== null && item.limit >= limitMin && item.limit <= limitMax) return [];
  return [{ at: `${at}.limit`, message: `from ${limitMin} to ${limitMax} (${limitWords})` }];
}

function viewOf(settings: AlertSettings): ConditionsView {
  return {
    version: settings.version,
    items: CONDITIONS.map((condition) => {
      const { name, meaning, limitWords, limitMin, limitMax, standard } = CONDITION_WORDS[condition];
      const rule = settings.rules.get(condition) ?? standard;
      return { condition, name, meaning, ...rule, limitWords, limitMin, limitMax };
    }),
  };
}
