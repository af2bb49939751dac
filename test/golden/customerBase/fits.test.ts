/** Maximum likelihood on raw CDNOW orders against the published optima (shared reference customer-base-models.md; BTYD 2.4.3, BTYDplus 1.2.0, lifetimes 0.11.3). */
import { describe, expect, test } from 'vitest';
import {
  bgBbExpectedOrders, bgBbHistories, compressHistories, expectedOrders, expectedSpend, fitBetterNbd, fitBgBb, fitGammaGamma, fitNbd, fitNbdChoosingK, fitPareto, fitSbg, gammaGammaLogLikelihood,
  orderModelOf, recordsOfSurvivors, sbgSurvival, spendSample,
} from '../../../src/estimators/customerBase/index.ts';
import type { History, NbdModel } from '../../../src/estimators/customerBase/index.ts';
import { summarise } from '../../support/cdnow.ts';
import type { CustomerSummary } from '../../support/cdnow.ts';
import { needs, sharedData } from '../../support/sharedData.ts';

const historyOfSummary = ({ x, recencyDays, ageDays }: CustomerSummary) => ({ x, tx: recencyDays / 7, T: ageDays / 7 });
const compressed = (customers: CustomerSummary[]) => compressHistories(customers.map(historyOfSummary), customers.map(() => 1));
const spend = (customers: CustomerSummary[]) => spendSample(customers.map((c) => c.x), customers.map((c) => c.monetary), customers.map(() => 1));

/** Sum, mean absolute error and root mean squared error of expected orders in the holdout. */
function holdoutErrors(customers: CustomerSummary[], expected: (history: History) => number): { sum: number; mae: number; rmse: number } {
  let [sum, absolute, squared] = [0, 0, 0];
  for (const customer of customers) {
    const value = expected(historyOfSummary(customer));
    sum += value;
    absolute += Math.abs(value - customer.holdout);
    squared += (value - customer.holdout) ** 2;
  }
  return { sum, mae: absolute / customers.length, rmse: Math.sqrt(squared / customers.length) };
}

type Holdout = readonly [sum: number, mae: number, rmse: number];

function expectHoldout(customers: CustomerSummary[], expected: (history: History) => number, [sum, mae, rmse]: Holdout, digits = 5e-5): void {
  const found = holdoutErrors(customers, expected);
  expect(Math.abs(found.sum - sum)).toBeLessThan(0.1);
  expect(Math.abs(found.mae - mae)).toBeLessThan(digits * 1.1);
  expect(Math.abs(found.rmse - rmse)).toBeLessThan(digits * 1.1);
}

interface Reference {
  readonly file: string;
  readonly columns: { id: number; date: number; amount: number };
  readonly customers: number;
  readonly sumX: number;
  readonly holdout: number;
  readonly better: NbdModel;
  readonly fits: Record<NbdModel | 'pareto_nbd', { params: number[]; logLikelihood: number; holdout: Holdout }>;
  readonly gammaGamma: { params: number[]; logLikelihood: number; repeaters: number };
}

const REFERENCES: Reference[] = [
  {
    file: 'cdnow_sample/cdnow_sample.csv', columns: { id: 1, date: 2, amount: 4 }, customers: 2357, sumX: 2457, holdout: 1882, better: 'mbg_nbd',
    fits: {
      bg_nbd: { params: [0.2425945, 4.4136019, 0.7929199, 2.4258881], logLikelihood: -9582.429, holdout: [1653.4, 0.7855, 1.608] },
      mbg_nbd: { params: [0.5248436, 6.1830928, 0.8913878, 1.6140483], logLikelihood: -9582.136, holdout: [1576.7, 0.7648, 1.6072] },
      pareto_nbd: { params: [0.5534, 10.5802, 0.6061, 11.6562], logLikelihood: -9594.976, holdout: [1665.4, 0.7545, 1.6028] },
    },
    gammaGamma: { params: [6.2493, 3.7443, 15.4443], logLikelihood: -4055.918, repeaters: 946 },
  },
  {
    file: 'cdnow_master/cdnow_master.csv', columns: { id: 0, date: 1, amount: 3 }, customers: 23570, sumX: 24337, holdout: 19684, better: 'mbg_nbd',
    fits: {
      bg_nbd: { params: [0.251624, 4.7889425, 0.7234308, 2.1610784], logLikelihood: -95368.444, holdout: [16873.7, 0.8187, 1.7329] },
      mbg_nbd: { params: [0.6371297, 7.3102251, 0.8074913, 1.2284429], logLikelihood: -95336.958, holdout: [15933.6, 0.7945, 1.7396] },
      pareto_nbd: { params: [0.5974063, 11.5854542, 0.52233, 8.8328966], logLikelihood: -95415.119, holdout: [17153.1, 0.7938, 1.7262] },
    },
    gammaGamma: { params: [6.275359, 3.62445, 14.983689], logLikelihood: -40763.476, repeaters: 9450 },
  },
];

describe.each(REFERENCES)('$file', (reference) => {
  const path = sharedData(reference.file);
  const customers = path === undefined ? [] : summarise(path, reference.columns, '1997-09-30');
  const note = needs(reference.file, '');

  test.skipIf(path === undefined)(`the summary is the reference summary${note}`, () => {
    expect(customers).toHaveLength(reference.customers);
    expect(customers.reduce((sum, c) => sum + c.x, 0)).toBe(reference.sumX);
    expect(customers.reduce((sum, c) => sum + c.holdout, 0)).toBe(reference.holdout);
  });

  test.skipIf(path === undefined).each(['bg_nbd', 'mbg_nbd'] as const)(`%s: parameters to 4 digits, log-likelihood to 0.01, holdout sum, MAE and RMSE${note}`, (model) => {
    const fit = fitNbd(compressed(customers), model);
    if (!fit.ok) throw new Error(fit.detail);
    const golden = reference.fits[model];
    const { r, alpha, a, b } = fit.value.params;
    [r, alpha, a, b].forEach((value, i) => expect(Math.abs(value / golden.params[i] - 1)).toBeLessThan(5e-5));
    expect(Math.abs(fit.value.logLikelihood - golden.logLikelihood)).toBeLessThan(0.01);
    expectHoldout(customers, (history) => expectedOrders(fit.value.params, history, 39), golden.holdout);
  });

  test.skipIf(path === undefined)(`pareto_nbd: on its ridge not below the published optimum, parameters within the ridge, holdout${note}`, () => {
    const fit = fitPareto(compressed(customers));
    if (!fit.ok) throw new Error(fit.detail);
    const golden = reference.fits.pareto_nbd;
    const { r, alpha, s, beta } = fit.value.params;
    // s and β share a flat ridge: the published pairs lie up to 1.1e-3 from the maximum, at a likelihood equal to the sixth digit.
    [r, alpha].forEach((value, i) => expect(Math.abs(value / golden.params[i] - 1)).toBeLessThan(3e-4));
    [s, beta].forEach((value, i) => expect(Math.abs(value / golden.params[i + 2] - 1)).toBeLessThan(1.5e-3));
    expect(fit.value.logLikelihood).toBeGreaterThan(golden.logLikelihood - 1e-3);
    expect(Math.abs(fit.value.logLikelihood - golden.logLikelihood)).toBeLessThan(0.01);
    const model = orderModelOf(fit.value.params);
    const found = holdoutErrors(customers, (history) => model.expectedOrders(history, 39));
    expect(Math.abs(found.sum / golden.holdout[0] - 1)).toBeLessThan(2e-4);
    expect(Math.abs(found.mae - golden.holdout[1])).toBeLessThan(1.5e-4);
    expect(Math.abs(found.rmse - golden.holdout[2])).toBeLessThan(1.5e-4);
  });

  test.skipIf(path === undefined)(`the better likelihood is chosen${note}`, () => {
    const fit = fitBetterNbd(compressed(customers));
    if (!fit.ok) throw new Error(fit.detail);
    expect(fit.value.params.model).toBe(reference.better);
  });

  test.skipIf(path === undefined)(`Gamma-Gamma: parameters to 4 digits, log-likelihood to 0.01${note}`, () => {
    const sample = spend(customers);
    expect(sample.totalWeight).toBe(reference.gammaGamma.repeaters);
    const fit = fitGammaGamma(sample);
    if (!fit.ok) throw new Error(fit.detail);
    const { p, q, gamma } = fit.value.params;
    // The valley is flat: the published p and γ stop a few 1e-5 before the maximum, which ours must not be below.
    [p, q, gamma].forEach((value, i) => expect(Math.abs(value / reference.gammaGamma.params[i] - 1)).toBeLessThan(1e-4));
    const [pPublished, qPublished, gammaPublished] = reference.gammaGamma.params;
    const published = { p: pPublished, q: qPublished, gamma: gammaPublished };
    const atPublished = sample.weight.reduce((sum, w, i) => sum + w * gammaGammaLogLikelihood(published, sample.x[i], sample.m[i]), 0);
    expect(fit.value.logLikelihood).toBeGreaterThanOrEqual(atPublished - 1e-8);
    expect(Math.abs(fit.value.logLikelihood - reference.gammaGamma.logLikelihood)).toBeLessThan(0.01);
  });
});

const grocery = 'grocery/grocery_elog.csv';
describe('online grocery, 52 + 52 weeks', () => {
  const path = sharedData(grocery);
  const note = needs(grocery, '');
  const customers = path === undefined ? [] : summarise(path, { id: 0, date: 1 }, '2006-12-31', 364);

  test.skipIf(path === undefined)(`k = 2 is chosen by likelihood; parameters and log-likelihoods of BTYDplus${note}`, () => {
    expect([customers.length, customers.reduce((sum, c) => sum + c.x, 0), customers.reduce((sum, c) => sum + c.holdout, 0)]).toEqual([1525, 5569, 3389]);
    const data = compressHistories(customers.map(historyOfSummary), customers.map(() => 1), customers.reduce((sum, c) => sum + c.logGaps, 0));
    const likelihoods = [1, 2, 3].map((k) => {
      const fit = fitNbd(data, 'mbg_nbd', { k });
      return fit.ok ? fit.value.logLikelihood : NaN;
    });
    [-15781.939, -14978.211, -14996.85].forEach((golden, i) => expect(Math.abs(likelihoods[i] - golden)).toBeLessThan(0.01));
    const chosen = fitNbdChoosingK(data, 'mbg_nbd');
    if (!chosen.ok) throw new Error(chosen.detail);
    const { k, r, alpha, a, b } = chosen.value.params;
    expect(k).toBe(2);
    [1.3291973, 2.8126003, 0.4247156, 0.7900402].forEach((golden, i) => expect(Math.abs([r, alpha, a, b][i] / golden - 1)).toBeLessThan(5e-5));
    // BTYDplus reports a mean absolute error of 1.431 here. Ours is smaller; why theirs differs is not known, and simulated orders agree with ours.
    expect(holdoutErrors(customers, (history) => expectedOrders(chosen.value.params, history, 52)).mae).toBeLessThan(1.431);
    const bg = fitNbdChoosingK(data, 'bg_nbd');
    expect(bg.ok && bg.value.logLikelihood < chosen.value.logLikelihood).toBe(true);
  });

  test.skipIf(sharedData(REFERENCES[0].file) === undefined)(`on CDNOW k = 1 is chosen, with k = 2 at −9853.253${needs(REFERENCES[0].file, '')}`, () => {
    const cdnow = summarise(sharedData(REFERENCES[0].file) ?? '', REFERENCES[0].columns, '1997-09-30');
    const data = compressHistories(cdnow.map(historyOfSummary), cdnow.map(() => 1), cdnow.reduce((sum, c) => sum + c.logGaps, 0));
    const chosen = fitNbdChoosingK(data, 'mbg_nbd');
    const second = fitNbd(data, 'mbg_nbd', { k: 2 });
    if (!chosen.ok || !second.ok) throw new Error('no fit');
    expect(chosen.value.params.k).toBeUndefined();
    expect(Math.abs(second.value.logLikelihood + 9853.253)).toBeLessThan(0.01);
  });
});

/** 11,104 donors, six yearly opportunities (Fader, Hardie & Shang 2010, tables 1 to 4): recency and frequency with the number of donors. */
test('BG/BB on the donations of Fader, Hardie & Shang 2010', () => {
  const table: [x: number, tx: number, customers: number][] = [
    [6, 6, 1203], [5, 6, 728], [4, 6, 512], [3, 6, 357], [2, 6, 234], [1, 6, 129], [5, 5, 335], [4, 5, 284], [3, 5, 225], [2, 5, 173], [1, 5, 119],
    [4, 4, 240], [3, 4, 181], [2, 4, 155], [1, 4, 78], [3, 3, 322], [2, 3, 255], [1, 3, 129], [2, 2, 613], [1, 2, 277], [1, 1, 1091], [0, 0, 3464],
  ];
  const fit = fitBgBb(bgBbHistories(table.map(([x, tx, customers]) => ({ x, tx, n: 6, customers }))));
  if (!fit.ok) throw new Error(fit.detail);
  const { alpha, beta, gamma, delta } = fit.value.params;
  [1.204, 0.75, 0.657, 2.783].forEach((golden, i) => expect(Math.abs([alpha, beta, gamma, delta][i] - golden)).toBeLessThan(6e-4));
  expect(fit.value.logLikelihood).toBeCloseTo(-33225.6, 1);
  // Expected donations in the next five years: 3.75 after six in six, 0.07 after none.
  expect(bgBbExpectedOrders(fit.value.params, { x: 6, tx: 6, T: 6 }, 5)).toBeCloseTo(3.75, 2);
  expect(bgBbExpectedOrders(fit.value.params, { x: 0, tx: 0, T: 6 }, 5)).toBeCloseTo(0.07, 2);
});

/** Seven renewals of 1,000 customers each (Fader & Hardie 2007, "How to project customer retention", tables 1 and 2), and the survivors five years further on. */
test.each([
  ['high end', [1000, 869, 743, 653, 593, 551, 517, 491], [0.668, 3.806], -1611.16],
  ['regular', [1000, 631, 468, 382, 326, 289, 262, 241], [0.704, 1.182], -1680.27],
])('shifted-beta-geometric, %s customers', (_, survivors, [alpha, beta], logLikelihood) => {
  const fit = fitSbg(recordsOfSurvivors(survivors));
  if (!fit.ok) throw new Error(fit.detail);
  expect(fit.value.params.alpha).toBeCloseTo(alpha, 3);
  expect(fit.value.params.beta).toBeCloseTo(beta, 3);
  expect(fit.value.logLikelihood).toBeCloseTo(logLikelihood, 1);
  survivors.forEach((left, t) => expect(Math.abs(1000 * sbgSurvival(fit.value.params, 0, t) - left)).toBeLessThan(20));
});

test.skipIf(sharedData(REFERENCES[0].file) === undefined)(`standard errors of BG/NBD, MBG/NBD and the mean spend on the sample${needs(REFERENCES[0].file, '')}`, () => {
  const customers = summarise(sharedData(REFERENCES[0].file) ?? '', REFERENCES[0].columns, '1997-09-30');
  for (const [model, errors] of [['bg_nbd', [0.01256, 0.37822, 0.18573, 0.70541]], ['mbg_nbd', [0.08327, 0.69562, 0.15479, 0.53749]]] as const) {
    const fit = fitNbd(compressed(customers), model);
    if (!fit.ok) throw new Error(fit.detail);
    errors.forEach((golden, i) => expect(Math.abs((fit.value.standardErrors?.[i] ?? NaN) / golden - 1)).toBeLessThan(5e-4));
  }
  const spendFit = fitGammaGamma(spend(customers));
  if (!spendFit.ok) throw new Error(spendFit.detail);
  expect(expectedSpend(spendFit.value.params, 0, 0)).toBeCloseTo(35.1705, 3);
});
