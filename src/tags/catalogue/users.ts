/** Who looks at a tag or a segment: what must not be deleted under whom. */
import type { Knex } from 'knex';
import { dependenciesOf } from '../../conditions/dependencies.ts';
import { parseCondition } from '../../conditions/parse.ts';
import type { Condition } from '../../conditions/schema.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import type { Catalogue } from './catalogue.ts';

export interface User {
  readonly kind: 'tag' | 'segment';
  readonly key: string;
}

export type Used = { readonly tag: string } | { readonly segment: string };

function looksAt(condition: Condition, used: Used): boolean {
  const { tags, segments } = dependenciesOf(condition);
  return 'tag' in used ? tags.includes(used.tag) : segments.includes(used.segment);
}

/** Users of every tag that has any, by its key. */
export async function usersOfTags(db: Knex, catalogue: Catalogue): Promise<Map<string, User[]>> {
  const segments = await selectRows<{ key: string; condition: unknown }>(db, 'SELECT key, condition FROM segments WHERE condition IS NOT NULL ORDER BY key');
  const found = new Map<string, User[]>();
  const note = (user: User, condition: Condition): void => {
    for (const tag of new Set(dependenciesOf(condition).tags)) found.set(tag, [...(found.get(tag) ?? []), user]);
  };
  for (const { key, condition } of catalogue.rules) note({ kind: 'tag', key }, condition);
  for (const { key, condition } of segments) note({ kind: 'segment', key }, parseCondition(condition));
  return found;
}

/** Rule tags and segments whose condition names it, by key. */
export async function usersOf(db: Knex, catalogue: Catalogue, used: Used): Promise<User[]> {
  const segments = await selectRows<{ key: string; condition: unknown }>(db, 'SELECT key, condition FROM segments WHERE condition IS NOT NULL ORDER BY key');
  return [
    ...catalogue.rules.filter(({ condition }) => looksAt(condition, used)).map(({ key }): User => ({ kind: 'tag', key })),
    ...segments.filter(({ condition }) => looksAt(parseCondition(condition), used)).map(({ key }): User => ({ kind: 'segment', key })),
  ];
}
