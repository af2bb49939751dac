/** What trees minimise, over the rows of one training set. */
import { exactSum } from '../data/exactSum.ts';
import type { FittedObjective, ObjectiveName } from '../objectiveSchema.ts';

/** Targets and what goes with them, one entry per row. */
export interface Targets {
  readonly y: Float64Array;
  /** Undefined: 1 each. */
  readonly weights: Float64Array | undefined;
  /** Time-to-event: 1 where the event was seen. Undefined: everywhere. */
  readonly observed: Uint8Array | undefined;
}

export interface Objective {
  readonly name: ObjectiveName;
  /** Scores per row. */
  readonly outputs: number;
  /** Scores before the first tree, from `rows`. */
  base(rows: Int32Array): Float64Array;
  /** Called once before the trees of a round with the rows that grow them, each once; for what derivatives of many rows share. */
  prepare?(scores: readonly Float64Array[], rows: Int32Array): void;
  /** First and second derivative of a row's loss by the score of `output`, at the rows `rows[0 … count)`; weights are applied later. */
  write(scores: readonly Float64Array[], output: number, rows: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array): void;
  /** Weighted mean loss over `rows`, exact for any order of them. */
  loss(scores: readonly Float64Array[], rows: Int32Array): number;
  /** Given: a leaf's value is this quantile of what its rows lack, and not a Newton step. */
  readonly renewAt?: number;
  /** Derivatives of the logistic loss: the kernel knows them. */
  readonly logistic?: boolean;
  /** What the artefact keeps, from the final scores of `rows`. */
  fitted(scores: readonly Float64Array[], rows: Int32Array): FittedObjective;
}

/** Weighted mean of `f(row)` over `rows`. */
export function weightedMean(rows: Int32Array, weights: Float64Array | undefined, f: (row: number) => number): number {
  const values = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) values[k] = (weights === undefined ? 1 : weights[rows[k]]) * f(rows[k]);
  const total = weights === undefined ? rows.length : exactSum(rows.length === weights.length ? weights : Float64Array.from(rows, (i) => weights[i]));
  return exactSum(values) / total;
}
