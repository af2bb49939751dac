import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { compressHistories, expectedOrders, fitNbd, nbdLogLikelihood, pActive, pAlive } from '../../../src/estimators/customerBase/index.ts';
import type { NbdModel, NbdParams } from '../../../src/estimators/customerBase/index.ts';
import { simulateBtyd } from '../../support/btydShop.ts';

describe('expected orders', () => {
  // mpmath 1.4.1, 60 digits, from the textbook formula with 2F1 (at a = 1 and a + b + x = 1 the mean of both sides): removable singularities, hundreds of orders,
  // first orders at the cut-off, hardly any drop-out, tiny windows, nearly equal customers.
  const golden: [NbdModel, number, number, number, number, number, number, number, number, number][] = [
    ['bg_nbd', 0.24, 4.4, 1, 2.4, 3, 20, 30, 39, 1.6280212272127919],
    ['bg_nbd', 0.24, 4.4, 1.0000001, 2.4, 3, 20, 30, 39, 1.6280211222611747],
    ['bg_nbd', 0.5, 3, 0.4, 0.6, 0, 0, 20, 52, 0.7726502804777967],
    ['mbg_nbd', 0.5, 3, 1, 0.5, 0, 0, 0, 10, 0.31906916905486343],
    ['bg_nbd', 0.24, 4.4, 0.8, 2.4, 350, 38, 38.857, 52, 85.25451876610661],
    ['mbg_nbd', 0.52, 6.2, 0.9, 1.6, 800, 100, 100.5, 520, 1480.936293347252],
    ['bg_nbd', 2, 0.001, 0.7, 3, 0, 0, 0, 52, 201.77600463165896],
    ['bg_nbd', 0.3, 0.0001, 0.02, 0.5, 1, 0.2, 1, 52, 47.56173662112949],
    ['mbg_nbd', 0.3, 5, 0.001, 9, 4, 10, 12, 1e-06, 2.5290785248436467e-07],
    ['bg_nbd', 5000, 8000, 50, 900, 12, 30, 35, 13, 2.9517863444494705],
    ['bg_nbd', 0.01, 100, 300, 0.05, 1, 1, 200, 52, 8.278773411170933e-06],
  ];
  test.each(golden)('%s r=%d α=%d a=%d b=%d x=%d t_x=%d T=%d in %d weeks', (model, r, alpha, a, b, x, tx, T, weeks, value) => {
    const ours = expectedOrders({ model, r, alpha, a, b }, { x, tx, T }, weeks);
    expect(Math.abs(ours / value - 1)).toBeLessThan(1e-11);
  });

  test('nothing is ordered in no time', () => {
    expect(expectedOrders({ model: 'bg_nbd', r: 1, alpha: 1, a: 1, b: 1 }, { x: 1, tx: 1, T: 2 }, 0)).toBe(0);
  });
});

const params = fc.record({
  model: fc.constantFrom<NbdModel>('bg_nbd', 'mbg_nbd'),
  r: fc.double({ min: 0.05, max: 20, noNaN: true }),
  alpha: fc.double({ min: 0.1, max: 50, noNaN: true }),
  a: fc.double({ min: 0.05, max: 10, noNaN: true }),
  b: fc.double({ min: 0.05, max: 10, noNaN: true }),
});
const history = fc
  .record({ x: fc.integer({ min: 0, max: 60 }), share: fc.double({ min: 0.01, max: 1, noNaN: true }), T: fc.double({ min: 0.1, max: 200, noNaN: true }) })
  .map(({ x, share, T }) => ({ x, tx: x === 0 ? 0 : share * T, T }));

describe('identities', () => {
  test('P(at least one order) = 1 − L(T + h) / L(T)', () => {
    fc.assert(
      fc.property(params, history, fc.double({ min: 0.1, max: 100, noNaN: true }), (p, h, weeks) => {
        const ratio = -Math.expm1(nbdLogLikelihood(p, { ...h, T: h.T + weeks }) - nbdLogLikelihood(p, h));
        expect(Math.abs(pActive(p, h, weeks) - ratio)).toBeLessThan(1e-11);
      }),
    );
  });

  test('0 ≤ P(active) ≤ P(alive) ≤ 1, P(active) ≤ E[orders], and both grow with the horizon', () => {
    fc.assert(
      fc.property(params, history, fc.double({ min: 0.1, max: 100, noNaN: true }), (p, h, weeks) => {
        const active = pActive(p, h, weeks);
        expect(active).toBeGreaterThanOrEqual(0);
        expect(active).toBeLessThanOrEqual(pAlive(p, h));
        expect(pAlive(p, h)).toBeLessThanOrEqual(1);
        expect(active).toBeLessThanOrEqual(expectedOrders(p, h, weeks) * (1 + 1e-12));
        // Up to rounding, where a longer horizon no longer adds anything.
        expect(pActive(p, h, 2 * weeks)).toBeGreaterThanOrEqual(active * (1 - 1e-12));
        expect(expectedOrders(p, h, 2 * weeks)).toBeGreaterThanOrEqual(expectedOrders(p, h, weeks) * (1 - 1e-12));
      }),
    );
  });

  test('BG/NBD calls every one-time buyer alive: the trap that pActive avoids', () => {
    const p: NbdParams = { model: 'bg_nbd', r: 0.24, alpha: 4.4, a: 0.8, b: 2.4 };
    expect(pAlive(p, { x: 0, tx: 0, T: 300 })).toBe(1);
    expect(pActive(p, { x: 0, tx: 0, T: 300 }, 4)).toBeLessThan(0.01);
  });
});

describe('simulate → fit → recover', () => {
  test.each(['bg_nbd', 'mbg_nbd'] as const)('%s', (model) => {
    const truth = { model, r: 0.6, alpha: 5, a: 0.8, b: 2.5, p: 6, q: 4, gamma: 15 };
    const rows = simulateBtyd(truth, 8000, 11, 26);
    const data = compressHistories(rows.map((row) => ({ x: row.x, tx: row.recencyDays / 7, T: row.ageDays / 7 })), rows.map(() => 1));
    const fit = fitNbd(data, model);
    if (!fit.ok) throw new Error(fit.detail);
    const { params: found, standardErrors } = fit.value;
    expect(standardErrors).toBeDefined();
    // Four standard errors: a correct fit misses once in 16,000 seeds.
    (['r', 'alpha', 'a', 'b'] as const).forEach((name, i) => expect(Math.abs(found[name] - truth[name])).toBeLessThan(4 * (standardErrors?.[i] ?? 0)));
    const expected = rows.reduce((sum, row) => sum + expectedOrders(found, { x: row.x, tx: row.recencyDays / 7, T: row.ageDays / 7 }, 26), 0);
    const actual = rows.reduce((sum, row) => sum + row.holdout, 0);
    expect(Math.abs(expected / actual - 1)).toBeLessThan(0.05);
    const active = rows.reduce((sum, row) => sum + pActive(found, { x: row.x, tx: row.recencyDays / 7, T: row.ageDays / 7 }, 26), 0);
    expect(Math.abs(active / rows.filter((row) => row.holdout > 0).length - 1)).toBeLessThan(0.04);
  });
});
