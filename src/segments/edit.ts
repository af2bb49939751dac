/** Saved segments: every change is checked as a whole, versioned with who made it, and written to the audit log. */
import { AppError } from '../base/errors.ts';
import { dependenciesOf } from '../conditions/dependencies.ts';
import { checkNames } from '../conditions/names.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { parseCondition } from '../conditions/parse.ts';
import { suggestNames } from '../conditions/suggest.ts';
import type { Condition } from '../conditions/schema.ts';
import { changeDefinitions, namesNow, refuseCircle } from '../store/changeDefinitions.ts';
import type { Store } from '../store/connection.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { deleteSegment, findSegment, listSegments, saveSegment } from '../store/repositories/segments.ts';
import type { SegmentDefinition, StoredSegment } from '../store/repositories/segments.ts';
import { namingUsers } from '../store/repositories/conditionUsers.ts';

export interface SegmentInput extends Omit<SegmentDefinition, 'condition'> {
  /** Null: members are given as a list. */
  readonly condition: Condition | null;
}

const KEY = /^[a-z][a-z0-9_]{0,63}$/;
/** Words that the addresses of the HTTP interface use in the place of a key. */
const RESERVED: readonly string[] = ['count', 'list', 'portrait', 'export', 'overlap', 'lookalike', 'lookalikes'];

/** All but circles. @throws AppError `invalid_input` with the `field`, `unknown_name` */
export function checkSegment(input: SegmentInput, names: ConditionNames): void {
  const wrong = (field: string, reason: string): never => {
    throw new AppError('invalid_input', `The segment cannot be saved: ${reason}.`, { details: { field }, hint: 'See docs/conditions.md for conditions, and `tagcast segment --help`.' });
  };
  if (!KEY.test(input.key)) wrong('key', 'its key must be lower-case snake_case of at most 64 characters');
  if (RESERVED.includes(input.key)) wrong('key', `its key must be none of ${RESERVED.join(', ')}`);
  for (const [field, words] of Object.entries({ label: input.label, description: input.description })) for (const text of [words.zh, words.en]) if (text.trim() === '' || text.length > 2_000) wrong(field, 'its names and description need 1 to 2000 characters in Chinese and in English');
  if (input.owner.trim() === '') wrong('owner', 'it needs an owner');
  if (!(input.holdoutShare >= 0 && input.holdoutShare < 1)) wrong('holdoutShare', 'its hold-out must be a share from 0 to below 1');
  if (input.condition !== null) checkNames(input.condition, { ...names, segments: [...(names.segments ?? []), { key: input.key, label: input.label }] });
}

/** @throws AppError `not_found` with what may have been meant. */
export async function segmentNamed(store: Store, key: string): Promise<StoredSegment> {
  const found = await findSegment(store.db, key);
  if (found !== undefined) return found;
  const suggestions = suggestNames(key, (await listSegments(store.db)).map((segment) => segment.key));
  throw new AppError('not_found', `There is no segment "${key.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'Run `tagcast segment saved`.' });
}

/** Of a definition that is checked already, inside of `changeDefinitions`. @throws AppError `conflict` where another edit came first */
export async function writeSegment(store: Store, input: SegmentInput, expectedVersion: number, action: 'created' | 'edited', actor: string): Promise<StoredSegment> {
  const at = store.clock.now();
  const saved = await saveSegment(store.db, input, expectedVersion, { actor, at, holdoutSalt: input.key });
  if (saved === undefined) {
    throw new AppError('conflict', expectedVersion === 0 ? `There is a segment ${input.key} already.` : `The segment ${input.key} was changed by somebody else meanwhile; version ${expectedVersion} is not the latest.`, {
      details: { key: input.key, expectedVersion }, hint: expectedVersion === 0 ? 'Choose another key, or edit the one that is there.' : 'Read it again and make your change to what is there now.',
    });
  }
  await recordAudit(store.db, { at, actor, action: `segment.${action}`, object: input.key, details: { definitionVersion: saved.definitionVersion } });
  return saved;
}

/** @throws AppError `invalid_input`, `unknown_name`, `conflict` for a circle or a key that exists. */
export async function createSegment(store: Store, input: SegmentInput, names: ConditionNames, actor: string): Promise<StoredSegment> {
  return changeDefinitions(store, async (inside) => {
    checkSegment(input, await namesNow(inside, names));
    await refuseCircle(inside, { kind: 'segment', ...input });
    return writeSegment(inside, input, 0, 'created', actor);
  });
}

/** A list stays a list. @throws AppError `invalid_input` */
export function keepKind(before: { readonly key: string; readonly condition: unknown }, { condition }: Pick<SegmentInput, 'condition'>): void {
  if ((before.condition === null) === (condition === null)) return;
  throw new AppError('invalid_input', before.condition === null ? `The segment ${before.key} is a list of customers; a condition in its place would take them away.` : `The segment ${before.key} has a condition, and none in the change.`, {
    details: { field: 'condition' }, hint: `Choose another key for the other kind${before.condition === null ? `; its condition may look at \`segment.${before.key}\`` : ''}.`,
  });
}

/** @param expectedVersion the definition that the editor saw; absent: whatever is there. @throws AppError `not_found`, `invalid_input`, `unknown_name`, `conflict`. */
export async function editSegment(store: Store, key: string, change: Partial<Omit<SegmentInput, 'key'>>, names: ConditionNames, actor: string, expectedVersion?: number): Promise<StoredSegment> {
  const before = await segmentNamed(store, key);
  const { label, description, owner, condition, status, schedule, holdoutShare } = { ...before, ...change };
  const input: SegmentInput = { key, label, description, owner, condition: condition === null ? null : parseCondition(condition), status, schedule, holdoutShare };
  keepKind(before, input);
  return changeDefinitions(store, async (inside) => {
    checkSegment(input, await namesNow(inside, names));
    await refuseCircle(inside, { kind: 'segment', ...input });
    return writeSegment(inside, input, expectedVersion ?? before.definitionVersion, 'edited', actor);
  });
}

/** Rule tags, other segments and quality rules whose condition looks at the segment, and webhooks that tell of it. */
async function usersOfSegment(store: Store, key: string): Promise<string[]> {
  const others = (await namingUsers(store.db)).filter((user) => user.kind !== 'segment' || user.key !== key);
  return others.filter(({ conditions, segments }) => segments.includes(key) || conditions.some((condition) => dependenciesOf(parseCondition(condition)).segments.includes(key))).map((user) => `${user.kind.replace('_', ' ')} ${user.key}`);
}

/** @throws AppError `not_found`, `conflict` naming what still looks at it. */
export async function removeSegment(store: Store, key: string, actor: string): Promise<void> {
  await segmentNamed(store, key);
  await changeDefinitions(store, async (inside) => {
    const users = await usersOfSegment(inside, key);
    if (users.length > 0) throw new AppError('conflict', `The segment ${key} is used by ${users.join(', ')}.`, { details: { users }, hint: 'Take it out of them first, or pause it.' });
    await deleteSegment(inside.db, key);
    await recordAudit(inside.db, { at: inside.clock.now(), actor, action: 'segment.deleted', object: key, details: {} });
  });
}
