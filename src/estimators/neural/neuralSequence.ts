/**
 * A small sequence model of what happened lately, for purchase intent: a gated recurrent unit (Cho et al. 2014) reads each customer's series of recent activity
 * (series.ts) from old to new, and its last state joins the other columns before the hidden layers.
 */
import { z } from 'zod';
import { sigmoid } from '../../math/specialLog.ts';
import { binaryProblem, checkCancelled, defineEstimator, refuse } from '../rows.ts';
import { codesOf, LEAST_ROWS, networkFits, networkInput, networkOutputs, preparedRows } from './artefact.ts';
import { prepareBackend } from './backend.ts';
import { fitNetwork, NETWORK_DEFAULTS, type NetworkParams } from './fit.ts';
import { bernoulliHead } from './heads.ts';
import { inputsSchema, inputWidth } from './inputs.ts';
import { networkSchema } from './network.ts';
import { fitSeries, seriesSchema } from './series.ts';

export interface NeuralSequenceParams extends NetworkParams {
  /** Numbers that the recurrent unit remembers. */
  readonly state: number;
}

const schema = z
  .object({ kind: z.literal('neural_sequence'), inputs: inputsSchema, series: seriesSchema, network: networkSchema })
  .refine((artefact) => networkFits(artefact, 1), 'the network does not fit its inputs');
export type NeuralSequenceArtefact = z.infer<typeof schema>;

export const neuralSequence = defineEstimator<NeuralSequenceArtefact, NeuralSequenceParams>({
  kind: 'neural_sequence',
  tasks: ['binary'],
  schema,
  defaults: { ...NETWORK_DEFAULTS, state: 16 },
  prepare: prepareBackend,

  fit(train, params, context) {
    checkCancelled(context);
    const problem = binaryProblem(train.y, LEAST_ROWS);
    if (problem !== undefined) return problem;
    const rows = preparedRows(train, params.rowsUsed, context.rng.fork('sample').int(4294967296));
    if (!rows.ok) return rows;
    const { data } = rows;
    const { inputs, columns } = data;
    const series = fitSeries(columns, data.weights);
    if (series === undefined) return refuse('missing_column', 'A sequence needs columns over at least three windows, named like orders_7d, orders_30d and orders_90d.');
    const sizes = { inputs: inputWidth(inputs), codes: codesOf(inputs), recurrent: { channels: series.channels.length + 1, state: params.state } };
    const fitted = fitNetwork(data, networkInput({ inputs, series }, columns, 0, data.rows), bernoulliHead(data), sizes, params, context);
    if (!fitted.ok) return fitted;
    return { ok: true, artefact: { kind: 'neural_sequence', inputs, series, network: fitted.network }, report: { ...fitted.report, channels: series.channels.length, steps: series.edges.length - 1 } };
  },

  predict(artefact, x) {
    return networkOutputs(artefact, x).map(sigmoid);
  },
});
