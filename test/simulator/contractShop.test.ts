/** Simulate → learn → recover: in a contract business whose best possible prediction is known, rows, labels and models come close to it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { featuresFor } from '../../features/index.ts';
import { modelsFor } from '../../models/index.ts';
import { addDays } from '../../src/base/time.ts';
import { seededRandom } from '../../src/base/random.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { featurePlan } from '../../src/features/plan.ts';
import type { Columns } from '../../src/store/columns/columns.ts';
import { fitCandidate } from '../../src/training/candidate.ts';
import type { AnyEstimator } from '../../src/training/candidate.ts';
import { columnSource } from '../../src/training/columnSource.ts';
import { buildDataset, modelColumns } from '../../src/training/dataset.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { contractColumns } from './contractColumns.ts';
import { contractShop } from './contractShop.ts';
import { auc, calibrationError } from './support.ts';

const END = '2026-04-01';
const ZONE = 'Asia/Shanghai';
const HORIZON = 30;
const shop = contractShop({ seed: 4, customers: 1000, days: 400, end: END });
const [model] = modelsFor({ horizonsDays: [HORIZON], graceDays: 14 }).slice(-1);
const estimators: Readonly<Record<string, AnyEstimator>> = ESTIMATORS;
const plan = featurePlan(featuresFor({ graceDays: 14 }), { timeZone: ZONE });
/** The last cut-off whose labels are known, and two before it whose labels were known by then. */
const JUDGED = addDays(END, -(HORIZON + 14));
const LEARNED = [-72, -44].map((days) => addDays(JUDGED, days));

/** Log loss to expect, given what the oracle knows: of all predictions its own has the lowest, and the noise of one period's outcomes is not in it. */
const expectedLoss = (p: readonly number[], best: readonly number[]): number => p.reduce((sum, value, i) => sum - best[i] * Math.log(Math.max(1e-9, value)) - (1 - best[i]) * Math.log(Math.max(1e-9, 1 - value)), 0) / p.length;

describe('a contract business with a known truth', () => {
  let columns: Columns;
  let learned: Dataset;
  let judged: Dataset;
  let best: number[];
  let happened: boolean[];
  beforeAll(async () => {
    columns = await contractColumns(shop, END);
    const source = columnSource(columns, plan);
    const groups = new Map(plan.definitions.map(({ name, group }) => [name, group]));
    const names = modelColumns(plan.names, model, (name) => groups.get(name) ?? '');
    learned = await buildDataset(source, model, names, LEARNED, HORIZON);
    judged = await buildDataset(source, model, names, [JUDGED], HORIZON);
    best = Array.from(judged.customerIds, (id) => shop.oracle(shop.customers[id - 1], JUDGED, HORIZON) ?? Number.NaN);
    happened = Array.from(judged.y, (value) => value === 1);
  });
  afterAll(() => { columns.close(); });

  test('rows are exactly the customers whose contract ends within the horizon, and the oracle is calibrated on their labels', () => {
    const due = shop.customers.flatMap((customer, i) => (shop.oracle(customer, JUDGED, HORIZON) === undefined ? [] : [i + 1]));
    expect([...judged.customerIds]).toEqual(due);
    expect(due.length).toBeGreaterThan(250);
    const expected = best.reduce((sum, p) => sum + p, 0);
    const spread = Math.sqrt(best.reduce((sum, p) => sum + p * (1 - p), 0));
    expect(Math.abs(happened.filter(Boolean).length - expected)).toBeLessThan(3 * spread);
  });

  test('logistic regression comes near the oracle, the retention curve between it and one rate for all', async () => {
    const predictions = async (name: string): Promise<number[]> => {
      const candidate = [model.baseline, ...model.candidates].find((one) => one.name === name);
      if (candidate === undefined) throw new Error(`${name} is no candidate`);
      const fit = await fitCandidate(candidate, learned, { estimators, horizonDays: HORIZON, rng: seededRandom(1, name) });
      if (!fit.ok) throw new Error(fit.detail);
      return Array.from(estimators[candidate.estimator].predict(fit.artefact, judged.x));
    };
    const [rate, curve, logistic] = [await predictions('own_rate'), await predictions('shifted_beta_geometric'), await predictions('logistic')];
    const [least, learnedLoss, curveLoss, rateLoss] = [best, logistic, curve, rate].map((p) => expectedLoss(p, best));
    // A curve by renewals knows something of customers' own chances, and nothing of use, price and complaints.
    expect(curveLoss).toBeLessThan(rateLoss);
    expect(learnedLoss - least).toBeLessThan((rateLoss - least) / 2);
    expect(auc(logistic, happened)).toBeGreaterThan(auc(curve, happened));
    expect(calibrationError(logistic, happened)).toBeLessThan(0.1);
    // Row by row, not only on average.
    expect(logistic.reduce((sum, p, i) => sum + Math.abs(p - best[i]), 0) / best.length).toBeLessThan(0.1);
  });
});
