/** The estimators of the neural family under the one contract. Sums run in single precision, so weights and repeats agree to fewer digits. */
import { neuralSequence } from '../../../src/estimators/neural/neuralSequence.ts';
import { neuralTabular } from '../../../src/estimators/neural/neuralTabular.ts';
import { neuralValue } from '../../../src/estimators/neural/neuralValue.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { shopRows } from '../../support/estimatorTasks.ts';
import { activityRows } from '../../support/activityRows.ts';

await neuralValue.prepare?.();

const quick = { units: 12, epochs: 6, batchRows: 100 };

estimatorContract('neural_value', neuralValue, () => {
  const { train, spend } = shopRows(700, 2);
  return { task: 'amount', train: { ...train, y: spend }, params: { ...neuralValue.defaults, ...quick }, weightTolerance: 1e-3 };
});
estimatorContract('neural_tabular', neuralTabular, () => ({ task: 'binary', train: shopRows(700, 1).train, params: { ...neuralTabular.defaults, ...quick }, weightTolerance: 1e-3 }));
estimatorContract('neural_sequence', neuralSequence, () => ({ task: 'binary', train: activityRows(400, 1).train, params: { ...neuralSequence.defaults, ...quick, state: 4 }, weightTolerance: 1e-3 }));
