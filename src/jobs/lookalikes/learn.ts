/** A model of who is a member of a segment: honest about how well it tells members apart, and refused where it only reads the segment's own definition back. Pure. */
import { takeRows } from '../../base/matrix.ts';
import type { Column, Matrix } from '../../base/matrix.ts';
import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Random } from '../../base/random.ts';
import { ESTIMATORS } from '../../estimators/index.ts';
import type { AnyArtefact } from '../../estimators/index.ts';
import { aucRange } from '../../math/metrics/intervals.ts';
import { rocAuc } from '../../math/metrics/ranking.ts';
import { stratifiedFolds } from '../../training/table/folds.ts';

export interface Auc {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const LOOKALIKE_CANDIDATES = ['boosted_trees', 'logistic_regression', 'column_rule'] as const;
export type LookalikeCandidate = (typeof LOOKALIKE_CANDIDATES)[number];

export interface LookalikeModel {
  readonly estimator: LookalikeCandidate;
  readonly artefact: AnyArtefact;
  /** Names of the columns that it was fitted on. */
  readonly columns: readonly string[];
  /** Out of fold, with DeLong's interval; `column_rule` is the trivial baseline, the best single column. */
  readonly candidates: readonly { readonly estimator: LookalikeCandidate; readonly auc: Auc }[];
  /** Columns that alone say who is a member: they are the segment's definition and not a likeness. */
  readonly dropped: readonly { readonly column: string; readonly auc: number }[];
}

export const LEAST_SEED = 50;
const FOLDS = 5;
/** A column that alone tells members apart better than this is the definition. Where a model still reads it out of its neighbours (orders of another window), they go too. */
const SEPARATE_ALONE = [0.98, 0.95, 0.9] as const;
/** A model that tells members apart better than this has found the definition. */
const SEPARABLE = 0.995;

/** How well a column alone ranks members, whichever way; missing values stand below all others. */
export function columnAuc({ values }: Column, y: Float64Array): number {
  const auc = rocAuc(y, values.map((value) => (Number.isNaN(value) ? -Number.MAX_VALUE : value))) ?? 0.5;
  return Math.max(auc, 1 - auc);
}

function fit(estimator: LookalikeCandidate, x: Matrix, y: Float64Array, rng: Random, signal: AbortSignal | undefined): AnyArtefact | undefined {
  const best = x.columns.map((column) => ({ name: column.name, auc: columnAuc(column, y) })).reduce((a, b) => (b.auc > a.auc || (b.auc === a.auc && b.name < a.name) ? b : a));
  const params = estimator === 'column_rule' ? { column: best.name } : estimator === 'boosted_trees' ? { minRows: 20 } : {};
  const outcome = ESTIMATORS[estimator].fit({ x, y }, params, { rng, ...(signal === undefined ? {} : { signal }) });
  return outcome.ok ? outcome.artefact : undefined;
}

/** Predictions for each row by a model that has not seen it; undefined where a fold could not be fitted. */
function outOfFold(estimator: LookalikeCandidate, x: Matrix, y: Float64Array, foldOf: Int32Array, rng: Random, signal: AbortSignal | undefined): Float64Array | undefined {
  const predicted = new Float64Array(y.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = (inside: boolean): number[] => Array.from(y.keys()).filter((i) => (foldOf[i] === fold) === inside);
    const [train, test] = [rows(false), rows(true)];
    const artefact = fit(estimator, takeRows(x, train), Float64Array.from(train, (i) => y[i]), rng.fork('fold', fold), signal);
    if (artefact === undefined) return undefined;
    ESTIMATORS[estimator].predict(artefact, takeRows(x, test)).forEach((value, k) => { predicted[test[k]] = value; });
  }
  return predicted;
}

/** Out-of-fold figures of every candidate that can be fitted. */
function judged(x: Matrix, y: Float64Array, foldOf: Int32Array, rng: Random, signal: AbortSignal | undefined): LookalikeModel['candidates'] {
  return LOOKALIKE_CANDIDATES.flatMap((estimator) => {
    const predicted = outOfFold(estimator, x, y, foldOf, rng.fork(estimator), signal);
    const auc = predicted === undefined ? undefined : aucRange(y, predicted);
    return auc === undefined ? [] : [{ estimator, auc: { value: auc.value, low: auc.low, high: auc.high } }];
  });
}

/**
 * @param x one row per customer; @param y 1 for members of the seed
 * @param rng its name decides folds and fits
 */
export function learnLookalike(x: Matrix, y: Float64Array, rng: Random, signal?: AbortSignal): Result<LookalikeModel, 'too_small' | 'separable'> {
  const members = y.reduce((sum, value) => sum + value, 0);
  const others = y.length - members;
  if (members < LEAST_SEED || others < LEAST_SEED) return fail('too_small', `${members} members and ${others} others are known; a model needs at least ${LEAST_SEED} of each`);
  const ranked = x.columns.map((column) => ({ column, auc: columnAuc(column, y) }));
  const foldOf = stratifiedFolds(y, FOLDS, rng.int(2 ** 31));
  let refusal = 'every column alone says who is a member';
  for (const alone of SEPARATE_ALONE) {
    const kept: Matrix = { rows: x.rows, columns: ranked.filter(({ auc }) => auc < alone).map(({ column }) => column) };
    if (kept.columns.length === 0) break;
    const candidates = judged(kept, y, foldOf, rng, signal);
    const [best] = candidates.toSorted((a, b) => b.auc.value - a.auc.value);
    if (best === undefined) return fail('too_small', 'no model could be fitted to the members');
    if (best.auc.value >= SEPARABLE) {
      refusal = `members are told apart with an AUC of ${best.auc.value.toFixed(4)}: the columns are what the segment is made of`;
      continue;
    }
    const artefact = fit(best.estimator, kept, y, rng.fork(best.estimator, 'all'), signal);
    if (artefact === undefined) return fail('too_small', 'the model could not be fitted to all members');
    const dropped = ranked.filter(({ auc }) => auc >= alone).map(({ column, auc }) => ({ column: column.name, auc }));
    return ok({ estimator: best.estimator, artefact, columns: kept.columns.map(({ name }) => name), candidates, dropped });
  }
  return fail('separable', refusal);
}
