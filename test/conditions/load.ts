/** Writes customers of a test into an empty store. */
import { randomUUID } from 'node:crypto';
import { instantText } from '../../src/store/types.ts';
import type { CustomerFacts } from '../../src/conditions/facts.ts';
import { NAMES } from './random.ts';
import type { Store } from '../../src/store/connection.ts';

const ENTRY = '2026-01-01T00:00:00Z';

/** Empties the store and writes the customers; gives their store ids in order. */
export async function loadCustomers(store: Store, customers: readonly CustomerFacts[]): Promise<readonly number[]> {
  const { db } = store;
  await db.raw('truncate customers, events, runs, segments restart identity cascade');
  const [run]: { run_id: number }[] = (await db('runs').insert({ job: 'score', as_of: '2026-03-10', fence: 1, owner: 'test', lease_expires_at: ENTRY, state: 'done', started_at: ENTRY }).returning('run_id'));
  const ids: { customer_id: number }[] = (await db('customers').insert(customers.map(({ attributes }, i) => ({ external_id: `c${i}`, attributes: JSON.stringify(attributes), created_at: ENTRY, updated_at: ENTRY }))).returning('customer_id'));
  const id = (i: number): number => ids[i].customer_id;
  const rows = {
    identities: customers.flatMap(({ identities }, i) => [...identities].flatMap((namespace) => [0, 1].map((n) => ({ namespace, value: `${i}-${n}`, customer_id: id(i) })))),
    consents: customers.flatMap(({ consents }, i) => Object.entries(consents).map(([purpose, state]) => ({ customer_id: id(i), purpose, state, recorded_at: ENTRY, source: 'test' }))),
    events: customers
      .flatMap(({ events }, i) => events.map((event) => ({ event, customer_id: id(i) })))
      .sort((a, b) => a.event.eventId - b.event.eventId)
      .map(({ event: { occurredAt, orderRef, properties, kind, amount, quantity, discount, product, category, channel, campaign, session }, customer_id }) => ({
        kind, amount, quantity, discount, product, category, channel, campaign, session, customer_id, occurred_at: instantText(occurredAt), order_ref: orderRef ?? null, properties: properties === null || properties === undefined ? null : JSON.stringify(properties), dedupe_key: randomUUID(), ingested_at: ENTRY,
      })),
    customer_rules: customers.map(({ tags }, i) => {
      const carried = NAMES.tags.flatMap(({ key, rule }) => (rule !== undefined && tags.has(key) ? [rule.id] : [])).sort((a, b) => a - b);
      return { customer_id: id(i), tag_ids: carried, since: carried.map(() => '2026-03-01') };
    }).filter(({ tag_ids }) => tag_ids.length > 0),
    customer_tags: customers.flatMap(({ tags }, i) =>
      [...tags].filter(([tag_key]) => NAMES.tags.find(({ key }) => key === tag_key)?.rule === undefined).map(([tag_key, tag]) => ({
        customer_id: id(i), tag_key, kind: 'predictive', status: tag.status, value_number: tag.valueNumber ?? null, value_text: tag.valueText ?? null, value_date: tag.valueDate ?? null,
        value_list: tag.valueList === undefined || tag.valueList === null ? null : JSON.stringify(tag.valueList), band: tag.band ?? null, probability: tag.probability ?? null, percentile: tag.percentile ?? null,
        lift: tag.lift ?? null, as_of: '2026-03-01', valid_from: '2026-03-01', expires_at: tag.expiresAt ?? null, source_name: 'test', source_version: 1, run_id: run.run_id, fence: 1,
      })),
    ),
    lifecycle_history: customers.flatMap(({ stages }, i) => stages.map(({ stage, enteredOn }) => ({ customer_id: id(i), entered_on: enteredOn, stage, run_id: run.run_id }))),
  };
  const saved = { label: '{}', description: '{}', owner: 'test', status: 'enabled', schedule: 'manual', holdout_salt: '', definition_version: 1, created_at: ENTRY, updated_at: ENTRY };
  // Of the built one the version before had everybody: only the live version may be read.
  await db('segments').insert([{ ...saved, key: 'vip', live_version: 2 }, { ...saved, key: 'never_built', live_version: null }]);
  const members = customers.flatMap(({ segments }, i) => [{ version: 1, in: true }, { version: 2, in: segments.get('vip') === true }].filter((one) => one.in).map(({ version }) => ({ segment_key: 'vip', version, customer_id: id(i) })));
  if (members.length > 0) await db('segment_members').insert(members);
  for (const [table, all] of Object.entries(rows)) for (let at = 0; at < all.length; at += 500) await db(table).insert(all.slice(at, at + 500));
  return ids.map(({ customer_id }) => customer_id);
}
