/** Simulate → fit → recover for every model: parameters within four standard errors, orders and active customers of the holdout met in total. */
import { describe, expect, test } from 'vitest';
import {
  bgBbHistories, bgBbExpectedOrders, compressHistories, deltaStandardError, fitBgBb, fitNbd, fitNbdChoosingK, fitPareto, fitSbg, maximise, orderModelOf, PARETO_FAMILY, profileIntervalOf, standardErrorsOf, survivalCurve,
} from '../../../src/estimators/customerBase/index.ts';
import type { BgBbParams, NbdParams, OrderParams, ParetoParams } from '../../../src/estimators/customerBase/index.ts';
import { simulateBgBb, simulateContracts, simulateNbd, simulatePareto } from '../../support/orderSimulators.ts';
import type { Simulated } from '../../support/orderSimulators.ts';

const compressed = (customers: readonly Simulated[]) => compressHistories(customers, customers.map(() => 1), customers.reduce((sum, c) => sum + c.logGaps, 0));

/** The parameters that lie four or more standard errors from the truth: a correct fit has one in 16,000 seeds. */
function missed(found: readonly number[], truth: readonly number[], standardErrors: readonly number[] = []): number[] {
  return truth.filter((value, i) => !(Math.abs(found[i] - value) < 4 * standardErrors[i]));
}

function expectHoldoutMet(customers: readonly Simulated[], params: OrderParams, weeks: number): void {
  const model = orderModelOf(params);
  const expected = customers.reduce((sum, c) => sum + model.expectedOrders(c, weeks), 0);
  expect(Math.abs(expected / customers.reduce((sum, c) => sum + c.holdout, 0) - 1)).toBeLessThan(0.06);
  // The survival curve of the next order, at three dates.
  for (const at of [2, 8, weeks]) {
    const silent = customers.reduce((sum, c) => sum + survivalCurve(model, c, [at])[0], 0);
    const really = customers.filter((c) => c.next > at).length;
    expect(Math.abs(silent - really)).toBeLessThan(4 * Math.sqrt(customers.length / 4));
  }
}

describe('simulate → fit → recover', () => {
  test.each<NbdParams>([{ model: 'bg_nbd', r: 0.8, alpha: 3, a: 0.8, b: 2.5, k: 2 }, { model: 'mbg_nbd', r: 0.8, alpha: 2, a: 0.6, b: 2.5, k: 3 }])('$model with k = $k, chosen by likelihood', (truth) => {
    const customers = simulateNbd(truth, 4000, 3, 26);
    const fit = fitNbdChoosingK(compressed(customers), truth.model);
    if (!fit.ok) throw new Error(fit.detail);
    const { params, standardErrors } = fit.value;
    expect(params.k).toBe(truth.k);
    expect(missed([params.r, params.alpha, params.a, params.b], [truth.r, truth.alpha, truth.a, truth.b], standardErrors)).toEqual([]);
    expectHoldoutMet(customers, params, 26);
  });

  test('k = 2: expected orders of groups of customers, by silence', () => {
    const truth: NbdParams = { model: 'mbg_nbd', r: 2, alpha: 4, a: 0.5, b: 3, k: 2 };
    const model = orderModelOf(truth);
    const customers = simulateNbd(truth, 20_000, 4, 13);
    // The stage since the last order matters: right after it nothing is due, later it is.
    for (const [from, to] of [[0, 2], [2, 5], [5, 12], [12, 60]]) {
      const group = customers.filter((c) => c.x > 2 && c.T - c.tx >= from && c.T - c.tx < to);
      expect(group.length).toBeGreaterThan(300);
      const [expected, actual, square] = group.reduce(([e, a, s], c) => [e + model.expectedOrders(c, 13), a + c.holdout, s + c.holdout ** 2], [0, 0, 0]);
      expect(Math.abs(expected - actual)).toBeLessThan(4 * Math.sqrt(square));
    }
  });

  test('pareto_nbd', () => {
    const truth: ParetoParams = { model: 'pareto_nbd', r: 0.7, alpha: 6, s: 0.8, beta: 20 };
    const customers = simulatePareto(truth, 5000, 5, 26);
    const fit = fitPareto(compressed(customers));
    if (!fit.ok) throw new Error(fit.detail);
    const { params, standardErrors } = fit.value;
    expect(missed([params.r, params.alpha, params.s, params.beta], [truth.r, truth.alpha, truth.s, truth.beta], standardErrors)).toEqual([]);
    expectHoldoutMet(customers, params, 26);
  });

  test('pareto_nbd with a static covariate: effects on both rates, and their standard errors', () => {
    const truth: ParetoParams = { model: 'pareto_nbd', r: 0.9, alpha: 6, s: 0.8, beta: 20 };
    const customers = simulatePareto(truth, 5000, 6, 26, { rate: 0.5, leaving: -0.6 });
    const groups = [0, 1].map((z) => ({ data: compressed(customers.filter((_, i) => i % 2 === z)), z: [z] }));
    const fit = maximise(PARETO_FAMILY, groups);
    if (!fit.ok) throw new Error(fit.detail);
    expect(missed([...fit.value.parameters, ...fit.value.gamma], [truth.r, truth.alpha, truth.s, truth.beta, 0.5, -0.6], standardErrorsOf(fit.value))).toEqual([]);
    // Without the covariate the likelihood is clearly lower.
    const plain = fitPareto(compressed(customers));
    expect(plain.ok && fit.value.logLikelihood - plain.value.logLikelihood > 10).toBe(true);
  });

  test('bg_bb', () => {
    const truth: BgBbParams = { model: 'bg_bb', alpha: 1.2, beta: 2, gamma: 0.6, delta: 4 };
    const customers = simulateBgBb(truth, 8000, 7, 12, 6);
    const fit = fitBgBb(bgBbHistories(customers.map(({ x, tx, T }) => ({ x, tx, n: T, customers: 1 }))));
    if (!fit.ok) throw new Error(fit.detail);
    const { params, standardErrors } = fit.value;
    expect(missed([params.alpha, params.beta, params.gamma, params.delta], [truth.alpha, truth.beta, truth.gamma, truth.delta], standardErrors)).toEqual([]);
    const expected = customers.reduce((sum, c) => sum + bgBbExpectedOrders(params, c, 6), 0);
    expect(Math.abs(expected / customers.reduce((sum, c) => sum + c.holdout, 0) - 1)).toBeLessThan(0.05);
  });

  test('shifted_beta_geometric', () => {
    const fit = fitSbg(simulateContracts({ alpha: 0.7, beta: 4 }, 6000, 8, 12));
    if (!fit.ok) throw new Error(fit.detail);
    expect(missed([fit.value.params.alpha, fit.value.params.beta], [0.7, 4], fit.value.standardErrors)).toEqual([]);
  });
});

describe('how sure the parameters are', () => {
  const truth: NbdParams = { model: 'mbg_nbd', r: 0.8, alpha: 5, a: 0.8, b: 2.5 };

  test('profile intervals hold the truth about as often as they say, and equal ± 1.96 standard errors on many customers', () => {
    let inside = 0;
    for (let seed = 0; seed < 40; seed++) {
      const data = compressed(simulateNbd(truth, 300, 100 + seed, 0));
      const fit = fitNbd(data, 'mbg_nbd');
      if (!fit.ok) throw new Error(fit.detail);
      const { low, high } = profileIntervalOf(fit.value.maximum, [{ data, z: [] }], 'ordersPerWeek');
      if (low <= 0.16 && 0.16 <= high) inside++;
    }
    // 38 of 40 are expected at 95 %; fewer than 33 would happen once in 2,000 times.
    expect(inside).toBeGreaterThanOrEqual(33);
    const data = compressed(simulateNbd(truth, 12_000, 9, 0));
    const fit = fitNbd(data, 'mbg_nbd');
    if (!fit.ok) throw new Error(fit.detail);
    const { low, high } = profileIntervalOf(fit.value.maximum, [{ data, z: [] }], 'r');
    const error = fit.value.standardErrors?.[0] ?? NaN;
    expect(Math.abs((high - low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.03);
    // The delta method gives the mean rate r / α; its error is far below that of r alone, because r and α move together.
    const rateError = deltaStandardError(fit.value.maximum, ([r, alpha]) => r / alpha) ?? NaN;
    const profile = profileIntervalOf(fit.value.maximum, [{ data, z: [] }], 'ordersPerWeek');
    expect(Math.abs((profile.high - profile.low) / (2 * 1.96 * rateError) - 1)).toBeLessThan(0.03);
    expect(() => profileIntervalOf(fit.value.maximum, [{ data, z: [] }], 'sigma')).toThrow(/ordersPerWeek/);
  });

  test('a weak prior keeps tiny cohorts sensible and does not matter to large ones', () => {
    const prior = { rateSpread: { typical: 1, factor: 2.5 }, ordersPerWeek: { typical: 'cohort', factor: 4 }, leaving: { typical: 0.2, factor: 4 }, leavingAlikeness: { typical: 3, factor: 4 } } as const;
    let [plainLoss, priorLoss] = [0, 0];
    const future = simulateNbd(truth, 500, 999, 0);
    for (let seed = 0; seed < 20; seed++) {
      const data = compressed(simulateNbd(truth, 30, 200 + seed, 0));
      const [plain, believed] = [fitNbd(data, 'mbg_nbd'), fitNbd(data, 'mbg_nbd', { prior })];
      if (!plain.ok || !believed.ok) throw new Error('no fit');
      const loss = (params: NbdParams): number => future.reduce((sum, c) => sum + Math.abs(orderModelOf(params).expectedOrders(c, 26) - orderModelOf(truth).expectedOrders(c, 26)), 0);
      plainLoss += loss(plain.value.params);
      priorLoss += loss(believed.value.params);
      expect(believed.value.logLikelihood).toBeLessThanOrEqual(plain.value.logLikelihood + 1e-9);
    }
    expect(priorLoss).toBeLessThan(plainLoss);
    const data = compressed(simulateNbd(truth, 6000, 10, 0));
    const [plain, believed] = [fitNbd(data, 'mbg_nbd'), fitNbd(data, 'mbg_nbd', { prior })];
    if (!plain.ok || !believed.ok) throw new Error('no fit');
    expect(Math.abs(believed.value.params.r / plain.value.params.r - 1)).toBeLessThan(0.02);
  });
});
