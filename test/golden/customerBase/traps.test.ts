/** What the reference warns of (shared reference customer-base-models.md), on real orders: P(alive) as a score, dates, regularity. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compressHistories, fitNbd, nextOrderWeeks, orderModelOf } from '../../../src/estimators/customerBase/index.ts';
import type { History, NbdParams } from '../../../src/estimators/customerBase/index.ts';
import { rocAuc } from '../../../src/math/metrics/index.ts';
import { needs, sharedData } from '../../support/sharedData.ts';

interface Watched extends History {
  /** Weeks until the next order; Infinity when none was seen. */
  readonly next: number;
}

/** Order days of every customer, cut at `lastDay`. */
function watched(file: string, columns: { id: number; date: number }, lastDay: string): Watched[] {
  const days = new Map<string, Set<number>>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const cells = line.trim().replaceAll('"', '').split(',');
    const customer = days.get(cells[columns.id]) ?? new Set<number>();
    days.set(cells[columns.id], customer.add(Date.parse(cells[columns.date]) / 86_400_000));
  }
  const end = Date.parse(lastDay) / 86_400_000;
  return [...days.values()].flatMap((set) => {
    const sorted = [...set].sort((a, b) => a - b);
    const before = sorted.filter((day) => day <= end);
    const after = sorted.find((day) => day > end);
    if (before.length === 0) return [];
    return [{ x: before.length - 1, tx: (before[before.length - 1] - before[0]) / 7, T: (end - before[0]) / 7, next: after === undefined ? Infinity : (after - end) / 7 }];
  });
}

const cdnow = 'cdnow_sample/cdnow_sample.csv';
describe.skipIf(sharedData(cdnow) === undefined)(`CDNOW sample, 39 + 39 weeks${needs(cdnow, '')}`, () => {
  const customers = watched(sharedData(cdnow) ?? '', { id: 1, date: 2 }, '1997-09-30');
  const pareto = orderModelOf({ model: 'pareto_nbd', r: 0.5534, alpha: 10.5802, s: 0.6061, beta: 11.6562 });
  const bg = orderModelOf({ model: 'bg_nbd', r: 0.2425945, alpha: 4.4136019, a: 0.7929199, b: 2.4258881 });

  test('P(alive) ranks who buys again worse than weeks since the last order; P(active) does not', () => {
    const again = Float64Array.from(customers, ({ next }) => Number(next <= 39));
    const auc = (score: (customer: Watched) => number): number => rocAuc(again, Float64Array.from(customers, score)) ?? NaN;
    const silence = auc(({ T, tx }) => tx - T);
    expect(silence).toBeGreaterThan(0.77);
    expect(auc((customer) => bg.pAlive(customer))).toBeLessThan(0.69);
    expect(auc((customer) => pareto.pAlive(customer))).toBeLessThan(silence - 0.03);
    expect(auc((customer) => pareto.pActive(customer, 39))).toBeGreaterThan(silence - 0.003);
  });

  test('weeks to the next order or the end: mean absolute error below the constant, as published', () => {
    const errorOf = (predict: (customer: Watched) => number): number => customers.reduce((sum, c) => sum + Math.abs(predict(c) - Math.min(39, c.next)), 0) / customers.length;
    // E[min(next, 39)] = ∫ S, by midpoints.
    const mean = (model: typeof bg) => (customer: Watched): number => {
      let sum = 0;
      for (let i = 0; i < 39; i++) sum += 1 - model.pActive(customer, i + 0.5);
      return sum;
    };
    expect(errorOf(() => 39)).toBeCloseTo(7.547, 2);
    expect(errorOf(mean(pareto))).toBeCloseTo(7.372, 1);
    expect(errorOf(mean(bg))).toBeCloseTo(8.12, 0);
    // The median is the better guess where absolute errors count.
    expect(errorOf((customer) => Math.min(39, nextOrderWeeks(pareto, customer, [0.5])[0]))).toBeLessThan(6.2);
  });
});

const grocery = 'grocery/grocery_elog.csv';
test.skipIf(sharedData(grocery) === undefined)(`grocery: regularity pays for dates and makes P(active) over-confident${needs(grocery, '')}`, () => {
  const customers = watched(sharedData(grocery) ?? '', { id: 0, date: 1 }, '2006-12-31');
  const data = compressHistories(customers, customers.map(() => 1));
  const judged = [1, 2].map((k) => {
    const fit = fitNbd(data, 'mbg_nbd', { k });
    if (!fit.ok) throw new Error(fit.detail);
    const params: NbdParams = fit.value.params;
    const model = orderModelOf(params);
    const back = customers.filter(({ next, x }) => next <= 52 && x > 0);
    const errors = back.map((customer) => Math.abs(nextOrderWeeks(model, customer, [0.5 * model.pActive(customer, 52)])[0] - customer.next)).sort((a, b) => a - b);
    const logLoss = customers.reduce((sum, customer) => {
      const p = Math.min(1 - 1e-12, Math.max(1e-12, model.pActive(customer, 52)));
      return sum - Math.log(customer.next <= 52 ? p : 1 - p);
    }, 0) / customers.length;
    return { medianError: errors[errors.length >> 1], logLoss };
  });
  expect(judged[1].medianError).toBeLessThan(judged[0].medianError);
  expect(judged[1].logLoss).toBeGreaterThan(judged[0].logLoss);
});
