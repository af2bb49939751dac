/** Who looks at a tag or a segment: what must not be deleted under whom. */
import type { Knex } from 'knex';
import { dependenciesOf } from '../../conditions/dependencies.ts';
import { parseCondition } from '../../conditions/parse.ts';
import { namingUsers } from '../../store/repositories/conditionUsers.ts';
import type { UserKind } from '../../store/repositories/conditionUsers.ts';

export interface User {
  readonly kind: UserKind;
  readonly key: string;
}

/** Users of every tag that has any, by its key. */
export async function usersOfTags(db: Knex): Promise<Map<string, User[]>> {
  const found = new Map<string, User[]>();
  for (const { kind, key, conditions } of await namingUsers(db)) {
    for (const tag of new Set(conditions.flatMap((condition) => dependenciesOf(parseCondition(condition)).tags))) found.set(tag, [...(found.get(tag) ?? []), { kind, key }]);
  }
  return found;
}

/** Rule tags, segments and quality rules whose condition names the tag. */
export async function usersOf(db: Knex, tag: string): Promise<User[]> {
  return (await usersOfTags(db)).get(tag) ?? [];
}
