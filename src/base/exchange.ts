/** Documents of definitions on their way from one store to another: what a document would change, and what is wrong with it. Pure. */
import { AppError } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import { canonicalJson } from './json.ts';

/** One definition of a document. */
export interface DocumentEntry {
  /** What it is, where a document holds more than one sort: `tag`, `category`. */
  readonly part: string;
  readonly key: string;
  /** Its fields as people read them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface StoredEntry extends DocumentEntry {
  readonly version: number;
}

export interface FieldChange {
  readonly field: string;
  /** Null where there is none. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface EntryDifference {
  readonly part: string;
  readonly key: string;
  /** `store_only`: the document does not name it, and an import leaves it as it is. */
  readonly state: 'new' | 'changed' | 'same' | 'store_only';
  /** Of what the store has; 0 where it has none, or what comes with the product unchanged. */
  readonly version: number;
  readonly changes: readonly FieldChange[];
}

export interface EntryProblem {
  readonly part: string;
  readonly key: string;
  readonly field: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What an import would do. `write` does it, inside of the transaction in which the plan was made. */
export interface ExchangePlan {
  readonly differences: readonly EntryDifference[];
  readonly problems: readonly EntryProblem[];
  readonly write: (actor: string) => Promise<void>;
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);

function changesOf(before: DocumentEntry['fields'], after: DocumentEntry['fields']): FieldChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.filter((field) => !same(before[field], after[field])).map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

/** Entries of the document in its order, then what only the store has. */
export function compareEntries(document: readonly DocumentEntry[], stored: readonly StoredEntry[]): EntryDifference[] {
  const nameOf = ({ part, key }: DocumentEntry): string => `${part} ${key}`;
  const there = new Map(stored.map((entry) => [nameOf(entry), entry]));
  const named = new Set(document.map(nameOf));
  const found = document.map((entry): EntryDifference => {
    const { part, key } = entry;
    const before = there.get(nameOf(entry));
    if (before === undefined) return { part, key, state: 'new', version: 0, changes: changesOf({}, entry.fields) };
    const changes = changesOf(before.fields, entry.fields);
    return { part, key, state: changes.length === 0 ? 'same' : 'changed', version: before.version, changes };
  });
  return [...found, ...stored.filter((entry) => !named.has(nameOf(entry))).map(({ part, key, version }): EntryDifference => ({ part, key, state: 'store_only', version, changes: [] }))];
}

/** A failed check as a problem of its entry; what is no AppError is thrown on. */
export function problemOf(part: string, key: string, field: string, error: unknown): EntryProblem {
  if (!(error instanceof AppError)) throw error;
  const place = error.details['field'];
  return { part, key, field: typeof place === 'string' ? place : field, code: error.code, message: error.message };
}

const SHOWN = 50;

/** Nothing is imported of a document with a problem. @throws AppError with the code of the first one and up to fifty in its details */
export function refuseProblems(problems: readonly EntryProblem[]): void {
  if (problems.length === 0) return;
  const [{ code, part, key, field, message }] = problems;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new AppError(code, `Nothing was imported. ${part} ${key}, ${field}: ${message}${more}`, { details: { problems: problems.slice(0, SHOWN), count: problems.length }, hint: 'Mend the entries that are named, compare the document with the store, and import it again.' });
}
