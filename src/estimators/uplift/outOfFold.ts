/** Uplift of rows by models that have not seen them: what a study of one experiment is judged by. */
import { takeRows } from '../../base/matrix.ts';
import type { FitContext } from '../contract.ts';
import { crossFit, dealtFolds, fitBase, outcomeTask, rowsWhere } from './base.ts';
import type { UpliftData, UpliftFit, UpliftLearner, UpliftParams } from './contract.ts';

export interface OutOfFold {
  readonly uplift: Float64Array;
  /** The outcome as a plain response model of all rows expects it: the order that marketers use today. */
  readonly response: Float64Array;
}

export interface OutOfFoldOptions {
  /** 5 unless told. */
  readonly folds?: number;
  /** Times that the folds are drawn afresh; a row's predictions are averaged, and what is luck of the folds with them. 3 unless told. */
  readonly repeats?: number;
}

/** Out-of-fold uplift and response of every row; the folds are drawn by what is in the rows. */
export function outOfFoldUplift<Artefact extends { readonly kind: string }>(
  learner: UpliftLearner<Artefact>,
  data: UpliftData,
  params: UpliftParams,
  context: FitContext,
  { folds = 5, repeats = 3 }: OutOfFoldOptions = {},
): UpliftFit<OutOfFold> {
  const uplift = new Float64Array(data.y.length);
  const response = new Float64Array(data.y.length);
  const task = outcomeTask(data.y, params.outcome);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const rng = context.rng.fork('repeat', repeat);
    const fold = dealtFolds(data, folds, rng.fork('folds').int(4294967296));
    for (let held = 0; held < folds; held++) {
      const fit = learner.fit(partOf(data, rowsWhere(fold.length, (i) => fold[i] !== held)), params, { ...context, rng: rng.fork('uplift', held) });
      if (!fit.ok) return fit;
      const rows = rowsWhere(fold.length, (i) => fold[i] === held);
      const values = learner.predict(fit.artefact, takeRows(data.x, rows));
      rows.forEach((row, k) => { uplift[row] += values[k] / repeats; });
    }
    const plain = crossFit(data, fold, () => true, (rows) => fitBase(params.outcome, task, data, data.y, rows, { ...context, rng: rng.fork('response') }));
    if (!plain.ok) return plain;
    for (let i = 0; i < response.length; i++) response[i] += plain.artefact[i] / repeats;
  }
  return { ok: true, artefact: { uplift, response }, report: { folds, repeats } };
}

function partOf({ x, y, treated, propensity, weights }: UpliftData, rows: Int32Array): UpliftData {
  return {
    x: takeRows(x, rows),
    y: Float64Array.from(rows, (i) => y[i]),
    treated: Uint8Array.from(rows, (i) => treated[i]),
    ...(propensity === undefined ? {} : { propensity: Float64Array.from(rows, (i) => propensity[i]) }),
    ...(weights === undefined ? {} : { weights: Float64Array.from(rows, (i) => weights[i]) }),
  };
}
