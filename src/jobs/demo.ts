/** Fills a store with the simulated shop: customers, consents and events. Safe to run again: what is there already is not added twice. */
import { throwIfCancelled } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { SimulatedShop } from '../simulator/shop.ts';
import type { Store } from '../store/connection.ts';
import type { NewEvent } from '../store/events.ts';
import { recordConsents } from '../store/repositories/consents.ts';
import { upsertCustomers } from '../store/repositories/customers.ts';
import { appendEvents } from '../store/repositories/events.ts';

const BATCH = 10_000;

export interface DemoReport {
  readonly customers: number;
  readonly events: number;
  /** Events that were there already. */
  readonly known: number;
}

export async function loadDemoShop(deps: { readonly store: Store; readonly progress: Progress; readonly signal?: AbortSignal }, shop: SimulatedShop): Promise<DemoReport> {
  const { store, progress } = deps;
  const at = store.clock.now();
  await store.db.transaction(async (trx) => {
    const ids = await upsertCustomers(trx, shop.customers.map((one) => ({ externalId: one.customer, attributes: { ...one.attributes } })), at);
    const purposes = [['scoring', 'personalisation'], ['marketing', 'marketing']] as const;
    await recordConsents(trx, shop.customers.flatMap((one) => purposes.map(([purpose, key]) => ({
      customerId: ids.get(one.customer) ?? 0, purpose, state: one.consents[key] ? ('granted' as const) : ('refused' as const), recordedAt: at, source: 'simulated',
    }))));
  });
  let events = 0;
  let known = 0;
  let batch: NewEvent[] = [];
  const flush = async (): Promise<void> => {
    throwIfCancelled(deps.signal, 'Loading the demo shop');
    const { inserted, duplicates } = await appendEvents(store.db, batch, { source: 'simulated', at });
    events += inserted;
    known += duplicates;
    batch = [];
    progress({ step: 'demo shop', done: events + known, unit: 'events' });
  };
  for (const event of shop.events) {
    batch.push(event);
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  progress({ step: 'demo shop', done: events + known, total: events + known, unit: 'events' });
  await store.maintain(['customers', 'consents', 'events']);
  return { customers: shop.customers.length, events, known };
}
