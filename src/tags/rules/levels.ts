/** In which order rule tags can be evaluated: a rule that looks at other rule tags comes after them. */
import { dependenciesOf, findCycle } from '../../conditions/dependencies.ts';
import type { Condition } from '../../conditions/schema.ts';
import { AppError } from '../../base/errors.ts';

export interface LevelledRule {
  readonly key: string;
  readonly condition: Condition;
}

/** Rules by level, each level in its given order: the first looks at no other rule of the list, the next only at rules of levels before it. @throws AppError `conflict` naming the circle. */
export function ruleLevels<Rule extends LevelledRule>(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const keys = new Set(rules.map(({ key }) => key));
  const uses = new Map(rules.map(({ key, condition }) => [key, dependenciesOf(condition).tags.filter((tag) => keys.has(tag))]));
  refuseCircle(uses);
  const level = new Map<string, number>();
  const levelOf = (key: string): number => {
    const known = level.get(key);
    if (known !== undefined) return known;
    const found = 1 + Math.max(-1, ...(uses.get(key) ?? []).map(levelOf));
    level.set(key, found);
    return found;
  };
  const levels: Rule[][] = [];
  for (const rule of rules) (levels[levelOf(rule.key)] ??= []).push(rule);
  return levels;
}

/** @throws AppError `conflict` naming the circle. */
export function refuseCircle(uses: ReadonlyMap<string, readonly string[]>): void {
  const circle = findCycle(uses);
  if (circle === undefined) return;
  throw new AppError('conflict', `The definitions look at each other in a circle: ${circle.join(' → ')}.`, { details: { circle }, hint: 'Take one of them out of the condition of another.' });
}

/** The rules that have to be evaluated again when events of these kinds arrive: those that look at them, and those that look at such rules. */
export function touchedBy<Rule extends LevelledRule>(rules: readonly Rule[], kinds: readonly string[]): readonly Rule[] {
  const touched = new Set<string>();
  for (const rule of ruleLevels(rules).flat()) {
    const { eventKinds, tags } = dependenciesOf(rule.condition);
    if (eventKinds === 'any' || eventKinds.some((kind) => kinds.includes(kind)) || tags.some((tag) => touched.has(tag))) touched.add(rule.key);
  }
  return rules.filter(({ key }) => touched.has(key));
}
