/**
 * The simulated shop knows what really happens after its last day. Models are trained on its visible history, everyone is scored as of that day, and the
 * scores are held to the hidden truth, and in ranking to the oracle: the score of somebody who knows the simulator's equations but no personal value.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { churn } from '../../models/churn.ts';
import { clv } from '../../models/clv.ts';
import { leadIntent } from '../../models/leadIntent.ts';
import { nextOrderValue } from '../../models/nextOrderValue.ts';
import { orderCount } from '../../models/orderCount.ts';
import { purchaseIntent } from '../../models/purchaseIntent.ts';
import { repurchaseCycle } from '../../models/repurchaseCycle.ts';
import { secondPurchase } from '../../models/secondPurchase.ts';
import { DAY_MS } from '../../src/base/time.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { serve } from '../../src/estimators/serving.ts';
import type { Served } from '../../src/estimators/serving.ts';
import { expectedCalibrationError, rocAuc } from '../../src/math/metrics/index.ts';
import { oracleScoresFor } from '../../src/simulator/oracle.ts';
import { DEMO_SHOP, realised, simulateShop } from '../../src/simulator/shop.ts';
import type { SimulatedShop } from '../../src/simulator/shop.ts';
import { columnOf, takeRows } from '../../src/base/matrix.ts';
import { populationRows } from '../../src/training/dataset.ts';
import type { ModelDefinition } from '../../src/training/define.ts';
import type { TrainedHead } from '../../src/training/trained.ts';
import { only, simulated, train } from './modelKit.ts';
import type { Shop } from './modelKit.ts';

const END = DEMO_SHOP.endDate;

let truth: SimulatedShop;
let shop: Shop;
/** Index in `truth.customers` of everyone whom the models score. */
let scored: Int32Array;
/** Probability of an order within 90 and within 30 days, per scored customer. */
let oracle: Float64Array[];

beforeAll(async () => {
  truth = simulateShop(DEMO_SHOP);
  shop = await simulated(truth);
  const { customerIds, matrix } = await shop.source.features(END);
  const silence = columnOf(matrix, 'days_since_last_order') ?? new Float64Array(0);
  scored = Int32Array.from(Array.from(customerIds.keys()).filter((row) => silence[row] <= 365), (row) => customerIds[row] - 1);
  const place = new Map(truth.customers.map(({ customer }, i) => [customer, i]));
  oracle = oracleScoresFor(truth, truth.endsAt, [90, 30], { particles: 150 }).map((scores) => {
    const by = new Map(scores.map(({ customer, probability }) => [place.get(customer), probability]));
    return Float64Array.from(scored, (i) => by.get(i) ?? Number.NaN);
  });
}, 240_000);
afterAll(() => {
  shop.columns.close();
});

/** Trains and scores customers (indexes in `truth.customers`) as of the last visible day. */
async function score(definition: ModelDefinition, asked: Int32Array = scored): Promise<{ heads: readonly TrainedHead[]; served: Served[] }> {
  const model = await train(shop, definition, END);
  const { customerIds, matrix } = await shop.source.features(END);
  const rowOf = new Map(Array.from(customerIds, (id, row) => [id - 1, row]));
  const columns = new Set(model.columns.map(({ name }) => name));
  const all = takeRows(matrix, Int32Array.from(asked, (i) => rowOf.get(i) ?? -1));
  const x = { rows: all.rows, columns: all.columns.filter(({ name }) => columns.has(name)) };
  return { heads: model.heads, served: model.heads.map((head) => serve(ESTIMATORS[head.estimator as keyof typeof ESTIMATORS], head.task, head.artefact as { readonly kind: string }, head.serving, x, END)) };
}

const outcome = (i: number, days: number): ReturnType<typeof realised> => realised(truth.truth[i], truth.endsAt, truth.endsAt + days * DAY_MS);
const ordered = (days: number): Float64Array => Float64Array.from(scored, (i) => (outcome(i, days).orders > 0 ? 1 : 0));
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Share of the rows whose outcome lies in the interval. */
function coverage(y: Float64Array, rows: readonly number[], { low80, high80 }: Served): number {
  return mean(rows.map((row) => Number((low80?.[row] ?? Number.NaN) <= y[row] && y[row] <= (high80?.[row] ?? Number.NaN))));
}

describe.each([
  { name: 'churn within 90 days', definition: only(churn, ['logistic', 'boosted_trees'], [90]), days: 90, k: 0, ofOrder: false },
  { name: 'purchase intent, 30 days', definition: only(purchaseIntent, ['logistic', 'boosted_trees'], [30]), days: 30, k: 1, ofOrder: true },
])('$name', ({ name, definition, days, k, ofOrder }) => {
  test('ranks almost like the oracle and is calibrated on the truth', { timeout: 240_000 }, async () => {
    const { heads: [head], served: [{ prediction }] } = await score(definition);
    const y = ordered(days);
    const p = ofOrder ? prediction : prediction.map((value) => 1 - value);
    const [auc, best, ece] = [rocAuc(y, p) ?? 0, rocAuc(y, oracle[k]) ?? 1, expectedCalibrationError(y, p) ?? 1];
    console.log(`${name}: ${head.candidate}, ${y.length} customers, AUC ${auc.toFixed(4)} (oracle ${best.toFixed(4)}), calibration error ${ece.toFixed(4)} (oracle ${expectedCalibrationError(y, oracle[k])?.toFixed(4)}), mean ${mean(p).toFixed(4)}, really ${mean(y).toFixed(4)}`);
    expect(auc).toBeGreaterThan(best - 0.02);
    expect(ece).toBeLessThan(0.03);
  });
});

test('value of the next 90 and 180 days: 80 % intervals cover 75 to 85 %, little bias', { timeout: 240_000 }, async () => {
  const { heads, served } = await score(only(clv, ['btyd_value', 'tweedie_regression'], [90, 180]));
  heads.forEach((head, k) => {
    const { prediction, high80 } = served[k];
    const y = Float64Array.from(scored, (i) => Math.max(0, outcome(i, head.horizonDays).netCents / 100));
    const given = Array.from(y.keys()).filter((row) => !Number.isNaN(high80?.[row]));
    const covered = coverage(y, given, served[k]);
    console.log(`value, ${head.horizonDays} days: ${head.candidate}, coverage ${covered.toFixed(4)} of ${given.length} intervals among ${y.length}, mean ${mean(prediction).toFixed(1)}, really ${mean(y).toFixed(1)}`);
    expect(given.length).toBeGreaterThan(y.length / 3);
    expect(covered).toBeGreaterThan(0.75);
    expect(covered).toBeLessThan(0.85);
    expect(Math.abs(mean(prediction) / mean(y) - 1)).toBeLessThan(0.15);
  });
});

test('value of the next order: no worse than the simple rules, 80 % intervals cover 75 to 85 % of the orders that came; times the probability it adds up', { timeout: 240_000 }, async () => {
  const { heads: [head], served: [one] } = await score(nextOrderValue);
  const next = (i: number, days: number): number => (truth.truth[i].orders.find(({ occurredAt }) => occurredAt >= truth.endsAt && occurredAt < truth.endsAt + days * DAY_MS)?.cents ?? Number.NaN) / 100;
  const y = Float64Array.from(scored, (i) => next(i, head.horizonDays));
  const came = Array.from(y.keys()).filter((row) => !Number.isNaN(y[row]));
  const covered = coverage(y, came, one);
  const error = (of: (row: number) => number): number => mean(came.map((row) => Math.abs(of(row) - y[row])));
  const { matrix, customerIds } = await shop.source.features(END);
  const rowOf = new Map(Array.from(customerIds, (id, row) => [id - 1, row]));
  const column = (name: string) => (row: number): number => columnOf(matrix, name)?.[rowOf.get(scored[row]) ?? -1] ?? Number.NaN;
  // The oracle's probabilities stand for those of the purchase model, so that only the amounts are on trial.
  const [expected, real] = [scored.reduce((sum, _, row) => sum + oracle[1][row] * one.prediction[row], 0), scored.reduce((sum, i) => sum + (next(i, 30) || 0), 0)];
  console.log(`next order value: ${head.candidate}, coverage ${covered.toFixed(4)} of ${came.length}, error ${error((row) => one.prediction[row]).toFixed(1)}, own mean ${error(column('avg_order_value')).toFixed(1)}, last order ${error(column('last_order_value')).toFixed(1)}; first orders of 30 days ${real.toFixed(0)}, expected ${expected.toFixed(0)}`);
  expect(head.leaderboard.map(({ candidate }) => candidate).sort()).toEqual(['gamma_regression', 'last_order', 'own_mean', 'shrunk_mean', 'tweedie_trees']);
  expect(error((row) => one.prediction[row])).toBeLessThan(error(column('last_order_value')));
  expect(error((row) => one.prediction[row])).toBeLessThan(1.02 * error(column('avg_order_value')));
  expect(covered).toBeGreaterThan(0.75);
  expect(covered).toBeLessThan(0.85);
  expect(Math.abs(expected / real - 1)).toBeLessThan(0.15);
});

test.each([
  { definition: secondPurchase, days: 60, rule: 'days_since_last_order' }, { definition: leadIntent, days: 30, rule: 'days_since_last_visit' },
])('$definition.name: ranks those whom it is meant for better than its rule, and adds up', { timeout: 240_000 }, async ({ definition, days, rule }) => {
  const { customerIds, matrix } = await shop.source.features(END);
  const rows = populationRows(matrix, definition.population, definition.name);
  const meant = Int32Array.from(rows, (row) => customerIds[row] - 1);
  const { heads: [head], served: [{ prediction }] } = await score(definition, meant);
  const y = Float64Array.from(meant, (i) => Number(outcome(i, days).orders > 0));
  const [auc, aucOfRule] = [rocAuc(y, prediction) ?? 0, rocAuc(y, Float64Array.from(rows, (row) => -(columnOf(matrix, rule)?.[row] ?? Number.NaN))) ?? 1];
  console.log(`${definition.name}: ${head.candidate}, ${y.length} customers, AUC ${auc.toFixed(4)} (rule ${aucOfRule.toFixed(4)}), mean ${mean(prediction).toFixed(4)}, really ${mean(y).toFixed(4)}`);
  expect(head.candidate).toBe('logistic');
  expect(meant.length).toBeGreaterThan(50);
  expect(auc).toBeGreaterThan(aucOfRule);
  // Few order, so the mean is known to about three standard errors only.
  expect(Math.abs(mean(prediction) - mean(y))).toBeLessThan(3 * Math.sqrt((mean(y) * (1 - mean(y))) / y.length) + 0.01);
});

test('orders of the next 90 days: little bias, and nearer to the truth than last year\'s rate', { timeout: 240_000 }, async () => {
  const { heads: [head], served: [one] } = await score(orderCount);
  const y = Float64Array.from(scored, (i) => outcome(i, head.horizonDays).orders);
  const { matrix, customerIds } = await shop.source.features(END);
  const rowOf = new Map(Array.from(customerIds, (id, row) => [id - 1, row]));
  const rate = Float64Array.from(scored, (i) => ((columnOf(matrix, 'orders_365d')?.[rowOf.get(i) ?? -1] ?? Number.NaN) * head.horizonDays) / 365);
  const error = (values: Float64Array): number => mean(values.map((value, row) => Math.abs(value - y[row])));
  const [bias, biasOfRate] = [mean(one.prediction) / mean(y) - 1, mean(rate) / mean(y) - 1];
  console.log(`orders of 90 days: ${head.candidate}, mean ${mean(one.prediction).toFixed(3)}, really ${mean(y).toFixed(3)}, bias ${bias.toFixed(4)} (rate ${biasOfRate.toFixed(4)}), error ${error(one.prediction).toFixed(4)} (rate ${error(rate).toFixed(4)})`);
  expect(head.leaderboard.map(({ candidate }) => candidate).sort()).toEqual(['bg_nbd', 'last_year_rate', 'poisson_regression']);
  expect(Math.abs(bias)).toBeLessThan(0.1);
  expect(error(one.prediction)).toBeLessThan(0.85 * error(rate));
});

test('next order: 80 % windows hold 75 to 85 % of those who came back within them', { timeout: 240_000 }, async () => {
  const { heads: [head], served: [one] } = await score(only(repurchaseCycle, ['personal_cycle'], [180]));
  const y = Float64Array.from(scored, (i) => ((outcome(i, head.horizonDays).firstAt ?? Infinity) - truth.endsAt) / DAY_MS);
  const back = Array.from(y.keys()).filter((row) => y[row] < head.horizonDays);
  const covered = coverage(y, back, one);
  console.log(`next order: ${head.candidate}, coverage ${covered.toFixed(4)} of ${back.length}, mean error ${mean(back.map((row) => Math.abs(one.prediction[row] - y[row]))).toFixed(2)} days`);
  expect(covered).toBeGreaterThan(0.75);
  expect(covered).toBeLessThan(0.85);
});
