/** Many rows in one statement: columns travel as arrays, so the text of the statement does not depend on the number of rows, and is the same on both dialects. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { instantText } from '../types.ts';

export type SqlType = 'text' | 'int8' | 'int4' | 'int2' | 'float8' | 'numeric' | 'bool' | 'date' | 'timestamptz' | 'uuid' | 'jsonb' | 'bytea';

/** Column name → SQL type: a constant of the code, never input. A value that is undefined is null; instants are epoch ms; bytea is a Buffer; jsonb any JSON value (JSON's own null included: SQL null is undefined). */
export type Columns = Readonly<Record<string, SqlType>>;

/** U+0000, and halves of surrogate pairs, which UTF-8 cannot carry and which would otherwise become U+FFFD in silence. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** @throws AppError `bad_data` for text that the store cannot keep unchanged. */
export function storableText(text: string): string {
  if (UNSTORABLE.test(text)) {
    throw new AppError('bad_data', 'A text holds a character that the store cannot keep (U+0000, or half of a surrogate pair).', { hint: 'Remove these characters from the source and import again.' });
  }
  return text;
}

function checkJsonTexts(value: unknown): void {
  if (typeof value === 'string') storableText(value);
  else if (Array.isArray(value)) value.forEach(checkJsonTexts);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      storableText(key);
      checkJsonTexts(item);
    }
  }
}

/** JSON text for a jsonb parameter. @throws AppError `bad_data` for texts in it that the store cannot keep. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify writes the unstorable characters, and a few harmless ones, as \u escapes.
  if (text.includes('\\u')) checkJsonTexts(value);
  return text;
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`;
}

function element(type: SqlType, value: unknown): string {
  switch (type) {
    case 'text':
      return quoted(storableText(value as string));
    case 'jsonb':
      return quoted(storableJson(value));
    case 'timestamptz':
      return `"${instantText(value as number)}"`;
    case 'bytea':
      return `"\\\\x${(value as Buffer).toString('hex')}"`;
    case 'float8': {
      const number = value as number;
      if (Number.isNaN(number)) throw new AppError('internal', 'NaN was about to be stored; a missing number is null.');
      return String(number);
    }
    case 'int8':
    case 'int4':
    case 'int2':
      if (!Number.isSafeInteger(value)) throw new AppError('bad_data', 'A whole number is outside of ±2^53 or not whole.');
      return String(value);
    case 'bool':
      return value === true ? 't' : 'f';
    default:
      return quoted(value as string);
  }
}

/** PostgreSQL's text form of an array of `type`. */
export function arrayLiteral(type: SqlType, values: readonly unknown[]): string {
  const parts = values.map((value) => (value === undefined || (value === null && type !== 'jsonb') ? 'NULL' : element(type, value)));
  return `{${parts.join(',')}}`;
}

/** `unnest(?::text[], …)` and its bindings: rows as a relation inside a larger statement. Column aliases are the caller's: `AS t (a, b)`. */
export function unnestRows(columns: Columns, rows: readonly object[]): { readonly sql: string; readonly names: string; readonly bindings: string[] } {
  const entries = Object.entries(columns);
  return {
    sql: `unnest(${entries.map(([, type]) => `?::${type}[]`).join(', ')})`,
    names: entries.map(([name]) => name).join(', '),
    bindings: entries.map(([name, type]) => arrayLiteral(type, rows.map((row) => (row as Record<string, unknown>)[name]))),
  };
}

/**
 * Inserts rows; returns how many were written. `tail` follows the values, for example `ON CONFLICT (a) DO NOTHING`.
 * `table`, `columns` and `tail` are constants of the code. Keep batches at 5,000–20,000 rows.
 */
export async function insertRows(db: Knex, table: string, columns: Columns, rows: readonly object[], tail = ''): Promise<number> {
  if (rows.length === 0) return 0;
  const relation = unnestRows(columns, rows);
  const result = await db.raw<{ rowCount: number | null }>(`INSERT INTO ${table} (${relation.names}) SELECT * FROM ${relation.sql} ${tail}`, relation.bindings);
  return result.rowCount ?? 0;
}

/** Rows of a statement with typed rows. `sql` is a constant of the code; values are bound with `?`. */
export async function selectRows<Row>(db: Knex, sql: string, bindings: readonly Knex.RawBinding[] = []): Promise<Row[]> {
  return (await db.raw<{ rows: Row[] }>(sql, bindings)).rows;
}

/** Cuts a list into pieces of at most `size`. */
export function batches<T>(rows: readonly T[], size = 10_000): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
}
