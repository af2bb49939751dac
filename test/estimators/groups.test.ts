/** Customers come back at several cut-offs, and label windows overlap: what a fit holds out must not be known to it through another row of the same customer. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { FitReport, TrainingData } from '../../src/estimators/contract.ts';
import { logisticRegression } from '../../src/estimators/linear/logisticRegression.ts';
import { canonicalOrder, FITTED, holdOut, JUDGED, LEFT_OUT } from '../../src/estimators/rows.ts';
import { boostedTrees } from '../../src/estimators/trees/boostedTrees.ts';
import * as fc from '../support/properties.ts';

const CUSTOMERS = 600;
const PERIODS = 4;

/** Noise: nothing tells who will leave, but every customer has the same columns and the same answer at every cut-off. */
function repeated(grouped: boolean): TrainingData {
  const random = seededRandom('noise');
  const own = Array.from({ length: 12 }, () => Float64Array.from({ length: CUSTOMERS }, () => random.normal()));
  const left = Float64Array.from({ length: CUSTOMERS }, () => (random.next() < 0.4 ? 1 : 0));
  const rows = CUSTOMERS * PERIODS;
  const spread = (values: Float64Array, jitter: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => values[i % CUSTOMERS] + jitter * random.normal());
  return {
    x: { rows, columns: own.map((values, c) => ({ name: `x${c}`, values: spread(values, 0.05) })) },
    y: spread(left, 0),
    period: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / CUSTOMERS)),
    ...(grouped ? { groups: Float64Array.from({ length: rows }, (_, i) => 7000 + (i % CUSTOMERS)) } : {}),
  };
}

describe('noise that every customer carries along', () => {
  const report = (estimator: typeof logisticRegression | typeof boostedTrees, data: TrainingData): FitReport => {
    const fit = estimator.fit(data, estimator.defaults as never, { rng: seededRandom(1) });
    if (!fit.ok) throw new Error(fit.detail);
    return fit.report;
  };

  test('is no reason for a weak penalty, where rows say whose they are', () => {
    const [known, alone] = [report(logisticRegression, repeated(true)), report(logisticRegression, repeated(false))];
    expect(Number(known['lambda'])).toBeGreaterThan(9 * Number(alone['lambda']));
  });

  test('nor for many trees', () => {
    const [known, alone] = [report(boostedTrees, repeated(true)), report(boostedTrees, repeated(false))];
    expect(Number(known['trees'])).toBeLessThan(10);
    expect(Number(alone['trees'])).toBeGreaterThan(100);
  });
});

describe('held-out rows', () => {
  const table = fc.record({ rows: fc.integer({ min: 1, max: 400 }), customers: fc.integer({ min: 1, max: 60 }), periods: fc.integer({ min: 1, max: 4 }), seed: fc.nat() });
  test('nobody is fitted and judged, the latest period judges, and nothing is forgotten', () => {
    fc.assert(fc.property(table, ({ rows, customers, periods, seed }) => {
      const random = seededRandom(seed);
      const groups = Float64Array.from({ length: rows }, () => random.int(customers));
      const order = canonicalOrder({
        x: { rows, columns: [{ name: 'x', values: Float64Array.from({ length: rows }, () => random.next()) }] }, y: new Float64Array(rows), groups,
        period: Int32Array.from({ length: rows }, () => random.int(periods)).sort(),
      });
      const held = holdOut(order, seed, 0.15, 10);
      if (held === undefined) return;
      const owners = (side: number): Set<number> => new Set(order.owners.filter((_, i) => held[i] === side));
      const judged = owners(JUDGED);
      expect([...owners(FITTED)].filter((owner) => judged.has(owner))).toEqual([]);
      expect(held.every((side) => [FITTED, JUDGED, LEFT_OUT].includes(side))).toBe(true);
      const inTime = held.includes(LEFT_OUT);
      const sides = Array.from(held, (side, i) => [side, i >= order.latestFrom] as const).filter(([side]) => inTime && side !== LEFT_OUT);
      expect(sides.filter(([side, late]) => late !== (side === JUDGED))).toEqual([]);
    }));
  });
});
