/**
 * The inner loops of tree growing, compiled to WebAssembly by `npm run build`. All arguments are addresses and numbers; nothing is allocated here.
 * ../twin.ts does the same in TypeScript, to the last bit.
 */
export { finishLeaf, partRows } from './expand';
export { addTree, addValue, binValues, hashValues, logistic, quantiseFine, quantiseNarrow, sortValues } from './rows';
