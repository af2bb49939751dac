/** Diagnostics against simulated data whose truth is known. */
import { describe, expect, test } from 'vitest';
import * as fc from '../support/properties.ts';
import { seededRandom } from '../../src/base/random.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { PLAIN_SERVING } from '../../src/estimators/serving.ts';
import { prAuc, rocAuc } from '../../src/math/metrics/index.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { diagnose } from '../../src/training/diagnostics.ts';
import { areaUnder, gainCurve, precisionRecallCurve, rocCurve, thinned } from '../../src/training/diagnostics/curves.ts';
import { driftOf } from '../../src/training/diagnostics/drift.ts';
import { strongestAlone } from '../../src/training/diagnostics/leaks.ts';
import { headDiagnosticsSchema, MOST_POINTS } from '../../src/training/diagnostics/schema.ts';
import { calibrationBins, cutoffTable } from '../../src/training/diagnostics/tables.ts';
import { trainModel } from '../../src/training/train.ts';
import { presentRows } from '../../src/training/presentRows.ts';
import type { TestedCandidate, TestedHead } from '../../src/training/tested.ts';
import { COLUMNS, day, DEFINITION, planOf, randomWorld, sourceOf } from './world.ts';

/** Outcomes drawn with the probabilities that are predicted: a model that is right. */
function calibrated(n: number, seed: number): { y: Float64Array; p: Float64Array } {
  const rng = seededRandom(seed, 'calibrated');
  const p = Float64Array.from({ length: n }, () => rng.next() ** 2);
  return { p, y: p.map((share) => (rng.next() < share ? 1 : 0)) };
}

describe('curves', () => {
  test('the area under the ROC curve is the metric, also after thinning and with ties', () => {
    for (const [n, round] of [[400, 1000], [5000, 1e9], [5000, 20]]) {
      const { y, p } = calibrated(n, n + round);
      const tied = p.map((v) => Math.round(v * round) / round);
      const curve = rocCurve(y, tied) ?? [];
      expect(curve.length).toBeLessThanOrEqual(MOST_POINTS);
      expect(areaUnder(curve)).toBeCloseTo(rocAuc(y, tied) ?? Number.NaN, 3);
      expect([curve[0], curve.at(-1)]).toEqual([[0, 0], [1, 1]]);
    }
    expect(rocCurve([1, 1], [0.2, 0.4])).toBeUndefined();
  });

  test('precision over recall ends at the base rate and has the area of average precision', () => {
    const { y, p } = calibrated(3000, 5);
    const curve = precisionRecallCurve(y, p) ?? [];
    expect(curve.at(-1)?.[0]).toBe(1);
    const steps = curve.reduce((sum, [recall, precision], i) => sum + (recall - (curve[i - 1]?.[0] ?? 0)) * precision, 0);
    expect(steps).toBeCloseTo(prAuc(y, p) ?? Number.NaN, 2);
  });

  test('gain reaches everything, a perfect order rises straight, nothing at all has no curve', () => {
    expect(gainCurve([0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8])).toEqual([[0, 0], [0.25, 0.5], [0.5, 1], [0.75, 1], [1, 1]]);
    expect(gainCurve([0, 0], [1, 2])).toEqual([]);
  });

  test('thinning keeps the ends, the bound and points of the curve', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 900 }), (steps) => {
      let [x, y] = [0, 0];
      const curve = steps.map((step, i): [number, number] => [(x += i % 2 === 0 ? step : 0), (y += i % 2 === 0 ? 0 : step)]);
      const kept = thinned(curve);
      expect(kept.length).toBeLessThanOrEqual(MOST_POINTS);
      expect(kept.length).toBeGreaterThanOrEqual(2);
      expect(kept[0][0]).toBeCloseTo(curve[0][0], 5);
      expect(kept.at(-1)?.[1]).toBeCloseTo(curve.at(-1)?.[1] ?? Number.NaN, 3);
    }), { numRuns: 50 });
  });
});

describe('tables', () => {
  test('intervals of a calibrated model hold its predictions in about 95 of 100 bins', () => {
    const bins = Array.from({ length: 40 }, (_, seed) => calibrationBins('binary', calibrated(600, seed).y, calibrated(600, seed).p)).flat();
    const held = bins.filter(({ predicted, low, high }) => low <= predicted && predicted <= high).length / bins.length;
    expect(held).toBeGreaterThan(0.91);
    expect(held).toBeLessThan(0.985);
  });

  test('the cut-off table counts what is above each hundredth; ties share', () => {
    const table = cutoffTable(Float64Array.of(1, 0, 1, 0), Float64Array.of(0.9, 0.5, 0.5, 0.1));
    expect(table.map(({ rows, rate, score }) => [rows, rate, score])).toEqual([[1, 1, 0.9], [2, 0.75, 0.5], [3, 0.666667, 0.5], [4, 0.5, 0.1]]);
    expect(cutoffTable(calibrated(20_000, 1).y, calibrated(20_000, 1).p)).toHaveLength(100);
  });
});

/** Customers with several rows each over the learned periods and one in the test period; `shift` moves the test rows. */
function twoPeriods(seed: number, customers: number, shift = 0, wander = 0): { learned: Dataset; test: Dataset } {
  const rng = seededRandom(seed, 'periods');
  const own = Array.from({ length: customers }, () => [rng.normal(), rng.normal(), rng.normal()]);
  const cutoffs = Array.from({ length: 8 }, (_, i) => day(30 * i));
  const moves = cutoffs.map(() => wander * rng.normal());
  const rowsOf = (periods: readonly number[], move: number): Dataset => {
    const rows = periods.flatMap((period) => own.map((traits, customer) => ({ period, customer, values: traits.map((trait) => trait + 0.5 * rng.normal() + move + (moves[period] ?? 0)) })));
    return {
      x: { rows: rows.length, columns: [0, 1, 2].map((c) => ({ name: `f${c}`, values: Float64Array.from(rows, ({ values }) => values[c]) })) },
      y: new Float64Array(rows.length), customerIds: Float64Array.from(rows, ({ customer }) => customer), period: Int32Array.from(rows, ({ period }) => period - periods[0]), cutoffs: periods.map((p) => cutoffs[p] ?? day(400)), overlapping: false,
    };
  };
  return { learned: rowsOf([0, 1, 2, 3, 4, 5, 6, 7], 0), test: rowsOf([9], shift) };
}

describe('drift', () => {
  test('equal data have an index of nothing', () => {
    const { learned } = twoPeriods(1, 200);
    const drift = driftOf(learned, learned, 30);
    expect(drift?.features.map(({ psi, verdict }) => [psi, verdict])).toEqual([[0, 'stable'], [0, 'stable'], [0, 'stable']]);
  });

  test('without change any feature at all is called moved as seldom as promised, though the rows of a customer hang together', () => {
    const alarms = Array.from({ length: 300 }, (_, seed) => { const { learned, test: rows } = twoPeriods(seed, 120); return driftOf(learned, rows, 30); }).filter((drift) => (drift?.moved ?? 0) + (drift?.drifted ?? 0) > 0).length;
    expect(alarms / 300).toBeLessThan(0.09);
    expect(alarms / 300).toBeGreaterThan(0.01);
  });

  test('a shop of many customers is looked at in part, and a shift is found in it', () => {
    const { learned, test: rows } = twoPeriods(3, 9000, 0.3);
    const drift = driftOf(learned, rows, 30);
    expect(drift?.rows).toEqual({ learned: 72_000, test: 9000 });
    expect(drift?.features.map(({ verdict }) => verdict)).toEqual(['drifted', 'drifted', 'drifted']);
  });

  test('a shift is found, and is drift where earlier periods stayed put', () => {
    const { learned, test: rows } = twoPeriods(2, 200, 0.8);
    expect(driftOf(learned, rows, 30)?.features.map(({ verdict }) => verdict)).toEqual(['drifted', 'drifted', 'drifted']);
  });

  test('what is the same for everyone on a day, as the time of year, is no feature of the customers', () => {
    const { learned, test: rows } = twoPeriods(2, 200, 0.8);
    const season = (data: Dataset, first: number): Dataset => ({ ...data, x: { ...data.x, columns: [...data.x.columns, { name: 'season', values: Float64Array.from(data.period, (period) => Math.sin(first + period)) }] } });
    const drift = driftOf(season(learned, 0), season(rows, 9), 30);
    expect(drift).toMatchObject({ checked: 3, drifted: 3 });
    expect(drift?.features.map(({ name }) => name)).not.toContain('season');
  });

  test('the same shift is no drift where the feature always wandered that much', () => {
    const { learned, test: rows } = twoPeriods(2, 200, 0.8, 1.2);
    const drift = driftOf(learned, rows, 30);
    expect(drift?.drifted).toBe(0);
    expect(drift?.features.every(({ usual, psi }) => usual === null || psi <= usual)).toBe(true);
  });
});

const WORLD = randomWorld(7, 500, 420);
const FACTS = { customers: 500, orders: 5000, repeatCustomers: 400, firstEvent: day(0), end: day(400) };
const train = async (change: Partial<typeof DEFINITION>): Promise<{ tested: TestedHead[]; heads: Awaited<ReturnType<typeof trainModel>>['heads'] }> => {
  const tested: TestedHead[] = [];
  const { heads } = await trainModel({
    definition: { ...DEFINITION, ...change }, source: sourceOf(WORLD), estimators: ESTIMATORS, plan: planOf(COLUMNS), facts: FACTS, snapshot: { hash: 'x', events: 1, customers: 1 }, currency: 'EUR', seed: 5,
    onTested: (one) => { tested.push(one); },
  });
  return { tested, heads };
};

describe('of a trained model', () => {
  test('probabilities: schema, baseline beside it, contributions of the linear model, segments, no ids', async () => {
    const { tested: [one], heads: [head] } = await train({});
    const found = diagnose(one);
    expect(headDiagnosticsSchema.safeParse(found).error).toBeUndefined();
    expect([found.chosen.candidate, found.baseline?.candidate]).toEqual([head.candidate, head.baseline.candidate]);
    expect(areaUnder(found.chosen.roc ?? [])).toBeCloseTo(head.evaluation.metrics.roc_auc.value, 3);
    expect(found.contributions).toMatchObject({ method: 'explained', scale: 'log_odds' });
    expect(found.contributions?.features.map(({ name }) => name)).toContain('days_since_last_order');
    for (const { points } of found.contributions?.features ?? []) {
      const values = points.map(([value]) => value ?? -Infinity);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
    expect(found.segments.map(({ by }) => by)).toEqual(['orders', 'recency']);
    for (const { groups, hidden } of found.segments) {
      expect(groups.every(({ rows }) => rows >= 30)).toBe(true);
      expect(groups.reduce((sum, { rows }) => sum + rows, hidden)).toBe(one.test.y.length);
    }
    // Channels and attributes come beside the rows, and a group too small to show is counted.
    const levels = new Map(Array.from(one.test.customerIds, (id, row): [number, string] => [id, row < 10 ? 'rare' : row % 2 === 0 ? 'web' : '<b>']));
    const byChannel = diagnose(one, { groups: [{ by: 'channel', levels }] }).segments.find(({ by }) => by === 'channel');
    expect(byChannel?.groups.map(({ level }) => level).toSorted()).toEqual(['<b>', 'web']);
    expect(byChannel?.hidden).toBe(10);
    expect(found.driftNow).toBeUndefined();
    const present = await presentRows(sourceOf(WORLD), DEFINITION, one.test.x.columns.map(({ name }) => name), one.end);
    expect(present?.x.columns.map(({ name }) => name)).toEqual(one.test.x.columns.map(({ name }) => name));
    const now = diagnose(one, present === undefined ? {} : { present });
    expect(headDiagnosticsSchema.safeParse(now).error).toBeUndefined();
    expect(now.driftNow?.rows.test).toBe(present?.y.length);
    expect(await presentRows(sourceOf(WORLD), DEFINITION, ['not_there'], one.end)).toBeUndefined();
    expect(found.periods.map(({ role }) => role)).toEqual([...one.split.refit.map(() => 'learned'), 'test']);
    expect(found.cutoffs?.at(-1)?.rate).toBeCloseTo(head.evaluation.targetMean, 5);
    expect(found.scores.rows.reduce((sum, rows) => sum + rows, 0)).toBe(one.test.y.length);
    expect(JSON.stringify(found)).not.toContain('customer');
    expect(JSON.stringify(found).length).toBeLessThan(120_000);
    expect(diagnose(one)).toEqual(found);
  });

  test('amounts and days: their own tables, and schema', async () => {
    const amount = diagnose((await train({ name: 'spend', target: { kind: 'spend' }, baseline: { name: 'base', rung: 'rule', estimator: 'rate_baseline', params: { column: 'net_spend_90d', factor: 1 / 3 } }, candidates: [{ name: 'tweedie', rung: 'linear', estimator: 'tweedie_regression' }] })).tested[0]);
    expect(headDiagnosticsSchema.safeParse(amount).error).toBeUndefined();
    expect([amount.cutoffs, amount.errors, amount.survival]).toEqual([null, null, null]);
    expect(areaUnder(amount.perfectGain ?? [])).toBeGreaterThan(areaUnder(amount.chosen.gain));
    expect(amount.coverage?.length).toBeGreaterThan(0);
    const wait = await train({ name: 'wait', target: { kind: 'next_order' }, baseline: { name: 'global', rung: 'rule', estimator: 'global_gap' }, candidates: [] });
    const days = diagnose(wait.tested[0]);
    expect(headDiagnosticsSchema.safeParse(days).error).toBeUndefined();
    expect(days.baseline).toBeNull();
    expect(days.survival?.levels.map(({ level }) => level)).toEqual([0.1, 0.25, 0.5, 0.75, 0.9]);
    expect(days.survival?.byDay.at(-1)).toEqual([30, 1, 1]);
    // Over everyone, beside the curve that says the same of all; the same numbers as on the card, and on the leaderboard of the period before.
    const { evaluation: { metrics }, leaderboard: [row] } = wait.heads[0];
    // Scores are compared with those of everyone, as everyone is scored.
    expect(days.scores.of).toBe('everyone');
    expect(days.scores.rows.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(days.rows.test);
    expect(days.survival?.brier?.map(([at]) => at)).toEqual(Array.from({ length: 29 }, (_, i) => i + 1));
    expect(metrics.integrated_brier_skill.value).toBeCloseTo(1 - metrics.integrated_brier.value / metrics.integrated_brier_km.value, 12);
    expect(metrics.c_index.low).toBeLessThan(metrics.c_index.value);
    expect(Object.keys(row.metrics)).toEqual(expect.arrayContaining(['c_index', 'integrated_brier', 'integrated_brier_km', 'integrated_brier_skill']));
    expect(days.errors?.reduce((sum, { rows }) => sum + rows, 0)).toBe(days.rows.test);
  });
});

test('a feature that knows the answer is suspected, and chance among a few outcomes is not', () => {
  const rows = (n: number, every: number): Dataset => {
    const y = Float64Array.from({ length: n }, (_, i) => (i % every === 0 ? 1 : 0));
    return { x: { rows: n, columns: [{ name: 'answer', values: y.map((v, i) => v + 1e-3 * i) }, { name: 'place', values: y.map((_, i) => i % 2) }] }, y, customerIds: Float64Array.from(y.keys()), period: new Int32Array(n), cutoffs: [day(0)], overlapping: false };
  };
  const suspects = (learned: Dataset | undefined, later: Dataset): string[] => strongestAlone('binary', learned, later).features.filter(({ suspect }) => suspect).map(({ name }) => name);
  expect(suspects(undefined, rows(200, 10))).toEqual(['answer']);
  expect(suspects(rows(200, 10), rows(200, 60))).toEqual(['answer']);
  expect(suspects(rows(200, 60), rows(200, 60))).toEqual([]);
  expect(strongestAlone('binary', undefined, rows(200, 60)).features[0]).toMatchObject({ name: 'answer', test: 1 });
});

describe('survives odd data', () => {
  const candidate = (n: number, value: (row: number) => number): TestedCandidate => ({
    fitted: { candidate: { name: 'odd', rung: 'rule', estimator: 'base_rate' }, estimator: { ...ESTIMATORS.base_rate, predict: (_, x) => new Float64Array(x.rows).fill(0.5) }, artefact: { kind: 'base_rate' } },
    serving: PLAIN_SERVING, served: { prediction: Float64Array.from({ length: n }, (_, row) => value(row)) },
  });
  const data = (n: number, y: number, value: number): Dataset => ({
    x: { rows: n, columns: [{ name: 'orders_total', values: new Float64Array(n).fill(value) }, { name: 'kind', values: new Float64Array(n).fill(0), categories: ['<a>', 'b'] }] },
    y: new Float64Array(n).fill(y), customerIds: Float64Array.from({ length: n }, (_, i) => i), period: new Int32Array(n), cutoffs: [day(0)], overlapping: false,
  });
  test.each([
    ['no rows', 0, 0, 1], ['one row', 1, 1, 1], ['one class', 60, 1, 3], ['nothing happened', 60, 0, 3], ['columns without values', 60, 1, Number.NaN],
  ])('%s', (_, n, y, value) => {
    for (const task of ['binary', 'amount', 'duration'] as const) {
      const split = { mode: 'two_way' as const, horizonDays: 30, windowDays: 30, train: [day(0)], test: day(30), testCutoffs: [day(30)], refit: [day(0)], serve: [day(0)] };
      const found = diagnose({ task, split, end: day(60), test: data(n, y, value), learned: data(n, y, value), winner: candidate(n, () => 0.5), baseline: candidate(n, () => 0.4), rng: seededRandom(1) });
      expect(headDiagnosticsSchema.safeParse(found).error).toBeUndefined();
    }
  });
});
