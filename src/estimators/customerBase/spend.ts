/** Expected spend per order that is finite for every shop: Gamma-Gamma where its mean exists, a stated substitute where it does not. */
import { z } from 'zod';
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { FitFailure, TrainingData } from '../contract.ts';
import { expectedSpend, harmonicSpend, spendSample } from './gammaGamma.ts';
import { fitGammaGamma } from './gammaGammaFit.ts';
import { FREQUENCY, MONETARY, fitRows, requireColumn, weightedMedian } from './history.ts';

const positive = z.number().positive().finite();

/**
 * How the spend of a customer is told:
 * - `mean`: the posterior mean of Gamma-Gamma;
 * - `harmonic`: the posterior harmonic level times `scale`, because q ≤ 1 (or so near 1 that the population mean lies more than a factor 2 from what the
 *   shop sees) means infinite or absurd means. `scale` makes the expected spend of the training orders equal their real spend;
 * - `constant`: all orders have the same value, so everybody's next one has it too.
 */
export const spendSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('mean'), p: positive, q: z.number().gt(1).finite(), gamma: positive }),
  z.strictObject({ rule: z.literal('harmonic'), p: positive, q: positive, gamma: positive, scale: positive }),
  z.strictObject({ rule: z.literal('constant'), amount: positive }),
]);
export type SpendModel = z.infer<typeof spendSchema>;

export interface SpendFit {
  readonly model: SpendModel;
  readonly report: Readonly<Record<string, number | string | readonly number[]>>;
}

/** Money that one order of a customer is expected to bring, ≥ 0. Amounts at or below zero and missing ones count as 0 for repeaters. */
export function spendPerOrder(model: SpendModel, frequency: number, monetary: number): number {
  if (model.rule === 'constant') return model.amount;
  const x = frequency >= 1 ? Math.round(frequency) : 0;
  const m = monetary > 0 ? monetary : 0;
  return model.rule === 'mean' ? expectedSpend(model, x, m) : model.scale * harmonicSpend(model, x, m);
}

/** Median spend of the repeat orders of customers who have a positive one; 1 without any. */
export function typicalSpend(train: TrainingData, rows: readonly number[]): number {
  const [frequency, monetary] = [requireColumn(train.x, FREQUENCY), requireColumn(train.x, MONETARY)];
  const kept = rows.filter((row) => frequency[row] >= 1 && monetary[row] > 0 && monetary[row] < Infinity);
  if (kept.length === 0) return 1;
  return weightedMedian(Float64Array.from(kept, (row) => monetary[row]), Float64Array.from(kept, (row) => train.weights?.[row] ?? 1));
}

/** Fits the spend of the repeaters among the rows that a fit may read. */
export function fitSpend(train: TrainingData, which: 'latest_period' | 'all', minimumRepeaters: number, signal?: AbortSignal): Result<SpendFit, FitFailure> {
  const frequency = requireColumn(train.x, FREQUENCY);
  const monetary = requireColumn(train.x, MONETARY);
  const rows = fitRows(train, which);
  const sample = spendSample(
    rows.map((row) => Math.round(frequency[row])),
    rows.map((row) => monetary[row]),
    rows.map((row) => train.weights?.[row] ?? 1),
  );
  if (sample.totalWeight < minimumRepeaters) {
    return fail('too_few_rows', `${sample.totalWeight} customers have a repeat order with a positive amount; the spend model needs ${minimumRepeaters}.`);
  }
  const counts = { spendingRepeaters: sample.totalWeight, meanSpend: sample.meanSpend };
  const low = sample.m.reduce((a, b) => Math.min(a, b));
  const high = sample.m.reduce((a, b) => Math.max(a, b));
  if (high - low <= 1e-9 * high) return ok({ model: { rule: 'constant', amount: sample.meanSpend }, report: { ...counts, spendRule: 'constant' } });
  const fit = fitGammaGamma(sample, signal);
  if (!fit.ok) return fit;
  const { params, logLikelihood, iterations, standardErrors } = fit.value;
  const populationMean = expectedSpend(params, 0, 0);
  const usable = populationMean < 2 * sample.meanSpend && populationMean > 0.5 * sample.meanSpend;
  const report = { ...counts, ...params, spendLogLikelihood: logLikelihood, spendIterations: iterations, spendRule: usable ? 'mean' : 'harmonic', ...(standardErrors === undefined ? {} : { spendStandardErrors: standardErrors }) };
  if (usable) return ok({ model: { rule: 'mean', ...params }, report });
  let told = 0;
  let seen = 0;
  sample.weight.forEach((w, i) => {
    told += w * sample.x[i] * harmonicSpend(params, sample.x[i], sample.m[i]);
    seen += w * sample.x[i] * sample.m[i];
  });
  return ok({ model: { rule: 'harmonic', ...params, scale: seen / told }, report });
}
