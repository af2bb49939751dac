import { z } from 'zod';
import { mean } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import { canonicalRows, checkCancelled, defineEstimator, refuse } from '../rows.ts';

const schema = z.object({ kind: z.literal('base_rate'), value: finite.min(0) });
export type BaseRateArtefact = z.infer<typeof schema>;

/** The mean of the target for everyone; what any model must beat. Probabilities stay half a row away from 0 and 1. */
export const baseRate = defineEstimator<BaseRateArtefact, Readonly<Record<string, never>>>({
  kind: 'base_rate',
  tasks: ['binary', 'amount'],
  schema,
  defaults: {},

  fit(train, _params, context) {
    checkCancelled(context);
    const { y, weights, totalWeight, rows } = canonicalRows(train);
    if (rows === 0) return refuse('too_few_rows', '0 rows; at least 1 is needed.');
    if (y.some((v) => !(v >= 0) || v === Infinity)) return refuse('unsupported_target', 'The target must be finite and at least 0 in every row.');
    const average = (mean(y.map((v, i) => v * weights[i])) * rows) / totalWeight;
    const binary = y.every((v) => v === 0 || v === 1);
    const least = 0.5 / (totalWeight + 1);
    const value = binary ? Math.min(Math.max(average, least), 1 - least) : average;
    return { ok: true, artefact: { kind: 'base_rate', value }, report: { rows, value } };
  },

  predict: ({ value }, x) => new Float64Array(x.rows).fill(value),
});
