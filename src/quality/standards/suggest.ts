/** Values that look like one and the same: what a person may want to make a standard of. */
import { normalForm, resolver } from '../../conditions/spellings.ts';
import type { Standard } from '../../conditions/spellings.ts';
import { editDistance } from '../../conditions/suggest.ts';
import type { ObservedValue } from '../../store/repositories/standards.ts';

export interface SuggestedStandard {
  /** The most frequent spelling, or the standard that there is. */
  readonly standard: string;
  readonly aliases: readonly (ObservedValue & { readonly why: 'same_letters' | 'few_edits' })[];
}

/** Short words differ by one letter and mean something else: cat, car. */
function fewEdits(a: string, b: string): boolean {
  const length = Math.min(Array.from(a).length, Array.from(b).length);
  const most = length >= 8 ? 2 : length >= 4 ? 1 : 0;
  // Words that differ in their digits are numbered, not misspelt.
  return most > 0 && Math.abs(a.length - b.length) <= most && a.replace(/\d/g, '') !== b.replace(/\d/g, '') && editDistance(a, b) <= most;
}

/**
 * Each value once, under a spelling that is at least as frequent. Values that resolve already, differing in case, width or spaces from what is declared, need no alias and are left out.
 * @param observed most frequent first
 */
export function suggestStandards(observed: readonly ObservedValue[], entries: readonly Standard[]): SuggestedStandard[] {
  const resolve = resolver(entries);
  const heads: { form: string; standard: string; aliases: SuggestedStandard['aliases'][number][] }[] = entries.map(({ standard }) => ({ form: normalForm(standard), standard, aliases: [] }));
  for (const { value, rows } of observed) {
    const form = normalForm(value);
    if (form === '' || resolve(value) !== undefined) continue;
    const same = heads.find((head) => head.form === form);
    const near = same ?? heads.find((head) => fewEdits(head.form, form));
    if (near === undefined) heads.push({ form, standard: value, aliases: [] });
    else near.aliases.push({ value, rows, why: same === undefined ? 'few_edits' : 'same_letters' });
  }
  return heads.filter(({ aliases }) => aliases.length > 0).map(({ standard, aliases }) => ({ standard, aliases }));
}
