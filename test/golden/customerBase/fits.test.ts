/** Maximum likelihood on raw CDNOW orders against the published optima (shared reference customer-base-models.md; BTYD 2.4.3, BTYDplus 1.2.0, lifetimes 0.11.3). */
import { describe, expect, test } from 'vitest';
import { compressHistories, expectedOrders, expectedSpend, fitBetterNbd, fitGammaGamma, fitNbd, gammaGammaLogLikelihood, spendSample } from '../../../src/estimators/customerBase/index.ts';
import type { NbdModel } from '../../../src/estimators/customerBase/index.ts';
import { summarise } from '../../support/cdnow.ts';
import type { CustomerSummary } from '../../support/cdnow.ts';
import { needs, sharedData } from '../../support/sharedData.ts';

const historyOfSummary = ({ x, recencyDays, ageDays }: CustomerSummary) => ({ x, tx: recencyDays / 7, T: ageDays / 7 });
const compressed = (customers: CustomerSummary[]) => compressHistories(customers.map(historyOfSummary), customers.map(() => 1));
const spend = (customers: CustomerSummary[]) => spendSample(customers.map((c) => c.x), customers.map((c) => c.monetary), customers.map(() => 1));

interface Reference {
  readonly file: string;
  readonly columns: { id: number; date: number; amount: number };
  readonly customers: number;
  readonly sumX: number;
  readonly holdout: number;
  readonly better: NbdModel;
  readonly fits: Record<NbdModel, { params: number[]; logLikelihood: number; holdoutSum: number }>;
  readonly gammaGamma: { params: number[]; logLikelihood: number; repeaters: number };
}

const REFERENCES: Reference[] = [
  {
    file: 'cdnow_sample/cdnow_sample.csv', columns: { id: 1, date: 2, amount: 4 }, customers: 2357, sumX: 2457, holdout: 1882, better: 'mbg_nbd',
    fits: {
      bg_nbd: { params: [0.2425945, 4.4136019, 0.7929199, 2.4258881], logLikelihood: -9582.429, holdoutSum: 1653.4 },
      mbg_nbd: { params: [0.5248436, 6.1830928, 0.8913878, 1.6140483], logLikelihood: -9582.136, holdoutSum: 1576.7 },
    },
    gammaGamma: { params: [6.2493, 3.7443, 15.4443], logLikelihood: -4055.918, repeaters: 946 },
  },
  {
    file: 'cdnow_master/cdnow_master.csv', columns: { id: 0, date: 1, amount: 3 }, customers: 23570, sumX: 24337, holdout: 19684, better: 'mbg_nbd',
    fits: {
      bg_nbd: { params: [0.251624, 4.7889425, 0.7234308, 2.1610784], logLikelihood: -95368.444, holdoutSum: 16873.7 },
      mbg_nbd: { params: [0.6371297, 7.3102251, 0.8074913, 1.2284429], logLikelihood: -95336.958, holdoutSum: 15933.6 },
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

  test.skipIf(path === undefined).each(['bg_nbd', 'mbg_nbd'] as const)(`%s: parameters to 4 digits, log-likelihood to 0.01, holdout sum${note}`, (model) => {
    const fit = fitNbd(compressed(customers), model);
    if (!fit.ok) throw new Error(fit.detail);
    const golden = reference.fits[model];
    const { r, alpha, a, b } = fit.value.params;
    [r, alpha, a, b].forEach((value, i) => expect(Math.abs(value / golden.params[i] - 1)).toBeLessThan(5e-5));
    expect(Math.abs(fit.value.logLikelihood - golden.logLikelihood)).toBeLessThan(0.01);
    const holdout = customers.reduce((sum, c) => sum + expectedOrders(fit.value.params, historyOfSummary(c), 39), 0);
    expect(Math.abs(holdout - golden.holdoutSum)).toBeLessThan(0.1);
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
    expect(fit.value.logLikelihood).toBeGreaterThanOrEqual(atPublished);
    expect(Math.abs(fit.value.logLikelihood - reference.gammaGamma.logLikelihood)).toBeLessThan(0.01);
  });
});

test.skipIf(sharedData(REFERENCES[0].file) === undefined)(`standard errors of BG/NBD and the mean spend on the sample${needs(REFERENCES[0].file, '')}`, () => {
  const customers = summarise(sharedData(REFERENCES[0].file) ?? '', REFERENCES[0].columns, '1997-09-30');
  const fit = fitNbd(compressed(customers), 'bg_nbd');
  if (!fit.ok) throw new Error(fit.detail);
  [0.01256, 0.37822, 0.18573, 0.70541].forEach((golden, i) => expect(Math.abs((fit.value.standardErrors?.[i] ?? NaN) / golden - 1)).toBeLessThan(5e-3));
  const spendFit = fitGammaGamma(spend(customers));
  if (!spendFit.ok) throw new Error(spendFit.detail);
  expect(expectedSpend(spendFit.value.params, 0, 0)).toBeCloseTo(35.1705, 3);
});
