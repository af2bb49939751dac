/** A simulated shop straight in the column engine, without a store: what a study needs that only reads. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedShop } from '../simulator/shop.ts';
import { columnsOver, openEngine, sqlText } from '../store/columns/columns.ts';
import type { Columns } from '../store/columns/columns.ts';
import { createTable, CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../store/columns/schema.ts';

/** Customer i of the shop has the id i + 1. One thread: sums of doubles then repeat to the last bit. Close the columns when done. */
export async function simulatedColumns(shop: SimulatedShop): Promise<Columns> {
  const folder = await mkdtemp(join(tmpdir(), 'tagcast-simulated-'));
  try {
    const ids = new Map(shop.customers.map(({ customer }, i) => [customer, i + 1]));
    const lines: string[] = [];
    for (const e of shop.events) {
      const properties = e.properties === undefined ? null : JSON.stringify(e.properties);
      lines.push(JSON.stringify([lines.length + 1, ids.get(e.customer), e.occurredAt, e.kind, e.amount, e.quantity, e.discount, e.product, e.category, e.channel, e.campaign, e.session, e.orderRef, properties, 0].map((value) => value ?? null)));
    }
    const customers = shop.customers.map(({ attributes }, i) => JSON.stringify([i + 1, null, JSON.stringify(attributes), null, null, null]));
    const [events, people] = [join(folder, 'events.ndjson'), join(folder, 'customers.ndjson')];
    await writeFile(events, lines.join('\n'));
    await writeFile(people, customers.join('\n'));
    const rows = (columns: typeof EVENT_COLUMNS, file: string): string => `SELECT ${columns.map(({ type }, i) => `(j ->> ${i})::${type}`).join(', ')} FROM (SELECT json AS j FROM read_ndjson_objects(${sqlText(file)}))`;
    return await columnsOver(await openEngine({ threads: 1 }), [
      createTable('events', EVENT_COLUMNS), createTable('customers', CUSTOMER_COLUMNS),
      `INSERT INTO events ${rows(EVENT_COLUMNS, events)}`,
      `INSERT INTO customers ${rows(CUSTOMER_COLUMNS, people)}`,
      `UPDATE customers SET created_ms = first_ms FROM (SELECT customer_id AS id, min(occurred_ms) AS first_ms FROM events GROUP BY customer_id) WHERE customer_id = id`,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
