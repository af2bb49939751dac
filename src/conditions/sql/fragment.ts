/**
 * Pieces of SQL whose text is written in this repository, and whose values are always bound. A piece can only be made by the
 * template tag below (from other pieces) and by the binders; a string that came from outside has no way into the text.
 * Placeholders are knex's `?`; no piece may use `?` for anything else.
 */
import { plainDecimal } from '../decimal.ts';

const made: unique symbol = Symbol('sql');

export interface Sql {
  readonly text: string;
  /** All bound as text and cast by the statement, so that every driver sends the same bytes. */
  readonly bindings: readonly string[];
  readonly [made]: true;
}

function piece(text: string, bindings: readonly string[]): Sql {
  return { text, bindings, [made]: true };
}

/** Joins literal SQL of this file's callers with other pieces. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  let text = strings[0];
  for (const [i, part] of parts.entries()) {
    if (!Object.hasOwn(part, made)) throw new TypeError('Only SQL pieces can become part of a statement');
    text += part.text + strings[i + 1];
  }
  return piece(text, parts.flatMap((part) => part.bindings));
}

export const bindText = (value: string): Sql => piece('?::text', [value]);
/** A number of a condition, exactly. */
export const bindNumeric = (value: number): Sql => piece('?::numeric', [plainDecimal(value)]);
/** A number beside a float8 column. */
export const bindFloat = (value: number): Sql => piece('?::float8', [String(value)]);
export const bindInt8 = (value: number): Sql => piece('?::int8', [String(value)]);
/** Whole numbers as one array parameter. */
export const bindInt8s = (values: readonly number[]): Sql => piece('?::int8[]', [`{${values.map((value) => Math.trunc(value)).join(',')}}`]);
export const bindDay = (day: string): Sql => piece('?::date', [day]);
/** Epoch ms. */
export const bindInstant = (instant: number): Sql => piece('?::timestamptz', [new Date(instant).toISOString()]);

/** `a0`, `t3`: a name that this compiler gave. */
export function alias(prefix: 'a' | 't' | 'k' | 'i' | 'r' | 'l' | 's' | 'g' | 'ev', index: number): Sql {
  return piece(`${prefix}${Math.trunc(index)}`, []);
}

export function join(pieces: readonly Sql[], separator: ', ' | ' and ' | ' or ' | ' union all ' | ' '): Sql {
  return piece(pieces.map(({ text }) => text).join(separator), pieces.flatMap(({ bindings }) => bindings));
}

/** Conjunction; true where there is nothing to hold. */
export function and(pieces: readonly Sql[]): Sql {
  return pieces.length === 0 ? sql`true` : join(pieces, ' and ');
}

export const NOTHING = sql``;
export const UNKNOWN = sql`null::boolean`;
