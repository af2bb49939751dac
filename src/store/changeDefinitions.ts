/**
 * Changes of definitions (rule tags, segments, quality rules, categories, standards) take turns: each is checked against everything that is there, and what is there must not change between its
 * check and its commit. Otherwise two edits at the same moment, each right by itself, could make a circle together, or take away what the other one has just begun to use.
 */
import { AppError } from '../base/errors.ts';
import { dependenciesOf } from '../conditions/dependencies.ts';
import { parseCondition } from '../conditions/parse.ts';
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

export interface DefinitionName {
  readonly kind: 'tag' | 'segment';
  readonly key: string;
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

/** After the write and before the commit: rule tags and segments of the store that look at each other in a circle through one of these. @throws AppError `conflict` naming the circle */
export async function refuseCircles(inside: Store, changed: readonly DefinitionName[]): Promise<void> {
  const uses = new Map((await namingUsers(inside.db)).map(({ kind, key, conditions }) => {
    const found = conditions.map((condition) => dependenciesOf(parseCondition(condition)));
    return [`${kind} ${key}`, found.flatMap(({ tags, segments }) => [...tags.map((tag) => `tag ${tag}`), ...segments.map((segment) => `segment ${segment}`)])] as const;
  }));
  for (const { kind, key } of changed) {
    const circle = wayBack(uses, `${kind} ${key}`);
    if (circle === undefined) continue;
    const oneKind = circle.every((name) => name.startsWith(`${kind} `));
    const shown = oneKind ? circle.map((name) => name.slice(kind.length + 1)) : circle;
    throw new AppError('conflict', `The definitions look at each other in a circle: ${shown.join(' → ')}.`, { details: { circle: shown }, hint: 'Take one of them out of the condition of another.' });
  }
}
