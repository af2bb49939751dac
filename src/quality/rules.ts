/** The rules of a shop: those of the product, with what the shop changed laid over them. Every change is versioned and written to the audit log. */
import { AppError } from '../base/errors.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { checkNames } from '../conditions/names.ts';
import { parseCondition } from '../conditions/parse.ts';
import { suggestNames } from '../conditions/suggest.ts';
import { changeDefinitions, namesNow } from '../store/changeDefinitions.ts';
import type { Store } from '../store/connection.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { addQualityRuleVersion, latestQualityRules } from '../store/repositories/quality.ts';
import { DEFAULT_RULES } from './defaults.ts';
import { qualityRuleSchema } from './schema.ts';
import type { QualityRule } from './schema.ts';
import { checkFault } from './sql/checks.ts';

export interface ShopRule extends QualityRule {
  /** 0 for a rule of the product that nobody changed. */
  readonly version: number;
  readonly builtIn: boolean;
}

export const MOST_RULES = 500;

/** By key. */
export async function loadQualityRules(store: Store): Promise<ShopRule[]> {
  const stored = new Map((await latestQualityRules(store.db)).map((one) => [one.key, one]));
  const own = DEFAULT_RULES.filter(({ key }) => !stored.has(key)).map((rule): ShopRule => ({ ...rule, version: 0, builtIn: true }));
  for (const { key, version, rule } of stored.values()) {
    // A rule of a shape that this version does not know any more is left out rather than misread.
    const parsed = rule === null ? undefined : qualityRuleSchema.safeParse(rule).data;
    if (parsed !== undefined) own.push({ ...parsed, version, builtIn: DEFAULT_RULES.some((one) => one.key === key) });
  }
  return own.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** @throws AppError `not_found` with what may have been meant. */
export function qualityRuleNamed(rules: readonly ShopRule[], key: string): ShopRule {
  const found = rules.find((rule) => rule.key === key);
  if (found !== undefined) return found;
  const suggestions = suggestNames(key, rules.map((rule) => rule.key));
  throw new AppError('not_found', `There is no data-quality rule "${key.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'See `tagcast quality rules`.' });
}

/** @throws AppError `invalid_input` naming the place, `unknown_name` for conditions that name what is not there. */
export function parseQualityRule(value: unknown, names: ConditionNames): QualityRule {
  const parsed = qualityRuleSchema.safeParse(value);
  const wrong = (message: string): never => {
    throw new AppError('invalid_input', `The data-quality rule cannot be saved: ${message}.`, { hint: 'See docs/quality.md for every check with an example.' });
  };
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return wrong(`${issue.path.join('.') || 'its top'}: ${issue.message}`);
  }
  const { check } = parsed.data;
  const fault = checkFault(check);
  if (fault !== undefined) return wrong(fault);
  if ('of' in check) for (const condition of [check.of, check.good]) checkNames(parseCondition(condition), names);
  return parsed.data;
}

/**
 * @param expectedVersion version that the editor saw, 0 for a new rule or one of the product that nobody changed; absent: whatever is there
 * @throws AppError as `parseQualityRule`, `conflict`
 */
export async function saveQualityRule(store: Store, value: unknown, names: ConditionNames, actor: string, expectedVersion?: number): Promise<ShopRule> {
  return changeDefinitions(store, async (inside) => writeQualityRule(inside, parseQualityRule(value, await namesNow(inside, names)), actor, expectedVersion));
}

/** Of a rule that is checked already, inside of `changeDefinitions`. @throws AppError `invalid_input` for too many, `conflict` where somebody else was faster */
export async function writeQualityRule(store: Store, rule: QualityRule, actor: string, expectedVersion?: number): Promise<ShopRule> {
  const latest = await latestQualityRules(store.db);
  const before = latest.find(({ key }) => key === rule.key);
  if (before === undefined && latest.length >= MOST_RULES) throw new AppError('invalid_input', `There are ${MOST_RULES} data-quality rules already.`, { hint: 'Delete some first: `tagcast quality delete`.' });
  const seen = before === undefined || before.rule === null ? 0 : before.version;
  const version = (before?.version ?? 0) + 1;
  const at = store.clock.now();
  if ((expectedVersion !== undefined && expectedVersion !== seen) || !(await addQualityRuleVersion(store.db, { key: rule.key, version, rule, actor, changedAt: at }))) {
    throw new AppError('conflict', `The data-quality rule ${rule.key} was changed by somebody else meanwhile; version ${expectedVersion ?? seen} is not the latest.`, { details: { key: rule.key, expectedVersion: expectedVersion ?? seen }, hint: 'Read it again and make your change to what is there now.' });
  }
  await recordAudit(store.db, { at, actor, action: 'quality.saved', object: rule.key, details: { version } });
  return { ...rule, version, builtIn: DEFAULT_RULES.some(({ key }) => key === rule.key) };
}

/** A rule of the product is not evaluated any more; saving it brings it back. @throws AppError `not_found`, `conflict` */
export async function deleteQualityRule(store: Store, key: string, actor: string): Promise<void> {
  const { version } = qualityRuleNamed(await loadQualityRules(store), key);
  const at = store.clock.now();
  if (!(await addQualityRuleVersion(store.db, { key, version: version + 1, rule: null, actor, changedAt: at }))) throw new AppError('conflict', `The data-quality rule ${key} was changed by somebody else meanwhile.`, { details: { key }, hint: 'Read it again.' });
  await recordAudit(store.db, { at, actor, action: 'quality.deleted', object: key, details: { version: version + 1 } });
}
