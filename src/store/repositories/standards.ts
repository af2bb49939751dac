/** Standards of values by field, spellings met in events, and originals of attributes. */
import type { Knex } from 'knex';
import { normalForm, resolver } from '../../conditions/spellings.ts';
import type { FieldStandards, Standard } from '../../conditions/spellings.ts';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows, storableJson, storableText } from './bulk.ts';

export interface StandardsVersion {
  readonly field: string;
  readonly version: number;
  /** Null: taken away. */
  readonly entries: readonly Standard[] | null;
  readonly actor: string;
  readonly changedAt: number;
}

const COLUMNS = 'field, version, entries, actor, changed_at AS "changedAt"';

/** The newest version of every field, those without entries included. */
export async function latestStandards(db: Knex): Promise<StandardsVersion[]> {
  return selectRows<StandardsVersion>(db, `SELECT DISTINCT ON (field) ${COLUMNS} FROM value_standards ORDER BY field, version DESC`);
}

/** Newest first. */
export async function standardsVersions(db: Knex, field: string): Promise<StandardsVersion[]> {
  return selectRows<StandardsVersion>(db, `SELECT ${COLUMNS} FROM value_standards WHERE field = ? ORDER BY version DESC`, [storableText(field)]);
}

/** Returns false where somebody else has written this version already. */
export async function addStandardsVersion(db: Knex, { field, version, entries, actor, changedAt }: StandardsVersion): Promise<boolean> {
  const rows = await selectRows(
    db, 'INSERT INTO value_standards (field, version, entries, actor, changed_at) VALUES (?, ?, ?::jsonb, ?, ?) ON CONFLICT (field, version) DO NOTHING RETURNING version',
    [storableText(field), version, entries === null ? null : storableJson(entries), storableText(actor), instantText(changedAt)] as Knex.RawBinding[]);
  return rows.length === 1;
}

/** What conditions need: standards with the spellings that were met. */
export async function fieldStandards(db: Knex): Promise<FieldStandards[]> {
  const stored = (await latestStandards(db)).filter(({ entries }) => entries !== null);
  if (stored.length === 0) return [];
  const met = await selectRows<{ field: string; spelling: string; standard: string }>(db, 'SELECT field, spelling, standard FROM value_spellings ORDER BY field, spelling');
  return stored.map(({ field, entries }) => ({ field, entries: entries ?? [], met: met.filter((one) => one.field === field) }));
}

/** Columns of events that may have standards: names that statements are looked up in. */
const EVENT_COLUMNS: Readonly<Record<string, string>> = { product: 'product', category: 'category', channel: 'channel', campaign: 'campaign' };

export interface ObservedValue {
  readonly value: string;
  readonly rows: number;
}

/** Values of a field as sources wrote them, most frequent first. Attributes that are not texts are left out. */
export async function observedValues(db: Knex, field: string, limit: number): Promise<ObservedValue[]> {
  const [place, ...rest] = field.split('.');
  const key = rest.join('.');
  if (place === 'attribute') {
    return selectRows<ObservedValue>(
      db,
      `SELECT coalesce(o.original, c.attributes ->> ?) AS value, count(*) AS rows FROM customers c LEFT JOIN attribute_originals o ON o.customer_id = c.customer_id AND o.key = ?
       WHERE jsonb_typeof(c.attributes -> ?) = 'string' GROUP BY 1 ORDER BY rows DESC, value LIMIT ?`,
      [storableText(key), key, key, limit]);
  }
  if (place === 'property') {
    return selectRows<ObservedValue>(
      db, `SELECT properties ->> ? AS value, count(*) AS rows FROM events WHERE jsonb_typeof(properties -> ?) = 'string' GROUP BY 1 ORDER BY rows DESC, value LIMIT ?`, [storableText(key), key, limit]);
  }
  const column = EVENT_COLUMNS[key];
  return column === undefined ? [] : selectRows<ObservedValue>(db, `SELECT ${column} AS value, count(*) AS rows FROM events WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY rows DESC, value LIMIT ?`, [limit]);
}

/** Replaces the spellings of a field that were met. */
export async function saveSpellings(trx: Knex, field: string, met: readonly { readonly spelling: string; readonly standard: string }[]): Promise<void> {
  await trx.raw('DELETE FROM value_spellings WHERE field = ?', [field]);
  if (met.length === 0) return;
  await trx.raw('INSERT INTO value_spellings (field, spelling, standard) SELECT ?, n.spelling, n.standard FROM unnest(?::text[], ?::text[]) AS n (spelling, standard)', [
    field, arrayLiteral('text', met.map(({ spelling }) => spelling)), arrayLiteral('text', met.map(({ standard }) => standard))]);
}

/**
 * Makes an attribute of the customers of a range what the standards say of what its sources wrote; a value without a standard goes back to what was written. Originals are kept where
 * they differ. Set-based; inside a transaction. @param pairs what sources wrote → what it should say @returns customers whose attribute changed
 */
export async function applyToAttribute(trx: Knex, key: string, pairs: readonly { readonly original: string; readonly standard: string }[], at: number, { from, to }: { readonly from: number; readonly to: number }): Promise<number> {
  const lists = [arrayLiteral('text', pairs.map(({ original }) => original)), arrayLiteral('text', pairs.map(({ standard }) => standard))];
  await trx.raw(
    `INSERT INTO attribute_originals (customer_id, key, original) SELECT c.customer_id, ?, c.attributes ->> ? FROM customers c JOIN unnest(?::text[], ?::text[]) AS n (original, standard) ON n.original = c.attributes ->> ?
     WHERE c.customer_id >= ? AND c.customer_id < ? AND jsonb_typeof(c.attributes -> ?) = 'string' AND n.standard <> n.original AND NOT EXISTS (SELECT FROM attribute_originals o WHERE o.customer_id = c.customer_id AND o.key = ?)`,
    [key, key, ...lists, key, from, to, key, key]);
  const changed = await selectRows<{ n: number }>(
    trx,
    `WITH done AS (
       UPDATE customers c SET attributes = jsonb_set(c.attributes, ARRAY[?::text], to_jsonb(n.standard)), updated_at = ?::timestamptz
       FROM attribute_originals o JOIN unnest(?::text[], ?::text[]) AS n (original, standard) ON n.original = o.original
       WHERE c.customer_id >= ? AND c.customer_id < ? AND o.customer_id = c.customer_id AND o.key = ? AND c.attributes ->> ? IS DISTINCT FROM n.standard RETURNING 1
     ) SELECT count(*) AS n FROM done`,
    [key, instantText(at), ...lists, from, to, key, key]);
  await trx.raw('DELETE FROM attribute_originals o USING customers c WHERE c.customer_id >= ? AND c.customer_id < ? AND o.customer_id = c.customer_id AND o.key = ? AND c.attributes ->> ? = o.original', [from, to, key, key]);
  return changed[0]?.n ?? 0;
}

/** What arrives in an import: attribute key → its standard of a value. Empty where the shop has none. */
export type AttributeStandards = ReadonlyMap<string, (value: string) => string | undefined>;

export async function attributeStandards(db: Knex): Promise<AttributeStandards> {
  const stored = (await latestStandards(db)).filter(({ field, entries }) => entries !== null && field.startsWith('attribute.'));
  return new Map(stored.map(({ field, entries }) => [field.slice('attribute.'.length), resolver(entries ?? [])]));
}

export interface Standardised {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Key → what the source wrote, or null where it wrote the standard or what has none. */
  readonly originals: Readonly<Record<string, string | null>>;
}

export function standardised(attributes: Readonly<Record<string, unknown>>, standards: AttributeStandards): Standardised {
  const [found, originals]: [Record<string, unknown>, Record<string, string | null>] = [{ ...attributes }, {}];
  for (const [key, standardOf] of standards) {
    if (!Object.hasOwn(attributes, key)) continue;
    const value = attributes[key];
    const standard = typeof value === 'string' ? standardOf(value) : undefined;
    originals[key] = standard !== undefined && standard !== value ? (value as string) : null;
    if (standard !== undefined) found[key] = standard;
  }
  return { attributes: found, originals };
}

/** Writes or takes away the originals of customers whose attributes were just written. */
export async function writeOriginals(trx: Knex, rows: readonly { readonly externalId: string; readonly originals: Standardised['originals'] }[]): Promise<void> {
  const flat = rows.flatMap(({ externalId, originals }) => Object.entries(originals).map(([key, original]) => ({ externalId, key, original })));
  if (flat.length === 0) return;
  const lists = [arrayLiteral('text', flat.map(({ externalId }) => externalId)), arrayLiteral('text', flat.map(({ key }) => key)), arrayLiteral('text', flat.map(({ original }) => original))];
  const relation = 'unnest(?::text[], ?::text[], ?::text[]) AS n (external_id, key, original) JOIN customers c ON c.external_id = n.external_id';
  await trx.raw(`DELETE FROM attribute_originals o USING ${relation} WHERE o.customer_id = c.customer_id AND o.key = n.key AND n.original IS NULL`, lists);
  await trx.raw(
    `INSERT INTO attribute_originals (customer_id, key, original) SELECT c.customer_id, n.key, n.original FROM ${relation} WHERE n.original IS NOT NULL
     ON CONFLICT (key, customer_id) DO UPDATE SET original = excluded.original WHERE attribute_originals.original <> excluded.original`, lists);
}

/** Spellings among observed values that differ from what is declared only in case, width or spaces. */
export function spellingsMet(entries: readonly Standard[], observed: readonly ObservedValue[]): { spelling: string; standard: string }[] {
  const resolve = resolver(entries);
  const declared = new Set(entries.flatMap(({ standard, aliases }) => [standard, ...aliases]));
  return observed.filter(({ value }) => !declared.has(value) && normalForm(value) !== '').flatMap(({ value }) => {
    const standard = resolve(value);
    return standard === undefined ? [] : [{ spelling: value, standard }];
  });
}
