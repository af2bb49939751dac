/**
 * Changes of definitions (rule tags, segments, quality rules, categories, standards) take turns: each is checked against everything that is there, and what is there must not change between its
 * check and its commit. Otherwise two edits at the same moment, each right by itself, could make a circle together, or take away what the other one has just begun to use.
 */
import { AppError } from '../base/errors.ts';
import { dependenciesOf } from '../conditions/dependencies.ts';
import { parseCondition } from '../conditions/parse.ts';
import type { Condition } from '../conditions/schema.ts';
import type { ConditionNames } from '../conditions/names.ts';
import type { Store } from './connection.ts';
import { namingUsers } from './repositories/conditionUsers.ts';
import { listSegments } from './repositories/segments.ts';
import { listDefinitions } from './repositories/tagDefinitions.ts';

/** Any number that nothing else locks by: "defs" in ASCII. */
const LOCK = 0x64_65_66_73;

/**
 * One transaction in which nobody else changes a definition; readers do not wait. What `work` throws takes everything back.
 * @param work must use the store it is handed, and not `prepared` of it; may call functions that change definitions themselves
 */
export async function changeDefinitions<T>(store: Store, work: (inside: Store) => Promise<T>): Promise<T> {
  return store.db.transaction(async (trx) => {
    await trx.raw('SELECT pg_advisory_xact_lock(?)', [LOCK]);
    return work({ ...store, db: trx });
  });
}

/** The names without rule tags and segments that somebody has deleted since they were read, and with segments that were made. */
export async function namesNow(inside: Store, names: ConditionNames): Promise<ConditionNames> {
  const rules = new Set((await listDefinitions(inside.db)).map(({ key }) => key));
  return { ...names, tags: names.tags.filter(({ key, rule }) => rule === undefined || rules.has(key)), segments: (await listSegments(inside.db)).map(({ key, label }) => ({ key, label })) };
}

export interface ChangedDefinition {
  readonly kind: 'tag' | 'segment';
  readonly key: string;
  /** As it is going to be; null for a list. */
  readonly condition: Condition | null;
}

/** The way from a definition back to itself, or undefined. */
function wayBack(uses: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
  const seen = new Set<string>();
  const waiting: string[][] = [[start]];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const next of uses.get(path[path.length - 1]) ?? []) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push([...path, next]);
    }
  }
  return undefined;
}

function usesOf(conditions: readonly Condition[]): string[] {
  return conditions.map(dependenciesOf).flatMap(({ tags, segments }) => [...tags.map((tag) => `tag ${tag}`), ...segments.map((segment) => `segment ${segment}`)]);
}

/** Changed definitions through which rule tags and segments would look at each other in a circle, with the circle. */
export async function circlesThrough(inside: Store, changed: readonly ChangedDefinition[]): Promise<(ChangedDefinition & { readonly circle: readonly string[] })[]> {
  const stored = (await namingUsers(inside.db)).map(({ kind, key, conditions }) => [`${kind} ${key}`, usesOf(conditions.map(parseCondition))] as const);
  const uses = new Map([...stored, ...changed.map(({ kind, key, condition }) => [`${kind} ${key}`, condition === null ? [] : usesOf([condition])] as const)]);
  return changed.flatMap((one) => {
    const circle = wayBack(uses, `${one.kind} ${one.key}`);
    if (circle === undefined) return [];
    const oneKind = circle.every((name) => name.startsWith(`${one.kind} `));
    return [{ ...one, circle: oneKind ? circle.map((name) => name.slice(one.kind.length + 1)) : circle }];
  });
}

export function circleError(circle: readonly string[]): AppError {
  return new AppError('conflict', `The definitions look at each other in a circle: ${circle.join(' → ')}.`, { details: { circle }, hint: 'Take one of them out of the condition of another.' });
}

/** @throws AppError `conflict` naming the circle */
export async function refuseCircle(inside: Store, changed: ChangedDefinition): Promise<void> {
  const [found] = await circlesThrough(inside, [changed]);
  if (found !== undefined) throw circleError(found.circle);
}
