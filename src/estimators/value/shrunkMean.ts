/**
 * A customer's own mean, drawn towards that of everybody: (n·m + k·μ)/(n + k), the credibility formula (Bühlmann 1967, eq. 20), which is also the posterior mean of Gamma-Gamma (Fader & Hardie 2013, eq. 5).
 * How many orders everybody's mean is worth, k, is learned from what came next, so that the mean may hold every order of the customer, the first one too.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { shapleyValues } from '../../math/stats/shapley.ts';
import { finite } from '../codec.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { amountProblem, canonicalRows, checkCancelled, columnsNamed, defineEstimator, refuse } from '../rows.ts';
import { conformalOn } from './amounts.ts';

export interface ShrunkMeanParams {
  /** Column with the customer's own mean amount. */
  readonly mean: string;
  /** Column with the number of orders that it is the mean of. */
  readonly count: string;
}

const schema = z.object({
  kind: z.literal('shrunk_mean'),
  mean: z.string(),
  count: z.string(),
  /** Mean amount of everybody, and the number of orders that it is worth. */
  everybody: finite.min(0),
  worth: finite.positive(),
  /** What makes the total of the training rows come out. */
  level: finite.positive(),
  conformal: conformalSchema,
});
export type ShrunkMeanArtefact = z.infer<typeof schema>;

/** Candidates of k, evenly spaced in its logarithm: from hardly any shrinkage to hardly anything of one's own. */
const WORTHS = Array.from({ length: 61 }, (_, i) => 0.05 * 10_000 ** (i / 60));

const blended = (own: number, n: number, everybody: number, worth: number): number => (own >= 0 && n > 0 ? (n * own + worth * everybody) / (n + worth) : everybody);

function predictedBy({ mean, count, everybody, worth, level }: Omit<ShrunkMeanArtefact, 'kind' | 'conformal'>, x: Matrix): Float64Array {
  const [own, orders] = columnsNamed(x, [mean, count]);
  return own.map((m, i) => level * blended(m, orders[i], everybody, worth));
}

export const shrunkMean = defineEstimator<ShrunkMeanArtefact, ShrunkMeanParams>({
  kind: 'shrunk_mean',
  tasks: ['amount'],
  schema,
  defaults: { mean: 'avg_order_value', count: 'orders_total' },

  fit(train, { mean, count }, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, 30);
    if (problem !== undefined) return problem;
    const data = canonicalRows(train);
    const [own, orders] = [mean, count].map((name) => data.columns[data.names.indexOf(name)] as Float64Array | undefined);
    if (own === undefined || orders === undefined) return refuse('missing_column', `The shrunk mean needs the columns ${mean} and ${count}.`);
    const { y, weights } = data;
    const total = y.reduce((sum, v, i) => sum + weights[i] * v, 0);
    const everybody = total / data.totalWeight;
    // Errors count relative to the size of the order: one large customer must not decide for all (the unit deviance of Tweedie, power 1.5, up to what depends on y alone).
    const lossOf = (worth: number): number => y.reduce((sum, v, i) => {
      const p = Math.max(1e-6 * everybody, blended(own[i], orders[i], everybody, worth));
      return sum + weights[i] * (v / Math.sqrt(p) + Math.sqrt(p));
    }, 0);
    const losses = WORTHS.map(lossOf);
    const worth = WORTHS[losses.indexOf(Math.min(...losses))];
    const raw = y.map((_, i) => blended(own[i], orders[i], everybody, worth));
    const level = total / raw.reduce((sum, v, i) => sum + weights[i] * v, 0);
    const conformal = conformalOn(raw.map((v) => level * v), y);
    if (conformal === undefined) return refuse('too_few_rows', `${data.rows} rows; at least 30 are needed.`);
    return { ok: true, artefact: { kind: 'shrunk_mean', mean, count, everybody, worth, level, conformal }, report: { rows: data.rows, worth, everybody } };
  },

  predict: predictedBy,

  // In money, against a customer of whom nothing is known: exact Shapley values of the two columns.
  explain(artefact, x) {
    const { mean, count, everybody, worth, level } = artefact;
    const [own, orders] = columnsNamed(x, [mean, count]);
    const contributions = [new Float64Array(x.rows), new Float64Array(x.rows)];
    for (let row = 0; row < x.rows; row++) {
      const known = own[row] >= 0 && orders[row] > 0;
      const { values } = shapleyValues(2, (mask) => level * blended(mask & 1 && known ? own[row] : everybody, known && mask & 2 ? orders[row] : 1, everybody, worth));
      contributions[0][row] = values[0];
      contributions[1][row] = values[1];
    }
    return { scale: 'identity', base: level * everybody, columns: [mean, count], contributions };
  },

  quantiles: (artefact, x, levels) => applyConformal(artefact.conformal, predictedBy(artefact, x), levels),
});
