/** A small network for binary targets: embeddings of categories, two hidden layers, log-odds. */
import { z } from 'zod';
import { sigmoid } from '../../math/specialLog.ts';
import { binaryProblem, checkCancelled, defineEstimator } from '../rows.ts';
import { codesOf, LEAST_ROWS, networkFits, networkInput, networkOutputs, preparedRows } from './artefact.ts';
import { prepareBackend } from './backend.ts';
import { fitNetwork, NETWORK_DEFAULTS, type NetworkParams } from './fit.ts';
import { bernoulliHead } from './heads.ts';
import { inputsSchema, inputWidth } from './inputs.ts';
import { networkSchema } from './network.ts';

const schema = z
  .object({ kind: z.literal('neural_tabular'), inputs: inputsSchema, network: networkSchema })
  .refine((artefact) => networkFits(artefact, 1), 'the network does not fit its inputs');
export type NeuralTabularArtefact = z.infer<typeof schema>;

export const neuralTabular = defineEstimator<NeuralTabularArtefact, NetworkParams>({
  kind: 'neural_tabular',
  tasks: ['binary'],
  schema,
  defaults: NETWORK_DEFAULTS,
  prepare: prepareBackend,

  fit(train, params, context) {
    checkCancelled(context);
    const problem = binaryProblem(train.y, LEAST_ROWS);
    if (problem !== undefined) return problem;
    const rows = preparedRows(train, params.rowsUsed, context.rng.fork('sample').int(4294967296));
    if (!rows.ok) return rows;
    const { data } = rows;
    const { inputs, columns } = data;
    const fitted = fitNetwork(data, networkInput({ inputs }, columns, 0, data.rows), bernoulliHead(data), { inputs: inputWidth(inputs), codes: codesOf(inputs) }, params, context);
    return fitted.ok ? { ok: true, artefact: { kind: 'neural_tabular', inputs, network: fitted.network }, report: fitted.report } : fitted;
  },

  predict(artefact, x) {
    return networkOutputs(artefact, x).map(sigmoid);
  },
});
