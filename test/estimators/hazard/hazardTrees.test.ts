import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { binEnds, curveLevel, curveQuantiles, exposure } from '../../../src/estimators/hazard/bins.ts';
import { hazardTrees } from '../../../src/estimators/hazard/hazardTrees.ts';
import { personPeriods } from '../../../src/estimators/hazard/personPeriods.ts';
import { repurchaseCycle } from '../../../src/estimators/repurchaseCycle/index.ts';
import { canonicalRows } from '../../../src/estimators/rows.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { rowsAt, simulateShop, stack } from '../../support/renewalShop.ts';

const shop = simulateShop({ seed: 7, customers: 250, family: 'gamma', cycleDays: 40, cycleSpread: 0.5, cv: [0.4, 1], dropOut: 0.05, arrivalDays: 400 });
const small = { ...hazardTrees.defaults, trees: 20, bins: 6 };

estimatorContract('hazard_trees', hazardTrees, () => ({ task: 'duration', train: stack([240, 360].map((cutoff) => rowsAt(shop, cutoff, 120))), params: small }));
estimatorContract('hazard_trees, thinned', hazardTrees, () => ({ task: 'duration', train: rowsAt(shop, 360, 120), params: { ...small, maxPersonPeriods: 500 } }));

describe('bins and curves', () => {
  const curve = fc.record({
    ends: fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }).map((list) => list.toSorted((a, b) => a - b)),
    hazard: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
  });

  test('level and day undo each other, days ascend, whatever the hazards', () => {
    fc.assert(fc.property(curve, fc.uniqueArray(fc.double({ min: 0.001, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 6 }), ({ ends, hazard }, some) => {
      const levels = some.toSorted((a, b) => a - b);
      const hazards = Float64Array.from(hazard);
      const days = new Float64Array(levels.length);
      curveQuantiles(ends, hazards, 0, levels, 0, levels.length, days);
      expect(days.every((day, i) => Number.isFinite(day) && day > 0 && (i === 0 || day >= days[i - 1]))).toBe(true);
      levels.forEach((level, i) => expect(days[i] <= 1 / 24 || Math.abs(curveLevel(ends, hazards, 0, days[i]) - level) < 1e-6).toBe(true));
    }));
  });

  test('a constant hazard is the exponential, also behind the last bin', () => {
    const ends = [10, 30, 60];
    const hazards = Float64Array.from([10, 20, 30], (width) => -Math.expm1(-width / 40));
    const days = new Float64Array(3);
    curveQuantiles(ends, hazards, 0, [0.1, 0.5, 0.95], 0, 3, days);
    [0.1, 0.5, 0.95].forEach((level, i) => expect(days[i]).toBeCloseTo(-40 * Math.log(1 - level), 9));
    expect(curveLevel(ends, hazards, 0, 200)).toBeCloseTo(-Math.expm1(-200 / 40), 12);
  });

  test('bins hold equally many orders and end with the longest wait', () => {
    const days = Float64Array.from({ length: 1000 }, (_, i) => (i + 1) / 10);
    const seen = Uint8Array.from(days, (v) => Number(v <= 80));
    const ends = binEnds(days, seen, new Float64Array(1000).fill(1), 8);
    expect(ends).toHaveLength(8);
    ends.slice(0, 7).forEach((end, k) => expect(end).toBeCloseTo(10 * (k + 1), 0));
    expect(ends[7]).toBe(100);
    expect([exposure(ends, 0, 5), exposure(ends, 0, 50), exposure(ends, 7, 100), exposure(ends, 7, 60)].map((v) => Math.round(v * 10) / 10)).toEqual([0.5, 1, 1, 0]);
  });

  test('thinned rows keep the total weight of waiting and every order', () => {
    const train = rowsAt(shop, 360, 120);
    const seen = Float64Array.from(train.observed ?? []);
    const data = canonicalRows({ x: { rows: train.x.rows, columns: [{ name: '\u0000', values: seen }, ...train.x.columns] }, y: train.y });
    const ends = binEnds(data.y, Uint8Array.from(data.columns[0]), data.weights, 12);
    const [all, thin] = [1e6, 900].map((most) => personPeriods(data, data.columns[0], ends, most, 5));
    const orders = (p: typeof all): number => p.y.reduce((sum, y) => sum + y, 0);
    const quiet = (p: typeof all): number => p.weights.reduce((sum, w, i) => sum + (p.y[i] === 0 ? w : 0), 0);
    expect(orders(all)).toBe(data.columns[0].reduce((sum, v) => sum + v, 0));
    expect(orders(thin)).toBe(orders(all));
    expect(thin.kept).toBeLessThan(0.8);
    expect(thin.rows.length).toBeLessThan(1000);
    expect(quiet(thin) / quiet(all)).toBeGreaterThan(0.9);
    expect(quiet(thin) / quiet(all)).toBeLessThan(1.1);
  });
});

describe('hazards recovered', () => {
  /** Exponential waits whose scale only a column beside the rhythm knows, watched for 90 days. */
  function exponentialRows(rows: number, seed: number): TrainingData {
    const rng = seededRandom('hazards', seed);
    const scale = Float64Array.from({ length: rows }, () => (rng.next() < 0.5 ? 20 : 100));
    const wait = scale.map((s) => Math.max(0.05, -s * Math.log(1 - rng.next())));
    const column = (name: string, values: Float64Array) => ({ name, values });
    const constant = (value: number): Float64Array => new Float64Array(rows).fill(value);
    return {
      x: { rows, columns: [column('gap_mean_days', constant(50)), column('gap_count', constant(4)), column('gap_std_days', constant(50)), column('gap_ewm_days', constant(50)), column('days_since_last_order', wait.map(() => 60 * rng.next())), column('kind', scale)] },
      y: wait.map((w) => Math.min(w, 90)),
      observed: Uint8Array.from(wait, (w) => Number(w <= 90)),
    };
  }

  test('exponential waits of two kinds of customers: quantiles near the truth, censored or not', () => {
    const train = exponentialRows(3000, 1);
    const outcome = hazardTrees.fit(train, { ...hazardTrees.defaults, bins: 10 }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    const later = exponentialRows(400, 2);
    const kind = later.x.columns[5].values;
    const table = hazardTrees.quantiles?.(outcome.artefact, later.x, [0.25, 0.5, 0.8]) ?? new Float64Array();
    for (const scale of [20, 100]) {
      [0.25, 0.5, 0.8].forEach((level, k) => {
        const own = Array.from(kind.keys()).filter((row) => kind[row] === scale).map((row) => table[3 * row + k]);
        const ratio = own.reduce((sum, v) => sum + v, 0) / own.length / (-scale * Math.log(1 - level));
        expect(ratio).toBeGreaterThan(0.85);
        expect(ratio).toBeLessThan(1.18);
      });
    }
    // No renewal model can tell the two kinds apart.
    const blind = repurchaseCycle.fit(train, repurchaseCycle.defaults, { rng: seededRandom(1) });
    if (!blind.ok) throw new Error(blind.detail);
    const error = (predicted: Float64Array): number => predicted.reduce((sum, v, i) => sum + Math.abs(Math.min(v, 90) - later.y[i]), 0) / later.y.length;
    expect(error(hazardTrees.predict(outcome.artefact, later.x))).toBeLessThan(0.9 * error(repurchaseCycle.predict(blind.artefact, later.x)));
  });

  test('where the rhythm says all, it is as good as the renewal model itself', () => {
    const customers = simulateShop({ seed: 11, customers: 900, family: 'lognormal', cycleDays: 30, cycleSpread: 0.6, cv: [0.3, 0.9], dropOut: 0.06, arrivalDays: 500 });
    const train = stack([300, 400, 500].map((cutoff) => rowsAt(customers, cutoff, 90)));
    const truth = rowsAt(customers, 620, Infinity);
    const context = { rng: seededRandom(3) };
    const [trees, renewal] = [hazardTrees.fit(train, hazardTrees.defaults, context), repurchaseCycle.fit(train, repurchaseCycle.defaults, context)];
    if (!trees.ok || !renewal.ok) throw new Error('a fit failed');
    const error = (predicted: Float64Array): number => predicted.reduce((sum, v, i) => sum + Math.abs(Math.min(v, 180) - Math.min(truth.y[i], 180)), 0) / truth.y.length;
    const [ours, its] = [error(hazardTrees.predict(trees.artefact, truth.x)), error(repurchaseCycle.predict(renewal.artefact, truth.x))];
    console.log(`whole wait, cut at 180 days: hazards ${ours.toFixed(2)}, renewal ${its.toFixed(2)} days of error`);
    expect(ours).toBeLessThan(1.05 * its);
    // Silence moves the date: the same customers two months later expect another one.
    const silent = { ...truth.x, columns: truth.x.columns.map((c) => (c.name === 'days_since_last_order' ? { name: c.name, values: c.values.map((v) => v + 60) } : c)) };
    expect(hazardTrees.predict(trees.artefact, silent)).not.toEqual(hazardTrees.predict(trees.artefact, truth.x));
  });
});

describe('refusals', () => {
  const rows = rowsAt(shop, 360, 120);
  const context = { rng: seededRandom(1) };
  test('without a column of the rhythm, with few rows, without orders', () => {
    const without = { ...rows, x: { rows: rows.x.rows, columns: rows.x.columns.slice(1) } };
    expect(hazardTrees.fit(without, small, context)).toMatchObject({ ok: false, reason: 'missing_column' });
    expect(hazardTrees.fit(rows, { ...small, minimumRows: 1e6 }, context)).toMatchObject({ ok: false, reason: 'too_few_rows' });
    expect(hazardTrees.fit({ ...rows, observed: new Uint8Array(rows.x.rows) }, small, context)).toMatchObject({ ok: false, reason: 'one_class' });
  });
});
