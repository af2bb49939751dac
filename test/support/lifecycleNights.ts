/** Nights of the lifecycle without models: facts that a test makes up go through the real plan, tag building and publishing. */
import { silentProgress } from '../../src/base/progress.ts';
import { startOfDay } from '../../src/base/time.ts';
import { planLifecycle, stageNight } from '../../src/jobs/lifecycleNight.ts';
import type { ScoringDeps } from '../../src/jobs/scoring/deps.ts';
import type { CustomerFacts } from '../../src/scoring/facts.ts';
import type { Store } from '../../src/store/connection.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { stageChanges } from '../../src/store/repositories/lifecycleChanges.ts';
import { takeRun } from '../../src/store/repositories/runs.ts';
import { insertFacts } from '../../src/store/repositories/scores.ts';
import { stageTags } from '../../src/store/repositories/tagPublish.ts';
import { buildTags } from '../../src/tags/build/buildTags.ts';
import type { LifecycleRules } from '../../src/tags/lifecycle/rules.ts';
import { publishRun } from '../../src/tags/publish.ts';
import { stageStates } from '../../src/tags/publishPrevious.ts';
import { factsOn, dayOf } from '../tags/lifecycle/nights.ts';
import type { Order } from '../tags/lifecycle/nights.ts';

export interface Person {
  readonly name: string;
  readonly orders: readonly Order[];
  readonly cycleDays: number;
  readonly refused?: boolean;
  /** The night could not compute this customer. */
  readonly failed?: boolean;
  /** The night does not find this customer in the data. */
  readonly absent?: boolean;
}

const TIME_ZONE = 'UTC';
export const ordered = (...days: number[]): Order[] => days.map((day) => ({ day, known: day + 1 }));

export async function forget(store: Store): Promise<void> {
  await store.db.raw('TRUNCATE customers, suppressions, runs, lifecycle_rules RESTART IDENTITY CASCADE');
}

/** Runs night number `index` (days after 2026-01-01) for these people and publishes it. */
export async function publishNight(store: Store, index: number, people: readonly Person[], rules?: LifecycleRules): Promise<void> {
  const { db } = store;
  const asOf = dayOf(index);
  const ids = await upsertCustomers(db, people.map(({ name }) => ({ externalId: name })), 0);
  const idOf = (name: string): number => ids.get(name) ?? 0;
  await recordConsents(db, people.flatMap(({ name, refused }) => (refused === undefined ? [] : [{ customerId: idOf(name), purpose: 'scoring' as const, state: refused ? 'refused' as const : 'granted' as const, recordedAt: index, source: 'test' }])));
  const deps = { store, clock: store.clock, timeZone: TIME_ZONE, progress: silentProgress, ...(rules === undefined ? {} : { lifecycle: rules }) } as ScoringDeps;
  const taken = await takeRun(db, { job: 'score', asOf, owner: 'test', leaseMs: 60_000, at: 0, again: true });
  if (!taken.ok) throw new Error(taken.detail);
  const run = taken.value;
  const plan = await planLifecycle(deps, asOf);
  const night = stageNight(plan, asOf, startOfDay(asOf, TIME_ZONE), TIME_ZONE);
  const states = await stageStates(db, asOf, { from: 0, to: 1e9 });
  const here = people.filter(({ absent }) => absent !== true).map((person) => {
    const known: CustomerFacts = { ordersInYear: 0, netSpend: 0, refundShare: 0, discountShare: 0, ownWeight: 0, regularity: 'unknown', ...factsOn(index, person.orders, person.cycleDays) };
    return { ...person, customerId: idOf(person.name), facts: person.failed === true ? undefined : known };
  });
  await db.raw('DELETE FROM run_facts WHERE run_id = ?', [run.runId]);
  await insertFacts(db, run.runId, here.map(({ customerId, facts }) => ({ customerId, facts: facts ?? null })));
  await db.transaction((trx) => stageTags(trx, run, here.flatMap(({ customerId, facts, refused }) => buildTags(
    { asOf, runId: run.runId, models: new Map(), lifecycle: night, themeOf: () => undefined },
    { optedOut: refused === true, facts, scores: new Map(), previous: new Map(), stage: states.get(customerId), churnBefore: undefined },
  ).filter(({ kind }) => kind === 'lifecycle').map((tag) => ({ customerId, tag })))));
  await publishRun(db, run, { asOf, below: 1e9, at: index, churnKey: 'churn_prob_90d', cutoff: night.cutoff, rulesVersion: plan.version });
}

/** The feed as short texts: `2026-01-05 A growing→slipping`. */
export async function told(store: Store): Promise<string[]> {
  const { changes } = await stageChanges(store.db, { after: 0, limit: 1000 });
  return changes.map(({ day, externalId, from, to }) => `${day} ${externalId} ${from ?? '–'}→${to ?? '–'}`);
}

/** Every line of the history without the numbers of runs. */
export async function history(store: Store): Promise<object[]> {
  return (await store.db.raw<{ rows: object[] }>(
    'SELECT c.external_id, h.entered_on, h.stage, h.previous_stage, h.orders, h.last_order_ms, h.rules_version FROM lifecycle_history h JOIN customers c USING (customer_id) ORDER BY 1, 2',
  )).rows;
}

/** A little history for surfaces: a customer who goes from growing to slipping, in the weeks before 2026-03-01. */
export async function twoNights(store: Store): Promise<void> {
  for (const night of [48, 55]) await publishNight(store, night, [{ name: 'L1001', orders: ordered(30, 42), cycleDays: 7 }]);
}
