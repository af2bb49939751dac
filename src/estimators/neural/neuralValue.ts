/**
 * Customer value by a network with a zero-inflated lognormal head (Wang, Liu & Miao 2019, arXiv:1912.07753): one body learns whether anything is spent, how much
 * and how sure that is. The expectation is p·exp(μ + σ²/2) (eq. 6), times one factor that takes out what amounts of another shape do to
 * the total; σ is bounded and the amount capped, so that no customer is worth a fortune by accident.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { zilnMean, zilnQuantile } from '../../math/zeroInflatedLognormal.ts';
import { finite } from '../codec.ts';
import { amountProblem, checkCancelled, defineEstimator } from '../rows.ts';
import { robustCap, shrunkTotalScale } from '../value/amounts.ts';
import { codesOf, LEAST_ROWS, networkFits, networkInput, networkOutputs, preparedRows } from './artefact.ts';
import { prepareBackend } from './backend.ts';
import { outputsOf } from './forward.ts';
import { fitNetwork, NETWORK_DEFAULTS, type NetworkParams } from './fit.ts';
import { distributionAt, logScaleOf, zeroInflatedLognormalHead } from './heads.ts';
import { inputsSchema, inputWidth } from './inputs.ts';
import { networkSchema } from './network.ts';

export interface NeuralValueParams extends NetworkParams {
  /** The cap is `capFactor` times this quantile of the amounts above 0. */
  readonly capLevel: number;
  readonly capFactor: number;
}

const schema = z
  .object({
    kind: z.literal('neural_value'),
    inputs: inputsSchema,
    network: networkSchema,
    /** Mean and standard deviation of ln(amount) over those who spent: where the location counts from. */
    scale: z.object({ mean: finite, sd: finite.positive() }),
    cap: finite.positive(),
    /** Factor on the mean; absent in artefacts from before it was learned. */
    total: finite.positive().optional(),
  })
  .refine((artefact) => networkFits(artefact, 3), 'the network does not fit its inputs');
export type NeuralValueArtefact = z.infer<typeof schema>;

export const neuralValue = defineEstimator<NeuralValueArtefact, NeuralValueParams>({
  kind: 'neural_value',
  tasks: ['amount'],
  schema,
  defaults: { ...NETWORK_DEFAULTS, capLevel: 0.999, capFactor: 2 },
  prepare: prepareBackend,

  fit(train, params, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, LEAST_ROWS);
    if (problem !== undefined) return problem;
    const rows = preparedRows(train, params.rowsUsed, context.rng.fork('sample').int(4294967296));
    if (!rows.ok) return rows;
    const { data } = rows;
    const { inputs, columns } = data;
    const scale = logScaleOf(data);
    const head = zeroInflatedLognormalHead(data, scale);
    const input = networkInput({ inputs }, columns, 0, data.rows);
    const fitted = fitNetwork(data, input, head, { inputs: inputWidth(inputs), codes: codesOf(inputs) }, params, context);
    if (!fitted.ok) return fitted;
    const cap = robustCap(data.y, data.weights, params.capLevel, params.capFactor);
    const raw = meansOf(outputsOf(fitted.network, input), scale, data.rows).map((value) => Math.min(value, cap));
    const total = shrunkTotalScale(raw, data.y, data.weights);
    return { ok: true, artefact: { kind: 'neural_value', inputs, network: fitted.network, scale, cap, total }, report: { ...fitted.report, cap, total } };
  },

  predict(artefact, x) {
    const { scale, cap, total = 1 } = artefact;
    return meansOf(networkOutputs(artefact, x), scale, x.rows).map((value) => Math.min(total * value, cap));
  },

  quantiles(artefact, x: Matrix, levels) {
    const outputs = networkOutputs(artefact, x);
    const table = new Float64Array(x.rows * levels.length);
    for (let i = 0; i < x.rows; i++) {
      const distribution = distributionAt(outputs, 3 * i, artefact.scale);
      levels.forEach((level, k) => (table[i * levels.length + k] = Math.min(zilnQuantile(distribution, level), artefact.cap)));
    }
    return table;
  },
});

function meansOf(outputs: Float64Array, scale: NeuralValueArtefact['scale'], rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => zilnMean(distributionAt(outputs, 3 * i, scale)));
}
