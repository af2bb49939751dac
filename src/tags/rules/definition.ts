/** What a rule tag is: a condition of the one language, and the value that a customer carries while it is true. */
import { AppError } from '../../base/errors.ts';
import type { Bilingual } from '../../base/text.ts';
import { parseCondition } from '../../conditions/parse.ts';
import type { Condition } from '../../conditions/schema.ts';
import type { Band, TagCategory, TagDefinition } from '../catalogue/definition.ts';

export interface RuleTagInput {
  readonly key: string;
  readonly label: Bilingual;
  readonly category: TagCategory;
  readonly description: Bilingual;
  /** JSON of the condition language; checked here. */
  readonly condition: unknown;
  /** Days after which the tag is stale; null for a static tag. */
  readonly ttlDays: number | null;
  /** Value and band of customers for whom the condition is true; default `yes` 是. Customers for whom it is not true have no such tag. */
  readonly valueWhenTrue?: Band;
}

/** A tag of the catalogue with its rule. */
export interface RuleTagDefinition extends TagDefinition {
  readonly kind: 'rule';
  readonly valueType: 'text';
  readonly bands: readonly [Band];
  readonly condition: Condition;
}

export const YES: Band = Object.freeze({ code: 'yes', label: { zh: '是', en: 'Yes' } });

/** @throws AppError `invalid_input` where the key or the condition is not right. */
export function defineRuleTag(input: RuleTagInput): RuleTagDefinition {
  const { key, label, category, description, ttlDays, valueWhenTrue = YES } = input;
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) throw new AppError('invalid_input', 'The key of a rule tag must be lower-case snake_case of at most 64 characters.', { hint: 'Correct the file in tags/.' });
  if (ttlDays !== null && (!Number.isSafeInteger(ttlDays) || ttlDays < 1)) throw new AppError('invalid_input', `The life time of rule tag ${key} must be whole days of at least 1, or null.`, { hint: 'Correct the file in tags/.' });
  const bands: readonly [Band] = [valueWhenTrue];
  return Object.freeze({ key, kind: 'rule' as const, category, label, description, valueType: 'text' as const, bands, ttlDays, condition: parseCondition(input.condition) });
}
