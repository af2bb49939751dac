import type { TrainingData } from '../contract.ts';
import type { TreeParams } from './boostedParams.ts';
import { columnsPerTree } from './columnsPerTree.ts';
import { FINE_COLUMNS, RECORD } from './kernel/kernel.ts';

/** Bytes that a fit takes at most, roughly and from above: bins twice, derivatives, scores, the order of rows, and histograms of all leaves. */
export function bytesNeeded({ x, weights }: TrainingData, { maxLeaves, minRows, maxBins, columnSample }: TreeParams, outputs: number): number {
  const columns = x.columns.length;
  const copies = weights === undefined ? 1 : 4;
  const perRow = Math.ceil(columns / FINE_COLUMNS) * RECORD + columns + 8 * (4 + outputs) + 4 * (4 + 2 * copies);
  const leaves = Math.min(maxLeaves, x.rows / Math.max(minRows, 1) + 1) + 16;
  const histogram = columnsPerTree(columnSample, columns) * 2 ** Math.ceil(Math.log2(maxBins + 2)) * 32;
  return x.rows * perRow + leaves * histogram;
}
