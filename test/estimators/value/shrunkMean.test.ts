import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { shrunkMean } from '../../../src/estimators/value/shrunkMean.ts';
import { columnOf } from '../../../src/base/matrix.ts';

/** Gamma orders of shape 4 whose scale is inverse-Gamma per customer: the posterior mean is a credibility formula with k = (q − 1)/p known. */
function shop(customers: number, seed: number) {
  const rng = seededRandom('shrunk', seed);
  const gamma = (shape: number): number => Array.from({ length: shape }, () => -Math.log(1 - rng.next())).reduce((a, b) => a + b, 0);
  const [p, q, v] = [4, 9, 200];
  const [mean, count, y] = [new Float64Array(customers), new Float64Array(customers), new Float64Array(customers)];
  for (let i = 0; i < customers; i++) {
    const rate = gamma(q) / v;
    count[i] = 1 + rng.int(6);
    mean[i] = Array.from({ length: count[i] }, () => gamma(p) / rate).reduce((a, b) => a + b, 0) / count[i];
    y[i] = gamma(p) / rate;
  }
  return { x: { rows: customers, columns: [{ name: 'avg_order_value', values: mean }, { name: 'orders_total', values: count }] }, y, worth: (q - 1) / p, everybody: (p * v) / (q - 1) };
}

test('the worth of everybody and their mean come back, and one order says less than ten', () => {
  const { worth, everybody, ...train } = shop(20_000, 1);
  const fit = shrunkMean.fit(train, shrunkMean.defaults, { rng: seededRandom(1) });
  if (!fit.ok) throw new Error(fit.detail);
  expect(Math.abs(Math.log(fit.artefact.worth / worth))).toBeLessThan(0.4);
  expect(fit.artefact.everybody / everybody).toBeCloseTo(1, 1);
  const about = { rows: 3, columns: [{ name: 'avg_order_value', values: Float64Array.of(400, 400, Number.NaN) }, { name: 'orders_total', values: Float64Array.of(1, 10, 0) }] };
  const [one, ten, unknown] = shrunkMean.predict(fit.artefact, about);
  expect(unknown).toBeLessThan(one);
  expect(one).toBeLessThan(ten);
  expect(ten).toBeLessThan(400);
  const told = shrunkMean.explain?.(fit.artefact, about);
  expect(told?.contributions.map((column) => column[2])).toEqual([0, 0]);
  expect(columnOf(about, 'orders_total')).toEqual(Float64Array.of(1, 10, 0));
});
