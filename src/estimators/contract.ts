/**
 * What every estimator is: pure functions over a column-major matrix. An estimator knows arrays, not customers, and keeps no state:
 * `fit` returns an artefact (plain, finite JSON values and typed arrays), `predict` and `explain` read it.
 *
 * One contract suite (test/contract/estimator.ts) holds every implementation to: same seed same artefact; inputs unchanged; row order and
 * column order do not matter; weight 2 = row twice; probabilities in [0, 1]; encode → decode → equal bytes; one class, no rows, one row, constant and
 * all-missing columns answered by a result or a reason, never by NaN; values missing at predict that never were at fit; batch = single; explanations add up; cancel works.
 */
import type { Matrix } from '../base/matrix.ts';
import type { Random } from '../base/random.ts';
import type { z } from 'zod';

/** What the target is. `binary`: y in {0, 1}. `amount`: y ≥ 0 money, many zeros. `duration`: y > 0 days, see {@link TrainingData.observed}. */
export type Task = 'binary' | 'amount' | 'duration';

/** What an estimator can be fitted to. Beyond the tasks of declared models: `multiclass`, y in {0 … K−1}; `number`, any finite y; `count`, y in {0, 1, 2, …}. */
export type FitTask = Task | 'multiclass' | 'number' | 'count';

export interface TrainingData {
  readonly x: Matrix;
  /** One target per row, finite. */
  readonly y: Float64Array;
  /** Positive weights, one per row; absent means 1 each. */
  readonly weights?: Float64Array;
  /** `duration` only: 1 where the event was seen at y, 0 where the row was still waiting at y (censored). */
  readonly observed?: Uint8Array;
  /** Non-decreasing period index per row (0 = oldest cut-off): later rows may serve for early stopping. */
  readonly period?: Int32Array;
  /**
   * One number per row: whose row it is. A customer at several cut-offs has rows whose label windows overlap, and who has learned from one of them knows the others; so what a fit
   * holds out to choose its own settings is judged without any row of the same group in it. Absent: every row stands alone.
   */
  readonly groups?: Float64Array;
}

export interface FitContext {
  readonly rng: Random;
  readonly signal?: AbortSignal;
  /** Shared with another thread, which sets the first number to something else than 0 to stop a fit: a signal cannot fire while the fit's thread is busy. */
  readonly cancelled?: Int32Array;
  /** Threads that the fit may use, 1 when absent. The artefact is the same bytes whatever the number. */
  readonly threads?: number;
}

/** Numbers worth showing about a fit: iterations, log-likelihood, chosen λ, … all finite. */
export type FitReport = Readonly<Record<string, number | string | boolean | readonly number[]>>;

/** Why a fit gave no model. It is an answer, not an exception: the trainer shows it and falls back to a simpler rung. `not_available`: an optional package is missing. */
export type FitFailure = 'too_few_rows' | 'one_class' | 'no_columns' | 'missing_column' | 'not_converged' | 'unsupported_target' | 'not_available';

export type FitOutcome<Artefact> =
  | { readonly ok: true; readonly artefact: Artefact; readonly report: FitReport }
  | { readonly ok: false; readonly reason: FitFailure; readonly detail: string };

/** Additive explanation on the scale named by `scale`: base + Σ contributions[c][row] = link(predict)[row]. */
export interface Explanation {
  readonly scale: 'log_odds' | 'identity' | 'log';
  readonly base: number;
  /** Names in the order of `contributions`: columns of the matrix, or of {@link Estimator.spokenColumns}. */
  readonly columns: readonly string[];
  /** One array per column, one value per row. */
  readonly contributions: readonly Float64Array[];
}

/** One distribution per row of a matrix. */
export interface RowDistributions {
  readonly rows: number;
  /** P(target ≤ values[row]), one per row. */
  cdf(values: Float64Array): Float64Array;
  /** Quantiles at levels of each row's own: `levels` in (0, 1) and the answer are row-major rows × perRow, levels ascend within a row. */
  quantiles(levels: Float64Array, perRow: number): Float64Array;
}

export interface Estimator<Artefact extends { readonly kind: string }, Params> {
  /** Literal tag of the artefact, stable for ever: `logistic_regression`, `boosted_trees`, `bg_nbd`, … */
  readonly kind: Artefact['kind'];
  readonly tasks: readonly FitTask[];
  /** Checks an artefact when it is saved and when it is loaded, sizes and cross-references included. */
  readonly schema: z.ZodType<Artefact>;
  readonly defaults: Params;
  /** Columns that must be in the matrix, by name, with what they must hold (customer-base models). Absent: any columns. */
  readonly requiredColumns?: readonly string[];
  /** Columns that explanations name although nothing reads them: what readers understand and the required columns determine. */
  readonly spokenColumns?: readonly string[];
  /** Loads what `fit` needs and can only be had asynchronously (a numeric backend). Whoever fits awaits it first; predicting never needs it. */
  prepare?(): Promise<void>;
  /** Throws only `cancelled`, and `invalid_input` for a parameter out of its range. Finds its columns by name; never writes to its inputs. */
  fit(train: TrainingData, params: Params, context: FitContext): FitOutcome<Artefact>;
  /** `binary`: probability in [0, 1]. `amount`: expected amount ≥ 0. `duration`: median days > 0. `number`, `count`: expected value.
   * One value per row; `multiclass`: probabilities that sum to 1, row-major rows × classes. */
  predict(artefact: Artefact, x: Matrix): Float64Array;
  /** Quantiles of the target, levels in (0, 1) ascending; row-major rows × levels, non-decreasing within a row. */
  quantiles?(artefact: Artefact, x: Matrix, levels: readonly number[]): Float64Array;
  /** The distribution of every row's target, worked out once: its quantiles are those of {@link quantiles} where there are such. Undefined for an artefact that learned none (trees of a mean). */
  distribution?(artefact: Artefact, x: Matrix): RowDistributions | undefined;
  explain?(artefact: Artefact, x: Matrix): Explanation;
}
