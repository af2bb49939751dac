/** Small facts about the rows of a head. */
import type { Served } from '../../estimators/serving.ts';
import type { Task } from '../../estimators/contract.ts';
import { datasetRows } from '../dataset.ts';
import type { Dataset } from '../dataset.ts';
import { selectionLoss } from '../evaluation.ts';
import { intervalsOf } from '../level.ts';

/** Waiting times are judged on those who came back within the window; how likely that is, other models say. */
export function cameBack(task: Task, data: Dataset): Dataset {
  if (task !== 'duration') return data;
  return datasetRows(data, Int32Array.from(Array.from(data.y.keys()).filter((row) => data.observed?.[row] === 1)));
}

export function meanLoss(task: Task, data: Dataset, served: Served): number {
  return mean(selectionLoss(task, { y: data.y, predicted: served.prediction, ...intervalsOf(served) }));
}

export function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Median of every column over its present values. */
export function medians(data: Dataset): Record<string, number | null> {
  return Object.fromEntries(
    data.x.columns.map(({ name, values }) => {
      const present = values.filter((value) => !Number.isNaN(value)).sort();
      return [name, present.length === 0 ? null : present[Math.floor((present.length - 1) / 2)]];
    }),
  );
}
