/** The loss that choices among models of a flat file minimise, row by row. */
import { rowLogLoss } from '../../math/metrics/index.ts';
import type { TableTask } from './target.ts';

/** Log loss of classes (`predicted`: row-major rows × `width` for `multiclass`), squared error of numbers in units of the target's variance. */
export function rowLosses(task: TableTask, y: Float64Array, predicted: Float64Array, width: number): Float64Array {
  if (task === 'binary') return y.map((value, i) => rowLogLoss(value, predicted[i]));
  if (task === 'multiclass') return y.map((place, i) => -Math.log(Math.max(1e-15, predicted[i * width + place])));
  const centre = y.reduce((sum, value) => sum + value, 0) / Math.max(1, y.length);
  const variance = y.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, y.length);
  return y.map((value, i) => (value - predicted[i]) ** 2 / Math.max(variance, 1e-300));
}
