/** Applies the standards of values: attributes say the standard, originals are kept, and spellings that events use are noted for conditions. */
import { throwIfCancelled } from '../base/errors.ts';
import { resolver } from '../conditions/spellings.ts';
import { importDefinitions } from './definitions.ts';
import type { Imported, ImportOptions } from './definitions.ts';
import { checkField, loadStandards } from '../quality/standards/edit.ts';
import { suggestStandards } from '../quality/standards/suggest.ts';
import type { SuggestedStandard } from '../quality/standards/suggest.ts';
import type { Store } from '../store/connection.ts';
import { applyToAttribute, latestStandards, observedValues, saveSpellings, spellingsMet } from '../store/repositories/standards.ts';

export interface AppliedStandards {
  readonly field: string;
  /** Customers whose attribute changed. */
  readonly changed: number;
  /** Spellings that were met and are not declared. */
  readonly spellings: number;
}

/** More different values than this are no vocabulary. */
const MOST_VALUES = 200_000;
const MOST_COMPARED = 1_000;

/** @param fields absent: every field that has or had standards. Doing it twice changes nothing. @throws AppError `cancelled` */
export async function applyStandards({ store, signal }: { readonly store: Store; readonly signal?: AbortSignal }, fields?: readonly string[]): Promise<AppliedStandards[]> {
  const applied: AppliedStandards[] = [];
  for (const { field, entries } of await latestStandards(store.db)) {
    if (fields !== undefined && !fields.includes(field)) continue;
    throwIfCancelled(signal, 'Applying standards');
    const [standards, observed] = [entries ?? [], await observedValues(store.db, field, MOST_VALUES)];
    const resolve = resolver(standards);
    const met = spellingsMet(standards, observed);
    applied.push(await store.db.transaction(async (trx) => {
      await saveSpellings(trx, field, met);
      const changed = field.startsWith('attribute.') ? await applyToAttribute(trx, field.slice('attribute.'.length), observed.map(({ value }) => ({ original: value, standard: resolve(value) ?? value })), store.clock.now()) : 0;
      return { field, changed, spellings: met.length };
    }));
  }
  return applied;
}

export interface StandardsImported extends Imported {
  /** Empty for a dry run. */
  readonly applied: readonly AppliedStandards[];
}

/** Reads a document of standards in, and applies them to every field that it names. @throws AppError as `importDefinitions`; `cancelled` when they are saved and not applied everywhere yet */
export async function importStandards(deps: { readonly store: Store; readonly signal?: AbortSignal }, document: unknown, options: ImportOptions): Promise<StandardsImported> {
  const imported = await importDefinitions(deps.store, 'standards', document, options);
  return { ...imported, applied: imported.dryRun ? [] : await applyStandards(deps, [...imported.created, ...imported.edited, ...imported.same]) };
}

/** Near duplicates among the thousand most frequent values of a field. @throws AppError `invalid_input` for a field that is none */
export async function suggestionsFor(store: Store, field: string): Promise<SuggestedStandard[]> {
  const entries = (await loadStandards(store)).find((one) => one.field === checkField(field))?.entries ?? [];
  return suggestStandards(await observedValues(store.db, field, MOST_COMPARED), entries);
}
