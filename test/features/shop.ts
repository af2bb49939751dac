/** A small shop as data, and how it gets into the column engine and into a store. */
import { columnsOver, openEngine } from '../../src/store/columns/columns.ts';
import type { Columns } from '../../src/store/columns/columns.ts';
import { createTable, CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../../src/store/columns/schema.ts';
import type { Store } from '../../src/store/connection.ts';

export interface ShopEvent {
  /** Index into `customers`. */
  readonly customer: number;
  /** Epoch ms. */
  readonly at: number;
  readonly kind: string;
  readonly amount?: string | undefined;
  readonly quantity?: string | undefined;
  readonly discount?: string;
  readonly product?: string;
  readonly category?: string;
  readonly channel?: string;
  readonly campaign?: string;
  readonly session?: string;
  readonly orderRef?: string | undefined;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface ShopCustomer {
  /** Epoch ms. */
  readonly createdAt: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface Shop {
  readonly customers: readonly ShopCustomer[];
  readonly events: readonly ShopEvent[];
}

const text = (value: string | undefined): string => (value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`);

/** The shop in memory of the column engine; customer i has id i + 1, event i has id i + 1. `places`: the order in which the events lie there. */
export async function shopColumns(shop: Shop, places: readonly number[] = [...shop.events.keys()]): Promise<Columns> {
  const customers = shop.customers.map(({ createdAt, attributes }, index) => `(${index + 1}, ${createdAt}, ${text(JSON.stringify(attributes ?? {}))}, NULL, NULL, NULL)`);
  const events = places.map((index) => [index, shop.events[index]] as const).map(([index, e]) =>
    `(${index + 1}, ${e.customer + 1}, ${e.at}, ${text(e.kind)}, ${e.amount ?? 'NULL'}, ${e.quantity ?? 'NULL'}, ${e.discount ?? 'NULL'}, ${[e.product, e.category, e.channel, e.campaign, e.session, e.orderRef, e.properties === undefined ? undefined : JSON.stringify(e.properties)].map(text).join(', ')}, 0)`);
  return columnsOver(await openEngine({ threads: 1 }), [
    createTable('customers', CUSTOMER_COLUMNS), createTable('events', EVENT_COLUMNS),
    ...(customers.length === 0 ? [] : [`INSERT INTO customers VALUES ${customers.join(', ')}`]),
    ...(events.length === 0 ? [] : [`INSERT INTO events VALUES ${events.join(', ')}`]),
  ]);
}

/** Puts the shop into an empty store; customer i gets id i + 1, event i gets id i + 1. */
export async function fillStore(store: Store, shop: Shop): Promise<void> {
  await store.db.raw('TRUNCATE customers, events, identities, consents RESTART IDENTITY CASCADE');
  const iso = (at: number): string => new Date(at).toISOString();
  for (let from = 0; from < shop.customers.length; from += 500) {
    await store.db('customers').insert(shop.customers.slice(from, from + 500).map(({ createdAt, attributes }, index) => ({
      external_id: `c${from + index + 1}`, attributes: JSON.stringify(attributes ?? {}), created_at: iso(createdAt), updated_at: iso(createdAt),
    })));
  }
  await addEvents(store, shop.events, 0);
}

/** Adds events; `known` is how many the store has had, so that keys stay different. */
export async function addEvents(store: Pick<Store, 'db'>, events: readonly ShopEvent[], known: number, ingestedAt = 0): Promise<void> {
  const iso = (at: number): string => new Date(at).toISOString();
  for (let from = 0; from < events.length; from += 500) {
    await store.db('events').insert(events.slice(from, from + 500).map((e, index) => ({
      customer_id: e.customer + 1, occurred_at: iso(e.at), kind: e.kind, amount: e.amount ?? null, quantity: e.quantity ?? null, discount: e.discount ?? null,
      product: e.product ?? null, category: e.category ?? null, channel: e.channel ?? null, campaign: e.campaign ?? null, session: e.session ?? null,
      order_ref: e.orderRef ?? null, properties: e.properties === undefined ? null : JSON.stringify(e.properties), dedupe_key: `00000000-0000-4000-8000-${String(known + from + index + 1).padStart(12, '0')}`, ingested_at: iso(ingestedAt),
    })));
  }
}
