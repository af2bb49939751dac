/** Finds columns that know the answer: a feature that alone separates the classes is a leak until someone proves otherwise. */
import { AppError } from '../base/errors.ts';
import type { Matrix } from '../base/matrix.ts';
import { rocAuc } from '../math/metrics/index.ts';

export const LEAK_AUC = 0.98;

export interface SuspectedLeak {
  readonly feature: string;
  /** AUC of the column alone, direction free, missing values counted as their own lowest value. */
  readonly auc: number;
}

/** Columns whose AUC alone is above {@link LEAK_AUC}, worst first. `y` in {0, 1}. */
export function suspectedLeaks(x: Matrix, y: Float64Array): SuspectedLeak[] {
  const found: SuspectedLeak[] = [];
  for (const { name, values } of x.columns) {
    const lowest = values.reduce((least, value) => (value < least ? value : least), Infinity);
    const filled = values.map((value) => (Number.isNaN(value) ? (Number.isFinite(lowest) ? lowest : 0) - 1 : value));
    const auc = rocAuc(y, filled);
    if (auc !== undefined && Math.max(auc, 1 - auc) > LEAK_AUC) found.push({ feature: name, auc: Math.max(auc, 1 - auc) });
  }
  return found.sort((a, b) => b.auc - a.auc || (a.feature < b.feature ? -1 : 1));
}

/** Stops training when a column is too good to be true. `deciding`: columns that are known to decide the outcome. */
export function refuseLeaks(model: string, x: Matrix, y: Float64Array, deciding: readonly string[] = []): void {
  const leaks = suspectedLeaks(x, y).filter(({ feature }) => !deciding.includes(feature));
  if (leaks.length === 0) return;
  const named = leaks.slice(0, 5).map(({ feature, auc }) => `${feature} (AUC ${auc.toFixed(4)})`).join(', ');
  throw new AppError('leak_suspected', `Model "${model}": ${leaks.length} feature(s) alone separate the target with AUC above ${LEAK_AUC}: ${named}.`, {
    details: { leaks },
    hint: `Find out whether the value is known before the cut-off. If it is a leak, name it in withoutFeatures of models/${model}.ts and run \`tagcast train ${model}\` again.`,
  });
}
