/** How published tags are spread now: statuses, values, numbers. Over everybody, one statement for all tags of a list. */
import type { Knex } from 'knex';
import { arrayLiteral, selectRows } from './bulk.ts';

export interface StatusCount {
  readonly key: string;
  /** As it is seen today: past its day a tag is stale. */
  readonly status: string;
  readonly customers: number;
  readonly asOf: string;
}

const SEEN = `CASE WHEN status = 'ok' AND expires_at <= ?::date THEN 'stale' ELSE status END`;
const VALID = `status = 'ok' AND (expires_at IS NULL OR expires_at > ?::date)`;

export async function statusCounts(db: Knex, keys: readonly string[], today: string): Promise<StatusCount[]> {
  return selectRows<StatusCount>(
    db, `SELECT tag_key AS key, ${SEEN} AS status, count(*) AS customers, max(as_of) AS "asOf" FROM customer_tags WHERE tag_key = ANY (?::text[]) GROUP BY 1, 2 ORDER BY 1, 2`, [today, arrayLiteral('text', keys)]);
}

export interface ValueCount {
  readonly key: string;
  readonly value: string;
  readonly customers: number;
}

/** Valid values of tags that are words: the band, else the text; of lists every item. Largest first. */
export async function valueCounts(db: Knex, keys: readonly string[], today: string): Promise<ValueCount[]> {
  const list = arrayLiteral('text', keys);
  return selectRows<ValueCount>(
    db,
    `SELECT key, value, count(*) AS customers FROM (
       SELECT tag_key AS key, coalesce(band, value_text) AS value FROM customer_tags WHERE tag_key = ANY (?::text[]) AND ${VALID} AND value_list IS NULL
       UNION ALL SELECT t.tag_key, i.item FROM customer_tags t CROSS JOIN LATERAL jsonb_array_elements_text(t.value_list) AS i (item) WHERE t.tag_key = ANY (?::text[]) AND ${VALID} AND t.value_list IS NOT NULL
     ) v WHERE value IS NOT NULL GROUP BY key, value ORDER BY key, customers DESC, value`,
    [list, today, list, today],
  );
}

/** 0, 1, 5, 10, 25, 50, 75, 90, 95, 99 and 100 %. */
export const REPORT_QUANTILES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1] as const;
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

export interface NumberCount {
  readonly key: string;
  readonly customers: number;
  readonly mean: number;
  readonly quantiles: readonly number[];
  readonly deciles: readonly number[];
}

/** Numbers as they are; a date as its days since 1970-01-01. */
const NUMBER = `coalesce(value_number, (value_date - date '1970-01-01')::float8)`;

export async function numberCounts(db: Knex, keys: readonly string[], today: string): Promise<NumberCount[]> {
  return selectRows<NumberCount>(
    db,
    `SELECT tag_key AS key, count(*) AS customers, avg(${NUMBER}) AS mean, percentile_cont(?::float8[]) WITHIN GROUP (ORDER BY ${NUMBER}) AS quantiles, percentile_disc(?::float8[]) WITHIN GROUP (ORDER BY ${NUMBER}) AS deciles
     FROM customer_tags WHERE tag_key = ANY (?::text[]) AND ${VALID} AND ${NUMBER} IS NOT NULL GROUP BY tag_key`,
    [`{${REPORT_QUANTILES.join(',')}}`, `{${DECILES.join(',')}}`, arrayLiteral('text', keys), today],
  );
}

export interface Bins {
  /** Ascending; bin 0 is below the first edge, bin i from edge i − 1 to before edge i. */
  readonly edges: readonly number[];
}

/** Customers per bin of each tag's own edges: one more number than there are edges. */
export async function binCounts(db: Knex, bins: ReadonlyMap<string, readonly number[]>, today: string): Promise<Map<string, number[]>> {
  const keys = [...bins.keys()];
  const rows = await selectRows<{ key: string; bin: number; customers: number }>(
    db,
    `SELECT t.tag_key AS key, width_bucket(${NUMBER}, e.edges::float8[]) AS bin, count(*) AS customers FROM customer_tags t JOIN unnest(?::text[], ?::text[]) AS e (key, edges) ON e.key = t.tag_key
     WHERE ${VALID} AND ${NUMBER} IS NOT NULL GROUP BY 1, 2`,
    [arrayLiteral('text', keys), arrayLiteral('text', keys.map((key) => `{${(bins.get(key) ?? []).join(',')}}`)), today],
  );
  const counted = new Map(keys.map((key) => [key, Array.from({ length: (bins.get(key) ?? []).length + 1 }, () => 0)]));
  for (const { key, bin, customers } of rows) {
    const counts = counted.get(key);
    if (counts !== undefined) counts[bin] = customers;
  }
  return counted;
}
