/** A small simulated shop in a store, its snapshot, and models that were really trained on it: what scoring tests start from. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEATURES } from '../../features/index.ts';
import { MODELS } from '../../models/index.ts';
import { RULE_TAGS } from '../../tags/index.ts';
import { DEFAULT_TIME_ZONE, addDays } from '../../src/base/time.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { featurePlan } from '../../src/features/plan.ts';
import type { ScoringDeps } from '../../src/jobs/scoring/deps.ts';
import { liveColumns, modelChecks } from '../../src/jobs/scoring/models.ts';
import { promoteModel } from '../../src/registry/aliases.ts';
import { saveModel } from '../../src/registry/models.ts';
import { simulateShop } from '../../src/simulator/shop.ts';
import type { NewEvent } from '../../src/store/events.ts';
import type { Store } from '../../src/store/connection.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { openColumns, snapshotSummary } from '../../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { columnSource } from '../../src/training/columnSource.ts';
import type { ModelDefinition } from '../../src/training/define.ts';
import { trainModel } from '../../src/training/train.ts';
import type { TrainedModel } from '../../src/training/trained.ts';

export const END = '2026-04-01';
export const PLAN = featurePlan(FEATURES, { timeZone: DEFAULT_TIME_ZONE });

export interface ShopSize {
  readonly customers: number;
  readonly days: number;
  readonly seed?: number;
}

/** Fills an empty store; customers come into being on the day of their first event. */
export async function fillShop(store: Store, { customers, days, seed = 7 }: ShopSize): Promise<void> {
  const shop = simulateShop({ seed, customers, days, endDate: END, futureDays: 0 });
  let batch: NewEvent[] = [];
  const flush = async (): Promise<void> => {
    await appendEvents(store.db, batch, { source: 'simulator', at: Date.parse('2026-04-01T00:00:00Z') });
    batch = [];
  };
  for (const event of shop.events) {
    batch.push(event);
    if (batch.length === 10_000) await flush();
  }
  await flush();
}

/** What is kept of a declaration: one real estimator per model, trained in seconds. Together they cover explained and compared reasons. */
const QUICK: Readonly<Record<string, { readonly horizons: readonly number[]; readonly estimator: string }>> = {
  churn: { horizons: [90, 30], estimator: 'logistic_regression' },
  purchase_intent: { horizons: [30, 14, 7], estimator: 'bg_nbd' },
  repurchase_cycle: { horizons: [90], estimator: 'repurchase_cycle' },
  clv: { horizons: [180, 90], estimator: 'two_part' },
  next_order_value: { horizons: [90], estimator: 'shrunk_mean' },
  order_count: { horizons: [90], estimator: 'rate_baseline' },
};

export function quick(definition: ModelDefinition): ModelDefinition {
  const wanted = QUICK[definition.name];
  const baseline = definition.candidates.find(({ estimator }) => estimator === wanted?.estimator) ?? definition.baseline;
  return { ...definition, horizons: wanted?.horizons ?? definition.horizons, baseline, candidates: [], cutoffs: { everyDays: 28, most: 2 }, minimum: { rows: 20, positives: 2 } };
}

/** Models of the small shop; what is not in {@link QUICK} is neither trained nor asked for, so that a new model costs these tests nothing. */
const SHOP_MODELS = MODELS.filter(({ name }) => name in QUICK);

export async function trainShop(snapshotDir: string, definitions: readonly ModelDefinition[] = SHOP_MODELS.map(quick)): Promise<TrainedModel[]> {
  const columns = await openColumns(snapshotDir);
  try {
    const summary = await snapshotSummary(snapshotDir);
    const facts = await columns.query(`SELECT min(occurred_ms) AS first, count(DISTINCT customer_id) AS customers, count(*) FILTER (WHERE kind = 'order') AS orders FROM events`);
    const number = (name: string): number => Number(facts.columns[facts.names.indexOf(name)][0]);
    const models: TrainedModel[] = [];
    // One source for all: a cut-off's features are computed once.
    const source = columnSource(columns, PLAN);
    for (const definition of definitions) {
      models.push(await trainModel({
        definition, source, estimators: ESTIMATORS,
        plan: { columns: PLAN.definitions.map(({ name, group, unit, missing }) => ({ name, group, unit, missing })), hash: PLAN.hash, timeZone: PLAN.timeZone },
        facts: { customers: number('customers'), orders: number('orders'), repeatCustomers: number('customers') >> 1, firstEvent: new Date(number('first')).toISOString().slice(0, 10), end: END },
        snapshot: { hash: summary?.contentHash ?? '', events: summary?.rows ?? 0, customers: summary?.customers ?? 0 },
        currency: 'CNY', seed: 1,
      }));
    }
    return models;
  } finally {
    columns.close();
  }
}

export async function saveShopModels(store: Store, models: readonly TrainedModel[]): Promise<void> {
  const checks = modelChecks(ESTIMATORS);
  for (const content of models) {
    const { name, version } = await saveModel(store, content, checks);
    // Tiny shops seldom pass the gate.
    await promoteModel(store, name, version, liveColumns(PLAN), checks, { actor: 'test', reason: 'trained' });
  }
}

export function scratchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'tagcast-test-'));
  return { path, remove: () => { rmSync(path, { recursive: true, force: true }); } };
}

export function shopDeps(store: Store, snapshotDir: string, more: Partial<ScoringDeps> = {}): ScoringDeps {
  return { store, clock: store.clock, owner: `test:${process.pid}`, snapshotDir, plan: PLAN, estimators: ESTIMATORS, models: SHOP_MODELS.map(({ name }) => name), ruleTags: RULE_TAGS, timeZone: DEFAULT_TIME_ZONE, ...more };
}

const trained = new Map<string, Promise<TrainedModel[]>>();

/** Shop, snapshot and models in an empty store. The same shop is trained once per test file: both stores have the same snapshot. */
export async function prepareShop(store: Store, snapshotDir: string, size: ShopSize): Promise<TrainedModel[]> {
  await fillShop(store, size);
  await refreshSnapshot(store, snapshotDir);
  const key = JSON.stringify(size);
  const models = trained.get(key) ?? trainShop(snapshotDir);
  trained.set(key, models);
  await saveShopModels(store, await models);
  return models;
}

export const day = (offset: number): string => addDays(END, offset);
