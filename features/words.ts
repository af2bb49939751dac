/** Short forms that the feature files share: a group's `declare`, and names of windows in both languages. */
import { bilingual } from '../src/base/text.ts';
import { feature } from '../src/features/define.ts';
import type { FeatureDefinition } from '../src/features/define.ts';
import type { Expression } from '../src/features/expression.ts';
import type { Unit } from '../src/features/units.ts';

/** A feature in one call: name, unit, [中文 name, English name], [中文 meaning, English meaning], value, missing rule. */
export type Declare = (
  name: string, unit: Unit, label: readonly [string, string], meaning: readonly [string, string], value: Expression, missing: 'missing' | number,
) => FeatureDefinition;

export const declareIn = (group: string): Declare => (name, unit, label, meaning, value, missing) =>
  feature({ name, unit, group, label: bilingual(...label), meaning: bilingual(...meaning), value, missing });

/** The windows that every shop is looked at through. */
export const WINDOW_DAYS = [7, 30, 90, 180, 365] as const;
