import { readFileSync } from 'node:fs';
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import type { FeatureMatrix } from '../../src/features/matrix.ts';
import { scoreRows } from '../../src/jobs/scoring/chunk.ts';
import { modelChecks } from '../../src/jobs/scoring/models.ts';
import { openModel } from '../../src/registry/envelope.ts';
import { factsOf, readFacts } from '../../src/scoring/facts.ts';
import { neededFeatures, readyModel } from '../../src/scoring/model.ts';
import type { ServingEstimator } from '../../src/scoring/model.ts';
import { agreeAcrossHorizons, projectRising } from '../../src/scoring/monotone.ts';
import { MOST_PER_DIRECTION, reasonsOf } from '../../src/scoring/reasons.ts';
import type { FeatureWords } from '../../src/scoring/reasons.ts';
import { scoreFeatures } from '../../src/scoring/scoreFeatures.ts';
import { reasonSchema } from '../../src/tags/tag.ts';
import { PLAN } from '../support/scoredShop.ts';

const { content } = openModel(readFileSync(new URL('../artefacts/v1/purchase_intent.json', import.meta.url)), modelChecks(ESTIMATORS));
const words: FeatureWords = new Map(PLAN.definitions.map((definition) => [definition.name, definition]));
const model = readyModel('purchase_intent', 1, content, ESTIMATORS);
const options = { asOf: '2026-04-01', words };

/** Rows near the typical ones, with holes. */
function rows(count: number, seed = 1): FeatureMatrix {
  const rng = seededRandom('rows', seed);
  const names = neededFeatures([model]);
  const columns = names.map((name) => ({
    name,
    values: Float64Array.from({ length: count }, () => {
      if (name === 'orders_total') return rng.int(6);
      if (name === 'days_since_last_order') return 400 * rng.next();
      return rng.next() < 0.1 ? Number.NaN : (content.heads[0].typical[name] ?? 1) * (0.2 + 2 * rng.next());
    }),
  }));
  return { customerIds: Float64Array.from({ length: count }, (_, i) => i + 1), asOf: Date.parse('2026-03-31T16:00:00Z'), matrix: { rows: count, columns } };
}

const pick = (all: FeatureMatrix, from: number, to: number): FeatureMatrix => ({ ...all, customerIds: all.customerIds.slice(from, to), matrix: { rows: to - from, columns: all.matrix.columns.map(({ name, values }) => ({ name, values: values.slice(from, to) })) } });

describe('scoreFeatures', () => {
  test('a row on its own gets what it gets in a crowd', () => {
    const all = rows(60);
    const together = scoreFeatures(model, all, options);
    for (const row of [0, 7, 33, 59]) {
      const alone = scoreFeatures(model, pick(all, row, row + 1), options);
      expect(alone.eligible[0]).toBe(together.eligible[row]);
      alone.heads.forEach((head, h) => { expect(Object.is(head.prediction[0], together.heads[h].prediction[row])).toBe(true); });
      expect(alone.reasons[0]).toEqual(together.reasons[row]);
    }
  });

  test('a population that ends with the horizon: each head speaks of its own rows, and the first that speaks of a row explains it', () => {
    const [first, ...others] = model.heads;
    const narrow = readyModel('narrow', 1, { ...content, target: { kind: 'renewal' }, population: [{ feature: 'days_since_last_order', atLeast: 0, belowHorizon: true }], heads: [{ ...first.head, horizonDays: 30 }, { ...others[0].head, horizonDays: 90 }] }, ESTIMATORS);
    const all = rows(80);
    const days = all.matrix.columns.find(({ name }) => name === 'days_since_last_order')?.values ?? new Float64Array();
    const { heads, reasons } = scoreFeatures(narrow, all, options);
    const only = scoreFeatures({ ...narrow, heads: [narrow.heads[1]] }, all, options);
    days.forEach((value, row) => {
      expect(heads.map(({ eligible }) => eligible[row])).toEqual([value <= 29 ? 1 : 0, value <= 89 ? 1 : 0]);
      expect(reasons[row].length > 0).toBe(value <= 89);
    });
    const later = [...days.keys()].filter((row) => days[row] > 29 && days[row] <= 89);
    expect(later.map((row) => reasons[row])).toEqual(later.map((row) => only.reasons[row]));
    const kept = scoreRows(all.customerIds, Int32Array.from(days.keys()), [{ model: 'narrow', version: 1, eligible: heads[1].eligible, heads, reasons }]);
    expect(kept.filter(({ horizonDays }) => horizonDays === 30).map(({ customerId }) => customerId)).toEqual(Array.from(all.customerIds).filter((_, row) => days[row] <= 29));
    expect(kept.filter((row) => row.reasons !== null).map(({ customerId, horizonDays }) => [customerId, horizonDays]).sort((a, b) => a[0] - b[0])).toEqual(Array.from(all.customerIds).flatMap((id, row) => (days[row] <= 89 ? [[id, days[row] <= 29 ? 30 : 90]] : [])));
  });

  test('who is not in the population has no score and no reasons, and nobody gets 0 for a missing one', () => {
    const { eligible, heads, reasons } = scoreFeatures(model, rows(80), options);
    const all = rows(80).matrix;
    const [orders, silence] = ['orders_total', 'days_since_last_order'].map((name) => all.columns.find((column) => column.name === name)?.values ?? new Float64Array());
    eligible.forEach((inside, row) => {
      expect(inside === 1).toBe(orders[row] >= 1 && silence[row] <= 365);
      expect(Number.isNaN(heads[0].prediction[row])).toBe(inside === 0);
      expect(inside === 1 || reasons[row].length === 0).toBe(true);
    });
    expect(eligible.includes(0) && eligible.includes(1)).toBe(true);
  });

  test('a longer horizon is never less likely, no rows are no scores, inputs stay', () => {
    const features = rows(200, 5);
    const before = features.matrix.columns.map(({ values }) => values.slice());
    const { heads } = scoreFeatures(model, features, options);
    const [long, short] = heads;
    expect(long.prediction.every((p, row) => Number.isNaN(p) || p >= short.prediction[row])).toBe(true);
    expect(features.matrix.columns.map(({ values }) => values)).toEqual(before);
    expect(scoreFeatures(model, rows(0), options)).toMatchObject({ reasons: [] });
  });

  test('a missing column is named', () => {
    const [first] = content.columns;
    const all = rows(3);
    const without = { ...all, matrix: { rows: 3, columns: all.matrix.columns.filter(({ name }) => name !== first.name) } };
    expect(() => scoreFeatures(model, without, options)).toThrow(expect.objectContaining({ code: 'model_mismatch', message: expect.stringContaining(first.name) as string }));
  });

  test('an estimator without an explanation is compared column by column with the typical customer', () => {
    const silent: ServingEstimator = {
      kind: 'silent', tasks: ['binary'], schema: ESTIMATORS.base_rate.schema, defaults: {}, requiredColumns: ['orders_total', 'days_since_last_order'],
      fit: () => ({ ok: false, reason: 'no_columns', detail: '' }),
      predict: (_artefact, x) => {
        const of = (name: string): Float64Array => x.columns.find((column) => column.name === name)?.values ?? new Float64Array();
        return Float64Array.from(of('orders_total'), (orders, row) => 1 / (1 + Math.exp(0.01 * of('days_since_last_order')[row] - 0.5 * orders)));
      },
    };
    const plain = { ...model, heads: model.heads.slice(0, 1).map((one) => ({ ...one, estimator: silent, head: { ...one.head, typical: { ...one.head.typical, orders_total: 2, days_since_last_order: 100 } } })) };
    const one = rows(1);
    const set = (name: string, value: number): void => { one.matrix.columns.find((column) => column.name === name)?.values.fill(value); };
    set('orders_total', 5);
    set('days_since_last_order', 300);
    // Log-odds: 0.5 · (5 − 2) = 1.5 up by orders, 0.01 · (300 − 100) = 2 down by silence.
    const [reasons] = scoreFeatures(plain, one, options).reasons;
    expect(reasons.map(({ direction, feature, weight, value, typical }) => ({ direction, feature, weight, value, typical }))).toEqual([
      { direction: 'up', feature: 'orders_total', weight: 0.4286, value: 5, typical: 2 },
      { direction: 'down', feature: 'days_since_last_order', weight: 0.5714, value: 300, typical: 100 },
    ]);
  });
});

describe('horizons', () => {
  test('the projection is ordered, keeps the mean, and leaves ordered values alone', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }), (values) => {
      const projected = Float64Array.from(values);
      projectRising(projected);
      const sum = (v: ArrayLike<number>): number => Array.from(v).reduce((a, b) => a + b, 0);
      expect(projected.every((value, i) => i === 0 || value >= projected[i - 1])).toBe(true);
      expect(Math.abs(sum(projected) - sum(values))).toBeLessThan(1e-12);
      const ordered = values.every((value, i) => i === 0 || value >= values[i - 1]);
      expect(!ordered || values.every((value, i) => value === projected[i])).toBe(true);
    }));
  });

  test('falling is rising turned round; a row with a hole is left alone', () => {
    const columns = [Float64Array.of(0.2, 0.5, 0.3), Float64Array.of(0.4, Number.NaN, 0.1)];
    agreeAcrossHorizons(columns, 'falling');
    expect(columns[0]).toEqual(Float64Array.of(0.30000000000000004, 0.5, 0.3));
    expect(columns[1]).toEqual(Float64Array.of(0.30000000000000004, Number.NaN, 0.1));
  });
});

describe('reasons', () => {
  const input = (pushes: Readonly<Record<string, number>>) => {
    const columns = Object.keys(pushes);
    return { columns, contribution: (c: number) => pushes[columns[c]], value: () => 3, typical: (c: number) => (c === 0 ? Number.NaN : 1) };
  };

  test('three of a direction at most, one of a theme, strongest first, in both languages', () => {
    const reasons = reasonsOf(input({ days_since_last_order: 3, days_since_last_event: 2.5, orders_90d: 1, orders_365d: 0.9, avg_order_value: 0.5, visits_30d: -0.7, visits_7d: -0.6, complaints_90d: -0.4, season_sin: 0.001 }), words);
    expect(reasons.map(({ direction, feature, weight }) => `${direction} ${feature} ${weight}`)).toEqual(['up days_since_last_order 0.4285', 'up orders_90d 0.2714', 'up days_since_last_event 0.1714', 'down complaints_90d 0.0571']);
    expect(reasons[0]?.text).toEqual({ zh: '距上次下单：3 天', en: 'Days since last order: 3 days' });
    expect(reasons[1]?.text).toEqual({ zh: '近 90 天订单数：3 单（通常 1 单）', en: 'Orders, last 90 days: 3 orders (typical 1 order)' });
    expect(reasonSchema.array().safeParse(reasons).success).toBe(true);
  });

  test('what pulls both ways within a theme is weighed first, and the plainest feature of the winning side speaks', () => {
    const told = (pushes: Readonly<Record<string, number>>): string[] => reasonsOf({ ...input(pushes), typical: () => 1 }, words).map(({ direction, feature }) => `${direction} ${feature}`);
    // A short usual gap makes the silence long: the silence is the reason.
    expect(told({ gap_ewm_days: 2, overdue_ratio: 0.5, days_since_last_order: -0.3 })).toEqual(['up overdue_ratio']);
    expect(told({ gap_ewm_days: 2, overdue_ratio: -0.5, days_since_last_order: -0.3 })).toEqual(['up gap_ewm_days']);
    expect(told({ gap_ewm_days: 0.5, overdue_ratio: -2, orders_90d: 1 })).toEqual(['up orders_90d', 'down overdue_ratio']);
    // Nothing is left of two that cancel.
    expect(told({ gap_mean_days: 1, days_since_last_order: -1, orders_90d: 1 })).toEqual(['up orders_90d']);
    // "29 days, typically 30" is no reason, and neither is a feature that hardly takes part.
    const spoken = (pushes: readonly number[], values: readonly number[]) => reasonsOf({ columns: ['overdue_ratio', 'days_since_last_order', 'gap_max_days'], contribution: (c) => pushes[c], value: (c) => values[c], typical: () => 30 }, words).map(({ feature }) => feature);
    expect([spoken([1, 1, 2], [29, 60, 60]), spoken([0.1, 0.1, 2], [60, 60, 60]), spoken([1, 1, 2], [29, 29, 29])]).toEqual([['days_since_last_order'], ['gap_max_days'], ['gap_max_days']]);
    // Who has no rhythm yet is not told about a ratio that is not known.
    expect(reasonsOf({ columns: ['overdue_ratio', 'days_since_last_order'], contribution: () => 1, value: (c) => (c === 0 ? Number.NaN : 90), typical: () => 30 }, words).map(({ feature }) => feature)).toEqual(['days_since_last_order']);
  });

  test('whatever the pushes are: a valid list, and nothing where nothing pushes', () => {
    const names = [...words.keys()];
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...names, 'unknown'), fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, Number.NaN, Infinity)))), (pairs) => {
      const reasons = reasonsOf(input(Object.fromEntries(pairs)), words);
      expect(reasonSchema.array().max(6).safeParse(reasons).success).toBe(true);
      for (const direction of ['up', 'down'] as const) {
        const own = reasons.filter((reason) => reason.direction === direction);
        expect(own.length).toBeLessThanOrEqual(MOST_PER_DIRECTION);
        expect(new Set(own.map(({ feature }) => words.get(feature)?.theme ?? feature)).size).toBe(own.length);
      }
    }));
    expect(reasonsOf(input({ orders_90d: 0, visits_7d: 0 }), words)).toEqual([]);
  });
});

describe('facts', () => {
  const features = (values: Readonly<Record<string, number>>): FeatureMatrix => ({ customerIds: Float64Array.of(1), asOf: 0, matrix: { rows: 1, columns: Object.entries(values).map(([name, value]) => ({ name, values: Float64Array.of(value) })) } });

  test('without a repurchase model the own mean gap is shrunk to the usual 60 days by two gaps', () => {
    const [facts] = factsOf(features({ orders_total: 4, gap_count: 3, gap_mean_days: 20, gap_std_days: 4, days_since_last_order: 10 }), undefined, () => undefined);
    expect(facts).toMatchObject({ cycleDays: (3 * 20 + 2 * 60) / 5, ownWeight: 0.6, regularity: 'regular', silenceDays: 10 });
    const [lead] = factsOf(features({ orders_total: 0, gap_count: 0 }), undefined, () => undefined);
    expect(lead).toMatchObject({ orders: 0, cycleDays: Number.NaN, regularity: 'unknown' });
  });

  test('survive the way through JSON', () => {
    const [facts] = factsOf(features({ orders_total: 2, gap_count: 1, gap_mean_days: 33.3, days_since_last_order: 0.1 + 0.2 }), undefined, () => undefined);
    expect(readFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
    expect(readFacts(null)).toBeUndefined();
  });
});
