/** A rule tag from the little that somebody says of it. */
import type { Bilingual } from '../../base/text.ts';
import { describeInBoth } from '../../conditions/describe.ts';
import type { ConditionNames } from '../../conditions/names.ts';
import type { Condition } from '../../conditions/schema.ts';
import { YES } from '../rules/definition.ts';
import type { Band } from './definition.ts';
import type { RuleInput } from './edit.ts';

export interface RuleDraft {
  readonly condition: Condition;
  readonly label: Bilingual;
  readonly owner: string;
  /** Default: the condition in words. */
  readonly description?: { readonly zh?: string | undefined; readonly en?: string | undefined } | undefined;
  /** Default: behaviour. */
  readonly category?: string | undefined;
  /** Default: two days, so that one missed night does not take the tag away. */
  readonly ttlDays?: number | null | undefined;
  /** Default: yes. */
  readonly band?: Band | undefined;
}

export function ruleFrom(key: string, { condition, label, owner, description, category = 'behaviour', ttlDays = 2, band = YES }: RuleDraft, names: ConditionNames): RuleInput {
  const words = describeInBoth(condition, names);
  return { key, condition, label, owner, category, ttlDays, band, description: { zh: description?.zh ?? words.zh, en: description?.en ?? words.en } };
}
