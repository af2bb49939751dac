/** Categories of a document of rule tags: the tree as it would be, and what is wrong with it. */
import { z } from 'zod';
import type { Bilingual } from '../../base/text.ts';
import { AppError } from '../../base/errors.ts';
import { problemOf } from '../../base/exchange.ts';
import type { DocumentEntry, EntryProblem } from '../../base/exchange.ts';
import { suggestNames } from '../../conditions/suggest.ts';
import { MOST_LEVELS } from './categories.ts';
import type { Category } from './categories.ts';
import { checkCategoryWords } from './categoryEdit.ts';
import type { CategoryInput } from './categoryEdit.ts';

const words = z.strictObject({ zh: z.string(), en: z.string() });
export const categoryDocument = z.strictObject({ code: z.string(), parent: z.string().nullable(), label: words });

export function categoryFields({ parent, label }: { readonly parent: string | null; readonly label: Bilingual }): DocumentEntry['fields'] {
  return { parent, 'label.zh': label.zh, 'label.en': label.en };
}

/** The tree with the document laid over it. A parent may come after its children. */
export function treeWith(categories: readonly Category[], inputs: readonly CategoryInput[]): Category[] {
  const all = new Map(categories.map((one) => [one.code, one]));
  for (const input of inputs) all.set(input.code, { builtIn: false, version: 0, ...all.get(input.code), ...input });
  return [...all.values()];
}

/** Codes from a category up to the top; ends at a parent that is not there, and where it comes back to a category of the way. */
function wayUp(parents: ReadonlyMap<string, string | null>, code: string): string[] {
  const way: string[] = [];
  for (let at: string | null | undefined = code; typeof at === 'string'; at = parents.get(at)) {
    way.push(at);
    if (way.indexOf(at) < way.length - 1) break;
  }
  return way;
}

/** @param tree as it would be @param changed categories of the document that are new or changed */
export function categoryProblems(tree: readonly Category[], changed: readonly CategoryInput[]): EntryProblem[] {
  const parents = new Map(tree.map(({ code, parent }) => [code, parent]));
  const codes = tree.map(({ code }) => code);
  return changed.flatMap((input) => {
    const { code, parent } = input;
    try {
      checkCategoryWords(input);
      if (parent === null) return [];
      if (!parents.has(parent)) {
        const suggestions = suggestNames(parent, codes);
        throw new AppError('not_found', `There is no category "${parent.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { field: 'parent', suggestions } });
      }
      const way = wayUp(parents, code);
      if (way.indexOf(code) < way.lastIndexOf(code)) throw new AppError('conflict', `The categories lie in each other in a circle: ${way.join(' → ')}.`, { details: { field: 'parent', circle: way } });
      const deepest = Math.max(...codes.map((one) => wayUp(parents, one)).filter((up) => up.includes(code)).map(({ length }) => length));
      if (deepest > MOST_LEVELS) throw new AppError('invalid_input', `The tree would be deeper than ${MOST_LEVELS} levels.`, { details: { field: 'parent' } });
      return [];
    } catch (error) {
      return [problemOf('category', code, 'code', error)];
    }
  });
}
