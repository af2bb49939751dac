/** What uplift learners share: base estimators inside artefacts, and fits on part of the rows. */
import { z } from 'zod';
import { takeRows, type Column, type Matrix } from '../../base/matrix.ts';
import { argsort, hashUniform, rowHashes } from '../../math/stats/index.ts';
import type { FitContext, FitTask } from '../contract.ts';
import { estimatorOf, type AnyArtefact } from '../index.ts';
import { canonicalColumns, checkCancelled, refuse } from '../rows.ts';
import type { BaseEstimator, UpliftData, UpliftFit, UpliftParams } from './contract.ts';

/** An artefact of any estimator, checked by that estimator's own schema. */
export const baseArtefact = z.custom<AnyArtefact>((value) => {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  try {
    return typeof kind === 'string' && estimatorOf(kind).schema.safeParse(value).success;
  } catch {
    return false;
  }
}, 'is no artefact of an estimator');

export const UPLIFT_DEFAULTS: UpliftParams = Object.freeze({
  // One weak penalty for both sides: one chosen on each would shrink them differently, and their difference would show it.
  outcome: { kind: 'logistic_regression', params: { lambda: 1 } },
  effect: { kind: 'linear_regression', params: { lambda: 1e-3 } },
  propensity: 'share',
  folds: 5,
});

/** Rows that a side must have before anything is learned from it. */
const LEAST_ROWS = 50;
/** Estimated chances of treatment are kept this far from 0 and 1, or a handful of rows would carry all the weight. */
const EDGE = 0.02;

/** The first thing that keeps rows from teaching an effect, or undefined. */
export function upliftProblem({ y, treated, propensity }: UpliftData): ReturnType<typeof refuse> | undefined {
  const on = treated.reduce((sum, t) => sum + t, 0);
  if (treated.some((t) => t !== 0 && t !== 1)) return refuse('unsupported_target', 'The treatment must be 0 or 1 in every row.');
  if (!y.every(Number.isFinite)) return refuse('unsupported_target', 'The outcome must be a finite number in every row.');
  if (propensity?.some((e) => !(e > 0 && e < 1)) === true) return refuse('unsupported_target', 'The chance of treatment must lie between 0 and 1 in every row: where it is 0 or 1 no effect can be seen.');
  if (on < LEAST_ROWS || y.length - on < LEAST_ROWS) return refuse('too_few_rows', `${on} treated and ${y.length - on} other rows; at least ${LEAST_ROWS} of each are needed.`);
  return undefined;
}

export function predictBase(artefact: AnyArtefact, x: Matrix): Float64Array {
  return estimatorOf(artefact.kind).predict(artefact, x);
}

/** Positions of the rows that `keep` marks. */
export function rowsWhere(length: number, keep: (row: number) => boolean): Int32Array {
  return Int32Array.from({ length }, (_, i) => i).filter(keep);
}

/** A base estimator fitted to `target` on the rows `rows`. */
export function fitBase(base: BaseEstimator, task: FitTask, { x, weights }: Pick<UpliftData, 'x' | 'weights'>, target: Float64Array, rows: Int32Array, context: FitContext): UpliftFit<AnyArtefact> {
  checkCancelled(context);
  const estimator = estimatorOf(base.kind);
  if (!estimator.tasks.includes(task)) return refuse('unsupported_target', `${base.kind} cannot learn a ${task} target; it can: ${estimator.tasks.join(', ')}.`);
  const y = Float64Array.from(rows, (i) => target[i]);
  const constant = y.every((v) => v === y[0]);
  // Nobody bought on this side: the outcome is one number, and that is an answer here.
  if (constant && task === 'binary') return estimatorOf('base_rate').fit({ x: takeRows(x, rows), y }, {}, context);
  return estimator.fit({ x: takeRows(x, rows), y, ...(weights === undefined ? {} : { weights: Float64Array.from(rows, (i) => weights[i]) }) }, base.params, context);
}

/** Task of an outcome: 0/1, or any number for a model that can tell numbers, or an amount. */
export function outcomeTask(y: Float64Array, base: BaseEstimator): FitTask {
  if (y.every((v) => v === 0 || v === 1)) return 'binary';
  return estimatorOf(base.kind).tasks.includes('number') ? 'number' : 'amount';
}

/** Fold of each row by what is in it, the same wherever the row stands. */
export function foldsOf({ x, y, treated }: UpliftData, folds: number, seed: number): Uint8Array {
  const hashes = rowHashes([...canonicalColumns(x).map(({ values }) => values), y, treated], x.rows);
  return Uint8Array.from(hashes, (hash) => Math.floor(folds * hashUniform(hash, seed)));
}

/**
 * Folds of which each has its share of every side and outcome (zero or more): rows are dealt out in the order of their hashes, the same wherever they stand.
 * Equal rows can fall into different folds.
 */
export function dealtFolds({ x, y, treated }: UpliftData, folds: number, seed: number): Uint8Array {
  const hashes = rowHashes([...canonicalColumns(x).map(({ values }) => values), y, treated], x.rows);
  const drawn = hashes.map((hash) => hashUniform(hash, seed));
  const dealt = [0, 0, 0, 0];
  const fold = new Uint8Array(x.rows);
  for (const row of argsort(drawn)) fold[row] = dealt[2 * treated[row] + (y[row] > 0 ? 1 : 0)]++ % folds;
  return fold;
}

/** Chance of treatment per row: known, the share of treated rows, or learned from the columns out of fold. `artefact` predicts it for rows to come. */
export function propensities(data: UpliftData, params: UpliftParams, fold: Uint8Array, context: FitContext): UpliftFit<{ readonly share: number; readonly model: AnyArtefact | null; readonly chances: Float64Array }> {
  const { treated, weights } = data;
  let [on, total] = [0, 0];
  for (let i = 0; i < treated.length; i++) {
    const w = weights?.[i] ?? 1;
    total += w;
    on += w * treated[i];
  }
  const share = on / total;
  if (data.propensity !== undefined || params.propensity === 'share') {
    return { ok: true, artefact: { share, model: null, chances: data.propensity ?? new Float64Array(treated.length).fill(share) }, report: {} };
  }
  const target = Float64Array.from(treated);
  const base = { kind: 'logistic_regression', params: { lambda: 1 } };
  const crossed = crossFit(data, fold, () => true, (rows) => fitBase(base, 'binary', data, target, rows, context));
  if (!crossed.ok) return crossed;
  const whole = fitBase(base, 'binary', data, target, rowsWhere(treated.length, () => true), context);
  if (!whole.ok) return whole;
  return { ok: true, artefact: { share, model: whole.artefact, chances: crossed.artefact.map(within) }, report: {} };
}

/** A chance kept away from 0 and 1. */
export const within = (chance: number): number => Math.min(1 - EDGE, Math.max(EDGE, chance));

/** Predictions for every row by models of the rows of other folds that `learn` marks. */
export function crossFit(data: UpliftData, fold: Uint8Array, learn: (row: number) => boolean, fit: (rows: Int32Array) => UpliftFit<AnyArtefact>): UpliftFit<Float64Array> {
  const predicted = new Float64Array(data.y.length);
  for (const held of new Set(fold.toSorted())) {
    const outcome = fit(rowsWhere(fold.length, (i) => fold[i] !== held && learn(i)));
    if (!outcome.ok) return outcome;
    const rows = rowsWhere(fold.length, (i) => fold[i] === held);
    const values = predictBase(outcome.artefact, takeRows(data.x, rows));
    rows.forEach((row, k) => { predicted[row] = values[k]; });
  }
  return { ok: true, artefact: predicted, report: {} };
}

/** `x` with one more column. */
export const withColumn = (x: Matrix, column: Column): Matrix => ({ rows: x.rows, columns: [...x.columns, column] });
