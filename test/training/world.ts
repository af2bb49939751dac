/** A little shop in memory as training sees it: order days per customer, features counted by hand, outcomes read off the same days. */
import { addDays, daysBetween } from '../../src/base/time.ts';
import type { LocalDate } from '../../src/base/time.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { AnyEstimator } from '../../src/training/candidate.ts';
import { outcomeKey } from '../../src/training/dataset.ts';
import type { ObservationEvent, TrainingSource } from '../../src/training/dataset.ts';
import type { ModelDefinition } from '../../src/training/define.ts';
import type { PlanColumn, TrainRequest } from '../../src/training/train.ts';

export const START: LocalDate = '2024-01-01';
export const day = (n: number): LocalDate => addDays(START, n);

export interface World {
  /** Order days of each customer, counted from START, ascending; the customer's id is its place + 1. */
  readonly orders: readonly (readonly number[])[];
  /** A further column from (customer, cut-off day). */
  readonly column?: { readonly name: string; readonly value: (customer: number, at: number) => number };
  readonly events?: readonly ObservationEvent[];
  readonly lines?: { readonly all: ReadonlyMap<string, number>; readonly ofSubject: ReadonlyMap<string, number> };
}

/** Customers who order at rates of their own and may leave. */
export function randomWorld(seed: number, customers: number, days: number): World {
  return {
    orders: Array.from({ length: customers }, (_, i) => {
      const rng = seededRandom(seed, 'world', i);
      const gap = 25 * Math.exp(1.2 * rng.normal());
      const list: number[] = [];
      for (let at = rng.next() * days * 0.6; at < days && rng.next() > 0.01; at += 1 - gap * Math.log(1 - rng.next())) list.push(Math.floor(at));
      return list;
    }),
  };
}

export const COLUMNS = ['days_since_last_order', 'net_spend_90d', 'orders_90d', 'orders_total'] as const;

export function sourceOf(world: World): TrainingSource {
  const at = (cutoff: LocalDate): number => daysBetween(START, cutoff);
  return {
    features(cutoff) {
      const now = at(cutoff);
      const known = Array.from(world.orders.keys()).filter((i) => world.orders[i].some((d) => d < now));
      const before = known.map((i) => world.orders[i].filter((d) => d < now));
      const column = (name: string, f: (days: readonly number[], k: number) => number) => ({ name, values: Float64Array.from(before, f) });
      const recent = (days: readonly number[]): number => days.filter((d) => d >= now - 90).length;
      return Promise.resolve({
        customerIds: Float64Array.from(known, (i) => i + 1),
        matrix: {
          rows: known.length,
          columns: [
            column('days_since_last_order', (days) => now - days[days.length - 1]),
            column('net_spend_90d', (days) => 10 * recent(days)),
            column('orders_90d', recent),
            column('orders_total', (days) => days.length),
            ...(world.column === undefined ? [] : [{ name: world.column.name, values: Float64Array.from(known, (i) => world.column?.value(i, now) ?? 0) }]),
          ],
        },
      });
    },
    outcomes(target, cutoff, horizonDays) {
      const from = at(cutoff);
      const byKey = new Map<string, number>();
      world.orders.forEach((days, i) => {
        const inside = days.filter((d) => d >= from && d < from + horizonDays);
        if (inside.length === 0) return;
        byKey.set(outcomeKey(i + 1), target.kind === 'spend' ? 10 * inside.length : target.kind === 'order_value' ? 10 + inside[0] - from : target.kind === 'next_order' ? inside[0] - from : 1);
      });
      return Promise.resolve({ byKey });
    },
    observationEvents: (_event, _subject, _properties, end) => Promise.resolve((world.events ?? []).filter(({ date }) => date < end)),
    subjectLines: () => Promise.resolve(world.lines ?? { all: new Map(), ofSubject: new Map() }),
  };
}

export function planOf(names: readonly string[]): TrainRequest['plan'] {
  const columns: PlanColumn[] = names.map((name) => ({ name, group: 'orders', unit: 'times', missing: 'missing' }));
  return { columns, hash: 'test', timeZone: 'UTC' };
}

/** An estimator that ignores the rows it learns from and predicts what `predict` says; for tests of choice alone. */
export function fixed(kind: string, predict: AnyEstimator['predict'], explains = false): AnyEstimator {
  return {
    kind, tasks: ['binary'], schema: undefined as unknown as AnyEstimator['schema'], defaults: {},
    fit: () => ({ ok: true, artefact: { kind }, report: {} }),
    predict,
    ...(explains ? { explain: () => ({ scale: 'log_odds' as const, base: 0, columns: [], contributions: [] }) } : {}),
  };
}

export const DEFINITION: ModelDefinition = {
  name: 'test_model',
  label: { zh: '测试', en: 'Test' },
  description: { zh: '测试', en: 'Test' },
  target: { kind: 'no_order' },
  horizons: [30],
  observations: { at: 'cutoffs' },
  population: [{ feature: 'orders_total', atLeast: 1 }],
  baseline: { name: 'recency', rung: 'rule', estimator: 'column_rule', params: { column: 'days_since_last_order' } },
  candidates: [{ name: 'logistic', rung: 'linear', estimator: 'logistic_regression' }],
  cutoffs: { everyDays: 28, most: 4 },
  minimum: { rows: 50, positives: 10 },
};
