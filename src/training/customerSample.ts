/** Some of the customers of a dataset, each with all of its rows: the same ones whatever the order of the rows. */
import { hashUniform, rowHashes } from '../math/stats/index.ts';
import { datasetRows } from './dataset.ts';
import type { Dataset } from './dataset.ts';

/** Customers drawn by the hash of their id, each with probability `share`; from 1 on the dataset itself. */
export function customerSample(data: Dataset, share: number): Dataset {
  if (share >= 1) return data;
  const hashes = rowHashes([data.customerIds], data.y.length);
  return datasetRows(data, Int32Array.from(data.y.keys()).filter((row) => hashUniform(hashes[row], 1) < share));
}
