export { neuralSequence } from './neuralSequence.ts';
export { neuralTabular } from './neuralTabular.ts';
export { neuralValue } from './neuralValue.ts';
