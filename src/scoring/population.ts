/** Who a model speaks about. */
import { AppError } from '../base/errors.ts';
import { columnOf } from '../base/matrix.ts';
import type { Matrix } from '../base/matrix.ts';
import type { TrainedModel } from '../registry/envelope.ts';

const bound = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** Rows that satisfy every rule of the population of a head, ascending; a missing value satisfies none. @throws AppError `model_mismatch`. */
export function populationOf(rules: TrainedModel['population'], matrix: Matrix, model: string, horizonDays = Infinity): Int32Array {
  const bounds = rules.map(({ feature, atLeast, atMost, belowHorizon }) => {
    const values = columnOf(matrix, feature);
    if (values === undefined) {
      throw new AppError('model_mismatch', `The population of model "${model}" needs the feature ${feature}, which the feature set does not have.`, { hint: `Train again: \`tagcast train ${model}\`.` });
    }
    return { values, atLeast: bound(atLeast, -Infinity), atMost: Math.min(bound(atMost, Infinity), belowHorizon === true ? horizonDays - 1 : Infinity) };
  });
  const kept: number[] = [];
  for (let i = 0; i < matrix.rows; i++) {
    if (bounds.every(({ values, atLeast, atMost }) => values[i] >= atLeast && values[i] <= atMost)) kept.push(i);
  }
  return Int32Array.from(kept);
}
