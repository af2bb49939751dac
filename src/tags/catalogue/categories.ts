/** The tree of categories: what comes with the product, and what the shop made of it. */
import { AppError } from '../../base/errors.ts';
import type { Bilingual } from '../../base/text.ts';
import { suggestNames } from '../../conditions/suggest.ts';
import type { CategoryVersion } from '../../store/repositories/tagCategories.ts';
import { CATEGORY_LABELS, TAG_CATEGORIES } from './definition.ts';

export interface Category {
  readonly code: string;
  readonly label: Bilingual;
  /** Null at the top. */
  readonly parent: string | null;
  /** Comes with the product. */
  readonly builtIn: boolean;
  /** 0 until the shop changes it. */
  readonly version: number;
}

/** Levels below the top, so that a tree can be read on one screen. */
export const MOST_LEVELS = 4;

/**
 * Every category, parents before their children: those of the product in their order, then those of the shop by code. A category that a tag names and that is not there
 * (it came with a tag from another store) stands at the top under its code.
 * @param named codes that tags use
 */
export function categoryTree(stored: readonly CategoryVersion[], named: Iterable<string> = []): Category[] {
  const changed = new Map(stored.map((one) => [one.code, one]));
  const all = new Map<string, Category>();
  for (const code of TAG_CATEGORIES) {
    const own = changed.get(code);
    if (own?.deleted !== true) all.set(code, { code, builtIn: true, label: own?.label ?? CATEGORY_LABELS[code], parent: own?.parent ?? null, version: own?.version ?? 0 });
  }
  for (const { code, label, parent, version, deleted } of stored) if (!deleted && !all.has(code)) all.set(code, { code, label, parent, version, builtIn: false });
  for (const code of [...new Set(named)].sort()) if (!all.has(code)) all.set(code, { code, label: { zh: code, en: code }, parent: null, version: changed.get(code)?.version ?? 0, builtIn: false });
  const ordered: Category[] = [];
  const add = (parent: string | null): void => {
    for (const category of all.values()) {
      if ((category.parent !== null && all.has(category.parent) ? category.parent : null) !== parent) continue;
      ordered.push(category.parent === parent ? category : { ...category, parent });
      add(category.code);
    }
  };
  add(null);
  // Stores in which two moves at the same moment made a circle are out there; what is in one stands at the top, so that nothing is ever lost from sight.
  for (const category of all.values()) if (!ordered.some(({ code }) => code === category.code)) ordered.push({ ...category, parent: null });
  return ordered;
}

/** The category and those above it, top first; empty for one that is not there. */
export function categoryPath(categories: readonly Category[], code: string): Category[] {
  const found = categories.find((one) => one.code === code);
  if (found === undefined) return [];
  return [...(found.parent === null ? [] : categoryPath(categories, found.parent)), found];
}

/** Codes of a category and of everything below it. */
export function categoriesWithin(categories: readonly Category[], code: string): Set<string> {
  return new Set(categories.filter((one) => categoryPath(categories, one.code).some((above) => above.code === code)).map((one) => one.code));
}

export function labelOfCategory(categories: readonly Category[], code: string): Bilingual {
  return categories.find((one) => one.code === code)?.label ?? { zh: code, en: code };
}

/** @throws AppError `not_found` with what may have been meant. */
export function categoryNamed(categories: readonly Category[], code: string): Category {
  const found = categories.find((one) => one.code === code);
  if (found !== undefined) return found;
  const suggestions = suggestNames(code, categories.map((one) => one.code));
  throw new AppError('not_found', `There is no category "${code.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'See `tagcast categories list`; `tagcast categories save` makes one.' });
}
