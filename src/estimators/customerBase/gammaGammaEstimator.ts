/** Gamma-Gamma as an estimator: expected spend per order of each customer, given that they order. */
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import type { Estimator } from '../contract.ts';
import { FREQUENCY, MONETARY, missingColumn, requireColumn } from './history.ts';
import { fitSpend, spendPerOrder, spendSchema } from './spend.ts';

export interface GammaGammaEstimatorParams {
  readonly rows: 'latest_period' | 'all';
  /** Fewer repeaters with a positive amount than this (by weight) are no fit. */
  readonly minimumRepeaters: number;
}

const schema = z.strictObject({ kind: z.literal('gamma_gamma'), spend: spendSchema });
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
    return { ok: true, artefact: { kind: 'gamma_gamma', spend: fit.value.model }, report: fit.value.report };
  },
  predict(artefact, x) {
    const frequency = requireColumn(x, FREQUENCY);
    const monetary = requireColumn(x, MONETARY);
    return Float64Array.from({ length: x.rows }, (_, row) => spendPerOrder(artefact.spend, frequency[row], monetary[row]));
  },
};
