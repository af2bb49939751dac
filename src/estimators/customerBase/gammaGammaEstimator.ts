/** Gamma-Gamma as an estimator: expected spend per order of each customer, given that they order. */
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import { shapleyValues } from '../../math/stats/shapley.ts';
import type { Estimator } from '../contract.ts';
import { FREQUENCY, MONETARY, fitRows, missingColumn, requireColumn, weightedMedian } from './history.ts';
import { fitSpend, spendPerOrder, spendSchema, typicalSpend } from './spend.ts';

export interface GammaGammaEstimatorParams {
  readonly rows: 'latest_period' | 'all';
  /** Fewer repeaters with a positive amount than this (by weight) are no fit. */
  readonly minimumRepeaters: number;
}

const schema = z.strictObject({
  kind: z.literal('gamma_gamma'),
  spend: spendSchema,
  /** The typical repeat customer, with whom explanations compare. */
  typical: z.strictObject({ orders: z.number().positive().finite(), spend: z.number().positive().finite() }).optional(),
});
export type GammaGammaArtefact = z.infer<typeof schema>;

/** Expected amount of one order. It is fitted on past spend alone: the targets are not used. */
export const gammaGamma: Estimator<GammaGammaArtefact, GammaGammaEstimatorParams> = {
  kind: 'gamma_gamma',
  tasks: ['amount'],
  schema,
  defaults: { rows: 'latest_period', minimumRepeaters: 5 },
  requiredColumns: [FREQUENCY, MONETARY],
  fit(train, { rows, minimumRepeaters }, { signal }) {
    throwIfCancelled(signal, 'The fit of gamma_gamma');
    const missing = missingColumn(train.x, [FREQUENCY, MONETARY]);
    if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
    const fit = fitSpend(train, rows, minimumRepeaters, signal);
    if (!fit.ok) return fit;
    const fitted = fitRows(train, rows);
    const frequency = requireColumn(train.x, FREQUENCY);
    const repeaters = fitted.filter((row) => frequency[row] >= 1);
    const orders = weightedMedian(Float64Array.from(repeaters, (row) => Math.round(frequency[row])), Float64Array.from(repeaters, (row) => train.weights?.[row] ?? 1));
    return { ok: true, artefact: { kind: 'gamma_gamma', spend: fit.value.model, typical: { orders, spend: typicalSpend(train, fitted) } }, report: fit.value.report };
  },
  predict(artefact, x) {
    const frequency = requireColumn(x, FREQUENCY);
    const monetary = requireColumn(x, MONETARY);
    return Float64Array.from({ length: x.rows }, (_, row) => spendPerOrder(artefact.spend, frequency[row], monetary[row]));
  },
  // In money, against the typical repeat customer: exact Shapley values of the two inputs.
  explain({ spend, typical }, x) {
    const frequency = requireColumn(x, FREQUENCY);
    const monetary = requireColumn(x, MONETARY);
    const compared = typical ?? { orders: 2, spend: spendPerOrder(spend, 0, 0) };
    const contributions = [new Float64Array(x.rows), new Float64Array(x.rows)];
    for (let row = 0; row < x.rows; row++) {
      const { values } = shapleyValues(2, (mask) => spendPerOrder(spend, mask & 1 ? frequency[row] : compared.orders, mask & 2 ? monetary[row] : compared.spend));
      for (let player = 0; player < 2; player++) contributions[player][row] = values[player];
    }
    return { scale: 'identity', base: spendPerOrder(spend, compared.orders, compared.spend), columns: [FREQUENCY, MONETARY], contributions };
  },
};
