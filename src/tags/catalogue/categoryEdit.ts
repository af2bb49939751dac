/** Changes of the tree of categories: every one is checked against the whole tree, versioned with who made it, and written to the audit log. */
import { AppError } from '../../base/errors.ts';
import type { Bilingual } from '../../base/text.ts';
import { suggestNames } from '../../conditions/suggest.ts';
import { changeDefinitions } from '../../store/changeDefinitions.ts';
import type { Store } from '../../store/connection.ts';
import { recordAudit } from '../../store/repositories/audit.ts';
import { addCategoryVersion, addPlacement, latestCategories } from '../../store/repositories/tagCategories.ts';
import { categoriesWithin, categoryNamed, categoryPath, MOST_LEVELS } from './categories.ts';
import type { Category } from './categories.ts';
import { reloadCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { editRule } from './edit.ts';
import type { Editor } from './edit.ts';

export interface CategoryInput {
  readonly code: string;
  readonly label: Bilingual;
  /** Null at the top. */
  readonly parent: string | null;
}

const CODE = /^[a-z][a-z0-9_]{0,63}$/;
const MOST_CATEGORIES = 1_000;

function wrong(field: string, reason: string): never {
  throw new AppError('invalid_input', `The category cannot be saved: ${reason}.`, { details: { field }, hint: 'See `tagcast categories list` for what there is.' });
}

/** All but its place in the tree. @throws AppError `invalid_input` with the `field` */
export function checkCategoryWords({ code, label }: CategoryInput): void {
  if (!CODE.test(code)) wrong('code', 'its code must be lower-case snake_case of at most 64 characters');
  for (const text of [label.zh, label.en]) if (text.trim() === '' || text.length > 200) wrong('label', 'it needs a name of 1 to 200 characters in Chinese and in English');
}

function checkCategory({ categories }: Catalogue, input: CategoryInput): void {
  checkCategoryWords(input);
  const { code, parent } = input;
  if (categories.length >= MOST_CATEGORIES && !categories.some((one) => one.code === code)) wrong('code', `there are ${MOST_CATEGORIES} already`);
  if (parent === null) return;
  categoryNamed(categories, parent);
  const below = categoriesWithin(categories, code);
  if (parent === code || below.has(parent)) {
    throw new AppError('conflict', `${code} cannot be moved under ${parent}, which is ${parent === code ? 'itself' : 'below it'}.`, { details: { path: categoryPath(categories, parent).map((one) => one.code) }, hint: 'Choose another parent.' });
  }
  const height = Math.max(1, ...[...below].map((one) => categoryPath(categories, one).length - categoryPath(categories, code).length + 1));
  if (categoryPath(categories, parent).length + height > MOST_LEVELS) wrong('parent', `the tree would be deeper than ${MOST_LEVELS} levels`);
}

/**
 * Makes, renames or moves a category. One of the product can be renamed and moved as well.
 * @param expectedVersion version that the editor saw, 0 for a new one or one of the product that nobody changed yet; absent: whatever is there
 * @throws AppError `invalid_input`, `not_found` for the parent, `conflict` for a circle or where somebody else was faster
 */
export async function saveCategory(store: Store, catalogue: Catalogue, input: CategoryInput, editor: Editor, expectedVersion?: number): Promise<Category> {
  return changeDefinitions(store, async (inside) => {
    // Two moves at the same moment, each right by itself, could make a circle: the second one looks at the tree that the first one has left.
    checkCategory(await reloadCatalogue(inside.db, catalogue), input);
    const { version } = await writeCategory(inside, input, editor, expectedVersion);
    return { code: input.code, label: input.label, parent: input.parent, version, builtIn: catalogue.categories.find((one) => one.code === input.code)?.builtIn ?? false };
  });
}

/** Of a category that is checked already, inside of `changeDefinitions`. @throws AppError `conflict` where somebody else was faster */
export async function writeCategory(store: Store, { code, label, parent }: CategoryInput, editor: Editor, expectedVersion?: number): Promise<{ readonly version: number }> {
  const at = store.clock.now();
  const before = (await latestCategories(store.db)).find((one) => one.code === code);
  // A code that was deleted begins anew for its editor, and goes on in its history.
  const seen = before === undefined || before.deleted ? 0 : before.version;
  const version = (before?.version ?? 0) + 1;
  const saved = (expectedVersion === undefined || expectedVersion === seen) && await addCategoryVersion(store.db, { code, version, parent, label, deleted: false, actor: editor.actor, changedAt: at });
  if (!saved) throw new AppError('conflict', `The category ${code} was changed by somebody else meanwhile; version ${expectedVersion ?? seen} is not the latest.`, { details: { code, expectedVersion: expectedVersion ?? seen }, hint: 'Read it again and make your change to what is there now.' });
  await recordAudit(store.db, { at, actor: editor.actor, action: 'category.saved', object: code, details: { version, parent } });
  return { version };
}

export interface CategoryUser {
  readonly kind: 'category' | 'tag';
  readonly key: string;
}

/** Categories right below it, and tags in it. */
export function usersOfCategory({ categories, tags }: Pick<Catalogue, 'categories' | 'tags'>, code: string): CategoryUser[] {
  return [
    ...categories.filter(({ parent }) => parent === code).map((one): CategoryUser => ({ kind: 'category', key: one.code })),
    ...tags.filter(({ category }) => category === code).map(({ key }): CategoryUser => ({ kind: 'tag', key })),
  ];
}

/** @throws AppError `not_found`, `conflict` naming the categories and tags that are still in it. */
export async function deleteCategory(store: Store, catalogue: Catalogue, code: string, editor: Editor): Promise<void> {
  await changeDefinitions(store, async (inside) => deleteEmpty(inside, await reloadCatalogue(inside.db, catalogue), code, editor));
}

async function deleteEmpty(store: Store, catalogue: Catalogue, code: string, editor: Editor): Promise<void> {
  const { label, parent, version } = categoryNamed(catalogue.categories, code);
  const users = usersOfCategory(catalogue, code);
  if (users.length > 0) {
    const shown = users.slice(0, 10).map(({ kind, key }) => `${kind} ${key}`).join(', ');
    throw new AppError('conflict', `The category ${code} still holds ${shown}${users.length > 10 ? ` and ${users.length - 10} more` : ''}.`, { details: { users: [...users] }, hint: 'Move them elsewhere first: `tagcast categories place` for tags, `tagcast categories save` with another parent for categories.' });
  }
  const at = store.clock.now();
  if (!(await addCategoryVersion(store.db, { code, version: version + 1, parent, label, deleted: true, actor: editor.actor, changedAt: at }))) {
    throw new AppError('conflict', `The category ${code} was changed by somebody else meanwhile.`, { details: { code }, hint: 'Read it again.' });
  }
  await recordAudit(store.db, { at, actor: editor.actor, action: 'category.deleted', object: code, details: { version: version + 1 } });
}

/**
 * Moves a tag of any kind to a category. Of a rule tag this is a new version of its definition; of a tag that the product builds the shop's own place is kept beside it.
 * @param category null: back to where the product has it
 * @throws AppError `not_found` for the tag or category, `invalid_input` for a rule tag without a category
 */
export async function placeTag(store: Store, catalogue: Catalogue, key: string, category: string | null, editor: Editor): Promise<void> {
  await changeDefinitions(store, async (inside) => place(inside, await reloadCatalogue(inside.db, catalogue), key, category, editor));
}

async function place(store: Store, catalogue: Catalogue, key: string, category: string | null, editor: Editor): Promise<void> {
  const tag = catalogue.tags.find((one) => one.key === key);
  if (tag === undefined) {
    const suggestions = suggestNames(key, catalogue.tags.map((one) => one.key));
    throw new AppError('not_found', `There is no tag "${key.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'See `tagcast tags list`.' });
  }
  if (category !== null) categoryNamed(catalogue.categories, category);
  if (tag.kind === 'rule') {
    if (category === null) throw new AppError('invalid_input', `${key} is a rule tag: it has no place but the one it is given.`, { hint: 'Name a category.' });
    if (tag.category !== category) await editRule(store, catalogue, key, { category }, editor);
    return;
  }
  const at = store.clock.now();
  await addPlacement(store.db, { key, category, actor: editor.actor, changedAt: at });
  await recordAudit(store.db, { at, actor: editor.actor, action: 'tag.placed', object: key, details: { from: tag.category, to: category } });
}
