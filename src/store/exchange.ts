/** What documents of definitions of every kind have in common: their envelope, and the versions that somebody saw before they import. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import type { EntryDifference, EntryProblem } from '../base/exchange.ts';
import { canonicalJson } from '../base/json.ts';

/** The envelope only: entries are checked one by one, so that all that is wrong is told at once. @throws AppError `invalid_input` */
export function readEnvelope<S extends z.ZodType>(schema: S, document: unknown, what: string, command: string): z.output<S> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('invalid_input', `The document of ${what} is wrong at ${issue.path.join('.') || 'its top'}: ${issue.message}.`, { hint: `\`${command}\` writes such a document.` });
}

/** Keys of people are shown; what is no key is called by its place. */
export function entryName(value: unknown, at: number, field = 'key'): string {
  const key = typeof value === 'object' && value !== null && field in value ? (value as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof key === 'string' && key !== '' ? key.slice(0, 200) : `number ${at + 1}`;
}

export interface ReadEntries<T> {
  readonly entries: readonly T[];
  readonly problems: readonly EntryProblem[];
}

/** Every entry of a list that has the right form, each key once, and what is wrong with the others. */
export function readEntries<S extends z.ZodType>(schema: S, values: readonly unknown[], part: string, keyField = 'key'): ReadEntries<z.output<S>> {
  const problems: EntryProblem[] = [];
  const entries: z.output<S>[] = [];
  const seen = new Set<string>();
  for (const [at, value] of values.entries()) {
    const key = entryName(value, at, keyField);
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      problems.push({ part, key, field: issue.path.join('.') || keyField, code: 'invalid_input', message: `${issue.message}.` });
    } else if (seen.has(key)) problems.push({ part, key, field: keyField, code: 'invalid_input', message: 'It is in the document twice.' });
    else entries.push(parsed.data);
    seen.add(key);
  }
  return { entries, problems };
}

/** Stands for the versions of everything that the document names: another one where anybody has changed any of it since. */
export function stateOf(differences: readonly EntryDifference[]): string {
  const seen = differences.filter(({ state }) => state !== 'store_only').map(({ part, key, version }) => [part, key, version]).sort((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1));
  return createHash('sha256').update(canonicalJson(seen)).digest('hex').slice(0, 32);
}

/** @throws AppError `conflict` */
export function refuseStale(differences: readonly EntryDifference[], expected: string): void {
  if (stateOf(differences) === expected) return;
  throw new AppError('conflict', 'Nothing was imported. Somebody has changed what the document names since it was compared.', { details: { expectedState: expected, state: stateOf(differences) }, hint: 'Compare it with the store once more, look at what is different now, and import it with the state that the comparison tells.' });
}
