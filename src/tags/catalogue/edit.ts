/** Changes of rule tags in the store: every one is checked as a whole, versioned with who made it, and written to the audit log. */
import { AppError } from '../../base/errors.ts';
import { checkNames } from '../../conditions/names.ts';
import { parseCondition } from '../../conditions/parse.ts';
import { suggestNames } from '../../conditions/suggest.ts';
import type { Condition } from '../../conditions/schema.ts';
import { recordAudit } from '../../store/repositories/audit.ts';
import { deleteDefinition, saveDefinition } from '../../store/repositories/tagDefinitions.ts';
import type { DefinitionChange, DefinitionStatus, RuleDefinition, StoredDefinition } from '../../store/repositories/tagDefinitions.ts';
import { changeDefinitions, refuseCircle } from '../../store/changeDefinitions.ts';
import type { Store } from '../../store/connection.ts';
import { reloadCatalogue } from './catalogue.ts';
import type { Catalogue, StoredRule } from './catalogue.ts';
import { categoryNamed } from './categories.ts';
import { usersOf } from './users.ts';

/** A rule tag as somebody hands it in. */
export interface RuleInput extends Omit<RuleDefinition, 'condition' | 'status'> {
  readonly condition: Condition;
}

export interface Editor {
  /** Key id, `cli` or `file`. */
  readonly actor: string;
  readonly origin?: 'file' | 'api';
  readonly fileHash?: string;
}

const KEY = /^[a-z][a-z0-9_]{0,63}$/;
const MOST_WORDS = 2_000;

/** All but circles. @throws AppError `invalid_input` with the `field`, `unknown_name`, `not_found` for a category */
export function checkRule(input: RuleInput, catalogue: Catalogue): void {
  const wrong = (field: string, reason: string): never => {
    throw new AppError('invalid_input', `The rule tag cannot be saved: ${reason}.`, { details: { field }, hint: 'See docs/conditions.md, and `tagcast tags list` for what there is.' });
  };
  if (!KEY.test(input.key)) wrong('key', 'its key must be lower-case snake_case of at most 64 characters');
  if (catalogue.tags.some(({ key, kind }) => key === input.key && kind !== 'rule')) wrong('key', `${input.key} is a tag that the product itself builds`);
  if (input.ttlDays !== null && (!Number.isSafeInteger(input.ttlDays) || input.ttlDays < 1)) wrong('ttlDays', 'its time to live must be whole days of at least 1, or none');
  for (const [what, words] of Object.entries({ label: input.label, description: input.description, band: input.band.label })) {
    for (const text of [words.zh, words.en]) if (text.trim() === '' || text.length > MOST_WORDS) wrong(what, `its ${what} needs 1 to ${MOST_WORDS} characters in Chinese and in English`);
  }
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(input.band.code)) wrong('band', 'the code of its value must be lower-case snake_case');
  if (input.owner.trim() === '') wrong('owner', 'it needs an owner');
  if (catalogue.rules.find(({ key }) => key === input.key)?.category !== input.category) categoryNamed(catalogue.categories, input.category);
  checkNames(input.condition, catalogue.names);
}

/** @throws AppError `not_found` with what may have been meant. */
export function ruleOf(catalogue: Catalogue, key: string): StoredRule {
  const found = catalogue.rules.find((rule) => rule.key === key);
  if (found !== undefined) return found;
  if (catalogue.tags.some((tag) => tag.key === key)) {
    throw new AppError('invalid_input', `${key} is built by the product; its definition cannot be changed.`, { hint: 'Define a rule tag that looks at it.' });
  }
  const suggestions = suggestNames(key, catalogue.rules.map((rule) => rule.key));
  throw new AppError('not_found', `There is no rule tag "${key.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'Run `tagcast tags list`.' });
}

/** Of a definition that is checked already, inside of `changeDefinitions`. @throws AppError `conflict` where another edit came first */
export async function writeRule(store: Store, definition: RuleDefinition, expectedVersion: number, change: DefinitionChange, editor: Editor): Promise<StoredDefinition> {
  const at = store.clock.now();
  const saved = await saveDefinition(store.db, definition, expectedVersion, { actor: editor.actor, at, change, origin: editor.origin ?? 'api', fileHash: editor.fileHash ?? null });
  if (saved === undefined) {
    throw new AppError('conflict', expectedVersion === 0 ? `There is a rule tag ${definition.key} already.` : `The rule tag ${definition.key} was changed by somebody else meanwhile; version ${expectedVersion} is not the latest.`, {
      details: { key: definition.key, expectedVersion }, hint: expectedVersion === 0 ? 'Choose another key, or edit the one that is there.' : 'Read it again and make your change to what is there now.',
    });
  }
  await recordAudit(store.db, { at, actor: editor.actor, action: `tag.${change}`, object: definition.key, details: { version: saved.version } });
  return saved;
}

/** @throws AppError `invalid_input`, `unknown_name`, `conflict` for a circle or a key that exists. */
export async function createRule(store: Store, catalogue: Catalogue, input: RuleInput, status: DefinitionStatus, editor: Editor): Promise<StoredDefinition> {
  return changeDefinitions(store, async (inside) => {
    checkRule(input, await reloadCatalogue(inside.db, catalogue));
    await refuseCircle(inside, { kind: 'tag', ...input });
    return writeRule(inside, { ...input, status }, 0, 'created', editor);
  });
}

/** @param expectedVersion the version that the editor saw; absent: whatever is there. @throws AppError `not_found`, `invalid_input`, `unknown_name`, `conflict`. */
export async function editRule(store: Store, catalogue: Catalogue, key: string, change: Partial<Omit<RuleInput, 'key'>>, editor: Editor, expectedVersion?: number): Promise<StoredDefinition> {
  const before = ruleOf(catalogue, key);
  const { category, label, description, owner, condition, band, ttlDays } = { ...before, ...change };
  const input: RuleInput = { key, category, label, description, owner, condition: parseCondition(condition), band, ttlDays };
  return changeDefinitions(store, async (inside) => {
    checkRule(input, await reloadCatalogue(inside.db, catalogue));
    await refuseCircle(inside, { kind: 'tag', ...input });
    return writeRule(inside, { ...input, status: before.status }, expectedVersion ?? before.version, 'edited', { fileHash: before.fileHash ?? '', ...editor });
  });
}

export const STATUS_CHANGE = { draft: 'drafted', enabled: 'enabled', paused: 'paused' } as const;

/** Enables, pauses or makes a draft of a rule tag. What customers carry stays until its time to live has passed. */
export async function setRuleStatus(store: Store, catalogue: Catalogue, key: string, status: DefinitionStatus, editor: Editor): Promise<StoredDefinition> {
  const before = ruleOf(catalogue, key);
  if (before.status === status) return before;
  return changeDefinitions(store, (inside) => writeRule(inside, { ...before, status }, before.version, STATUS_CHANGE[status], { origin: before.origin, ...(before.fileHash === null ? {} : { fileHash: before.fileHash }), ...editor }));
}

/** @throws AppError `not_found`, `conflict` naming the tags and segments that still use it. */
export async function deleteRule(store: Store, catalogue: Catalogue, key: string, editor: Editor): Promise<void> {
  ruleOf(catalogue, key);
  await changeDefinitions(store, async ({ db, clock }) => {
    const users = await usersOf(db, key);
    if (users.length > 0) {
      throw new AppError('conflict', `The rule tag ${key} is used by ${users.map(({ kind, key: user }) => `${kind.replace('_', ' ')} ${user}`).join(', ')}.`, { details: { users }, hint: 'Take it out of them first, or pause it instead.' });
    }
    const at = clock.now();
    await deleteDefinition(db, key, { actor: editor.actor, at });
    await recordAudit(db, { at, actor: editor.actor, action: 'tag.deleted', object: key, details: {} });
  });
}
