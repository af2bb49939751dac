/** Published tags: of one customer, and over all of them. */
import type { Knex } from 'knex';
import { selectRows, storableText } from './bulk.ts';
import { fromRow, TAG_COLUMNS } from './tagRow.ts';
import type { CustomerTag, TagEnvelope, TagRow } from './tagRow.ts';

const COLUMNS = Object.keys(TAG_COLUMNS).join(', ');

/** All tags of one customer, by key. */
export async function tagsOf(db: Knex, customerId: number): Promise<TagEnvelope[]> {
  return (await selectRows<TagRow>(db, `SELECT ${COLUMNS} FROM customer_tags WHERE customer_id = ? ORDER BY tag_key`, [customerId])).map(fromRow);
}

/** One tag of many customers, in the order of their id, those after `after`. */
export async function pageTag(db: Knex, key: string, page: { readonly after?: number; readonly limit: number }): Promise<CustomerTag[]> {
  const rows = await selectRows<TagRow>(db, `SELECT ${COLUMNS} FROM customer_tags WHERE tag_key = ? AND customer_id > ? ORDER BY customer_id LIMIT ?`, [storableText(key), page.after ?? 0, page.limit]);
  return rows.map((row) => ({ customerId: row.customer_id, tag: fromRow(row) }));
}

/** Published tags of the customers with ids in (after, upTo]: what bands with hysteresis compare with. */
export async function tagsBetween(db: Knex, range: { readonly after: number; readonly upTo: number }): Promise<CustomerTag[]> {
  const rows = await selectRows<TagRow>(db, `SELECT ${COLUMNS} FROM customer_tags WHERE customer_id > ? AND customer_id <= ? ORDER BY customer_id, tag_key`, [range.after, range.upTo]);
  return rows.map((row) => ({ customerId: row.customer_id, tag: fromRow(row) }));
}

export interface TagChange {
  readonly key: string;
  readonly changedOn: string;
  readonly fromStatus: string | null;
  readonly fromBand: string | null;
  readonly fromValue: TagEnvelope['value'];
  readonly toStatus: string;
  readonly toBand: string | null;
  readonly toValue: TagEnvelope['value'];
  readonly sourceVersion: number;
  readonly run: number;
}

/** Newest first. */
export async function tagHistory(db: Knex, customerId: number, query: { readonly key?: string; readonly limit: number }): Promise<TagChange[]> {
  return selectRows<TagChange>(
    db,
    `SELECT tag_key AS key, changed_on AS "changedOn", from_status AS "fromStatus", from_band AS "fromBand", from_value AS "fromValue",
       to_status AS "toStatus", to_band AS "toBand", to_value AS "toValue", source_version AS "sourceVersion", run_id AS run
     FROM tag_history WHERE customer_id = ? AND (?::text IS NULL OR tag_key = ?) ORDER BY id DESC LIMIT ?`,
    [customerId, query.key ?? null, query.key ?? null, query.limit] as Knex.RawBinding[],
  );
}

export interface NumberSummary {
  readonly count: number;
  readonly mean: number | null;
  /** 0, 10, 25, 50, 75, 90 and 100 % (interpolated); null when there is no value. */
  readonly quantiles: readonly number[] | null;
}

export interface TagDistribution {
  readonly key: string;
  readonly customers: number;
  readonly statuses: readonly { readonly status: string; readonly customers: number }[];
  /** Of the tags with status ok; null is "no band". */
  readonly bands: readonly { readonly band: string | null; readonly customers: number }[];
  readonly value: NumberSummary;
  readonly probability: NumberSummary;
}

export const QUANTILES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** Counts by status and band, and quantiles of the numbers, of the tags with status ok. */
export async function tagDistribution(db: Knex, key: string): Promise<TagDistribution> {
  const counts = await selectRows<{ status: string; band: string | null; customers: number }>(
    db,
    'SELECT status, band, count(*) AS customers FROM customer_tags WHERE tag_key = ? GROUP BY status, band ORDER BY status, band NULLS LAST',
    [storableText(key)],
  );
  const statuses = new Map<string, number>();
  for (const { status, customers } of counts) statuses.set(status, (statuses.get(status) ?? 0) + customers);
  return {
    key,
    customers: counts.reduce((sum, row) => sum + row.customers, 0),
    statuses: [...statuses].map(([status, customers]) => ({ status, customers })),
    bands: counts.filter((row) => row.status === 'ok').map(({ band, customers }) => ({ band, customers })),
    value: await summary(db, key, 'value_number'),
    probability: await summary(db, key, 'probability'),
  };
}

async function summary(db: Knex, key: string, column: 'value_number' | 'probability'): Promise<NumberSummary> {
  const [row] = await selectRows<NumberSummary>(
    db,
    `SELECT count(${column}) AS count, avg(${column}) AS mean, percentile_cont(?::float8[]) WITHIN GROUP (ORDER BY ${column}) AS quantiles
     FROM customer_tags WHERE tag_key = ? AND status = 'ok'`,
    [`{${QUANTILES.join(',')}}`, key],
  );
  return row ?? { count: 0, mean: null, quantiles: null };
}

/** Every published tag with its number of customers and the newest business day. */
export async function listTags(db: Knex): Promise<{ key: string; kind: string; customers: number; ok: number; asOf: string }[]> {
  return selectRows(db, `SELECT tag_key AS key, min(kind) AS kind, count(*) AS customers, count(*) FILTER (WHERE status = 'ok') AS ok, max(as_of) AS "asOf" FROM customer_tags GROUP BY tag_key ORDER BY tag_key`);
}
