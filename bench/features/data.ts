/** A snapshot of 200,000 customers and 5,000,000 events for timing, made by the column engine itself; the same on every machine. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEngine } from '../../src/store/columns/columns.ts';
import { CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../../src/store/columns/schema.ts';
import { writeManifest } from '../../src/store/snapshot/manifest.ts';
import { writeParquet } from '../../src/store/snapshot/parquetWriter.ts';

export const BENCH_AS_OF = Date.UTC(2025, 11, 31, 16);

/** Uniform in [0, 1) from the row number and the number of the stream; a hash of a product, because DuckDB's hash of two values only mixes by xor. */
const uniform = (stream: number): string => `(hash(hash(i * 8 + ${stream})) >> 11)::DOUBLE / 9007199254740992`;

/** Writes the snapshot into `dir` unless it is there. Times lie in the two years around the cut-off; a fifth of the events are orders or refunds. */
export async function makeSnapshot(dir: string, customers: number, events: number): Promise<void> {
  if (existsSync(join(dir, 'manifest.json'))) return;
  await mkdir(dir, { recursive: true });
  const engine = await openEngine({ threads: 2, memoryLimit: '4GB', tempDir: join(dir, 'spill') });
  const connection = await engine.connect();
  await connection.run(`CREATE VIEW e AS SELECT i AS event_id, 1 + floor(${customers} * pow(${uniform(1)}, 1.3))::BIGINT AS customer_id,
    ${BENCH_AS_OF} + 20 * 86400000 - floor(${uniform(2)} * 730 * 86400000)::BIGINT AS occurred_ms, ${uniform(3)} AS u, ${uniform(4)} AS a, hash(hash(i * 8 + 5)) AS h
    FROM range(1, ${events + 1}) AS r(i)`);
  await connection.run(`CREATE VIEW named AS SELECT *, CASE WHEN u < 0.18 THEN 'order' WHEN u < 0.20 THEN 'refund' WHEN u < 0.55 THEN 'view' WHEN u < 0.63 THEN 'cart' WHEN u < 0.75 THEN 'visit' WHEN u < 0.78 THEN 'search'
    WHEN u < 0.80 THEN 'favourite' WHEN u < 0.90 THEN 'message_sent' WHEN u < 0.95 THEN 'message_open' WHEN u < 0.97 THEN 'message_click' WHEN u < 0.98 THEN 'complaint' WHEN u < 0.99 THEN 'inquiry' ELSE 'campaign' END AS kind FROM e`);
  await connection.run(`CREATE VIEW source AS SELECT event_id, customer_id, occurred_ms, kind,
    CASE WHEN kind = 'order' THEN (5 + 200 * a * a)::DECIMAL(18,4) WHEN kind = 'refund' THEN (-50 * a)::DECIMAL(18,4) END AS amount, CASE WHEN kind = 'order' THEN 1 + h % 4 END::DECIMAL(18,4) AS quantity,
    CASE WHEN kind = 'order' AND h % 5 = 0 THEN (20 * a)::DECIMAL(18,4) END AS discount, CASE WHEN kind IN ('order', 'view', 'cart') THEN 'SKU-' || (h % 4000) END AS product,
    CASE WHEN kind IN ('order', 'view', 'cart') THEN 'category ' || (h % 40) END AS category, ['web', 'app', 'store'][1 + (h % 3)::INT] AS channel, NULL::VARCHAR AS campaign,
    CASE WHEN kind IN ('view', 'cart', 'visit', 'search') THEN 'session-' || customer_id || '-' || (occurred_ms // 86400000) END AS session,
    CASE WHEN kind IN ('order', 'refund') THEN 'ORD-' || customer_id || '-' || (occurred_ms // (86400000 * 20)) END AS order_ref, NULL::VARCHAR AS properties, occurred_ms + 1000 AS ingested_ms FROM named`);
  const parts = [await writeParquet(connection, dir, 'events-1-1.parquet', 'source', EVENT_COLUMNS, 'customer_id, occurred_ms, event_id')];
  await connection.run(`CREATE VIEW people AS SELECT i AS customer_id, ${BENCH_AS_OF} - i % 900 * 86400000 AS created_ms, '{}' AS attributes, NULL::VARCHAR AS consent_scoring, NULL::VARCHAR AS consent_marketing, NULL::VARCHAR AS consent_training FROM range(1, ${customers + 1}) AS r(i)`);
  const people = await writeParquet(connection, dir, 'customers-1-1.parquet', 'people', CUSTOMER_COLUMNS, 'customer_id');
  await writeManifest(dir, { format: 1, sequence: 1, watermark: '0', maxIngestedAt: BENCH_AS_OF, parts, customers: people, retired: [] });
  engine.closeSync();
}
