/**
 * Rule tags in files and rule tags in the store live together: a file is taken over as long as nobody has edited the tag in the store; after that the two are
 * compared, and a person decides which one counts.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/json.ts';
import type { Store } from '../../store/connection.ts';
import { deletedKeys } from '../../store/repositories/tagDefinitions.ts';
import type { RuleDefinition } from '../../store/repositories/tagDefinitions.ts';
import type { RuleTagDefinition } from '../rules/definition.ts';
import { createRule, editRule } from './edit.ts';
import type { RuleInput } from './edit.ts';
import { loadCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';

export const FILE_OWNER = 'file';

function inputOf({ key, category, label, description, condition, bands, ttlDays }: RuleTagDefinition): RuleInput {
  return { key, category, label, description, owner: FILE_OWNER, condition, band: { code: bands[0].code, label: bands[0].label }, ttlDays };
}

/** Of what a definition says, whoever owns it and whether it is enabled. */
export function definitionHash({ key, category, label, description, condition, band, ttlDays }: Omit<RuleDefinition, 'owner' | 'status'>): string {
  return createHash('sha256').update(canonicalJson({ key, category, label, description, condition, band, ttlDays })).digest('hex');
}

/**
 * `new`: not in the store yet. `changed`: the file changed since it was taken over, and nobody edited the tag. `diverged`: edited in the store, and the file says something else. `file_gone`: came from a
 * file that is not there any more. `deleted`: deleted in the store, and the file does not bring it back by itself. `store_only`: made in the store.
 */
export const FILE_STATES = ['new', 'same', 'changed', 'diverged', 'file_gone', 'deleted', 'store_only'] as const;
export type FileState = (typeof FILE_STATES)[number];

export interface FileDifference {
  readonly key: string;
  readonly state: FileState;
}

/** How every rule tag stands between files and store, by key. @param deleted keys whose last change in the store was their deletion */
export function compareFiles(files: readonly RuleTagDefinition[], catalogue: Catalogue, deleted: ReadonlySet<string>): FileDifference[] {
  const inFiles = new Map(files.map((file) => [file.key, definitionHash(inputOf(file))]));
  const found = files.map((file): FileDifference => {
    const stored = catalogue.rules.find(({ key }) => key === file.key);
    if (stored === undefined) return { key: file.key, state: deleted.has(file.key) ? 'deleted' : 'new' };
    if (definitionHash(stored) === inFiles.get(file.key)) return { key: file.key, state: 'same' };
    return { key: file.key, state: stored.origin === 'file' ? 'changed' : 'diverged' };
  });
  const others = catalogue.rules.filter(({ key }) => !inFiles.has(key)).map(({ key, origin }): FileDifference => ({ key, state: origin === 'file' ? 'file_gone' : 'store_only' }));
  return [...found, ...others].sort((a, b) => (a.key < b.key ? -1 : 1));
}

export interface TakeFiles {
  /** Also those that were edited or deleted in the store since: the file counts. */
  readonly overwrite?: boolean;
  readonly shop?: Parameters<typeof loadCatalogue>[1];
}

/**
 * Takes new and changed files over. A file that looks at a rule of another file may come before it: what cannot be saved yet is tried again.
 * @returns keys that were written, in order
 * @throws AppError `invalid_input`, `unknown_name`, `conflict` of the first file that cannot be saved
 */
export async function takeFiles(store: Store, files: readonly RuleTagDefinition[], options: TakeFiles = {}): Promise<string[]> {
  let catalogue = await loadCatalogue(store.db, options.shop);
  const states = new Map(compareFiles(files, catalogue, await deletedKeys(store.db)).map(({ key, state }) => [key, state]));
  const taken: readonly (FileState | undefined)[] = options.overwrite === true ? ['new', 'changed', 'diverged', 'deleted'] : ['new', 'changed'];
  let waiting = files.filter(({ key }) => taken.includes(states.get(key)));
  const written: string[] = [];
  while (waiting.length > 0) {
    const later: RuleTagDefinition[] = [];
    let refusal: unknown;
    for (const file of waiting) {
      const input = inputOf(file);
      const editor = { actor: FILE_OWNER, origin: 'file', fileHash: definitionHash(input) } as const;
      const stored = catalogue.rules.find(({ key }) => key === file.key);
      try {
        if (stored === undefined) await createRule(store, catalogue, input, 'enabled', editor);
        else await editRule(store, catalogue, file.key, { ...input, owner: stored.owner }, editor);
        written.push(file.key);
        catalogue = await loadCatalogue(store.db, options.shop);
      } catch (error) {
        refusal ??= error;
        later.push(file);
      }
    }
    if (later.length === waiting.length) throw refusal;
    waiting = later;
  }
  return written;
}
