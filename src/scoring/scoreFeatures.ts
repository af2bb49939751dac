/**
 * The one function that scores: a model and a feature matrix in, calibrated predictions with intervals and reasons out. The nightly run and the
 * on-demand answer both call it, so they give the same numbers. Row i of everything belongs to row i of the matrix; nothing depends on other rows.
 */
import { takeRows } from '../base/matrix.ts';
import type { Matrix } from '../base/matrix.ts';
import type { LocalDate } from '../base/time.ts';
import { serve } from '../estimators/serving.ts';
import type { FeatureMatrix } from '../features/matrix.ts';
import { contributionsOf } from './contributions.ts';
import { modelMatrix } from './model.ts';
import type { LoadedHead, LoadedModel } from './model.ts';
import { agreeAcrossHorizons } from './monotone.ts';
import type { Trend } from './monotone.ts';
import { populationOf } from './population.ts';
import { reasonsOf } from './reasons.ts';
import type { FeatureWords, Reason } from './reasons.ts';

export interface Interval {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly level: number;
}

export interface HeadScores {
  readonly horizonDays: number;
  readonly task: LoadedHead['head']['task'];
  /** 1 where the head speaks of the row: the model's population, or less of it where that ends with the horizon. */
  readonly eligible: Uint8Array;
  /** 1 where the prediction is a finite number; a row of the population without one could not be scored. */
  readonly scored: Uint8Array;
  /** Calibrated probability, expected amount or median days; NaN outside of the population. */
  readonly prediction: Float64Array;
  /** 80 % and 50 % intervals of amounts and days. */
  readonly interval80?: Interval;
  readonly interval50?: Interval;
}

export interface ModelScores {
  readonly model: string;
  readonly version: number;
  /** 1 where the row belongs to the model's population. */
  readonly eligible: Uint8Array;
  /** In the order of the model's heads, the primary one first. */
  readonly heads: readonly HeadScores[];
  /** Reasons per row of the first head that speaks of it; empty outside of the population. */
  readonly reasons: readonly (readonly Reason[])[];
}

export interface ScoreOptions {
  /** Business day of the features' cut-off. */
  readonly asOf: LocalDate;
  readonly words: FeatureWords;
}

/** Which way predictions go as the horizon grows; days until an event, and renewals at an end that is the same for every horizon, have no such order. */
function trendOf(model: LoadedModel): Trend | undefined {
  const { kind } = model.content.target;
  return kind === 'no_order' ? 'falling' : kind === 'next_order' || kind === 'renewal' ? undefined : 'rising';
}

function spread(values: Float64Array | undefined, rows: Int32Array, total: number): Float64Array | undefined {
  if (values === undefined) return undefined;
  const out = new Float64Array(total).fill(Number.NaN);
  for (let i = 0; i < rows.length; i++) out[rows[i]] = values[i];
  return out;
}

interface RawHead {
  readonly head: LoadedHead;
  readonly prediction: Float64Array;
  readonly low80?: Float64Array;
  readonly high80?: Float64Array;
  readonly low50?: Float64Array;
  readonly high50?: Float64Array;
}

/** The ends of an interval never cross the prediction, also after horizons were made to agree. */
function around(prediction: Float64Array, low: Float64Array | undefined, high: Float64Array | undefined): void {
  for (let i = 0; i < prediction.length; i++) {
    if (low !== undefined && low[i] > prediction[i]) low[i] = prediction[i];
    if (high !== undefined && high[i] < prediction[i]) high[i] = prediction[i];
  }
}

function agree(raw: readonly RawHead[], trend: Trend | undefined): void {
  if (trend !== undefined) {
    const byHorizon = [...raw].sort((a, b) => a.head.head.horizonDays - b.head.head.horizonDays);
    for (const part of ['prediction', 'low80', 'high80', 'low50', 'high50'] as const) {
      const columns = byHorizon.map((one) => one[part]).filter((column) => column !== undefined);
      if (columns.length === raw.length) agreeAcrossHorizons(columns, trend);
    }
  }
  for (const { prediction, low80, high80, low50, high50 } of raw) {
    around(prediction, low50, high50);
    around(prediction, low80, high80);
  }
}

/** Arrays of our own, so that making horizons agree never writes into what an estimator returned. */
function predictHead(loaded: LoadedHead, x: Matrix, asOf: LocalDate): RawHead {
  const { head, estimator, artefact } = loaded;
  const { prediction, low80, high80, low50, high50 } = serve(estimator, head.task, artefact, head.serving, x, asOf);
  return {
    head: loaded, prediction: prediction.slice(),
    ...(low80 === undefined || high80 === undefined ? {} : { low80: low80.slice(), high80: high80.slice() }),
    ...(low50 === undefined || high50 === undefined ? {} : { low50: low50.slice(), high50: high50.slice() }),
  };
}

/** Writes the reasons of one head; `rows[i]` is where row i of `x` belongs. */
function headReasons(head: LoadedHead, x: Matrix, rows: Int32Array, words: FeatureWords, reasons: (readonly Reason[])[]): void {
  if (rows.length === 0) return;
  const { columns, values } = contributionsOf(head, x);
  const byName = new Map(x.columns.map((column) => [column.name, column.values]));
  const own = columns.map((name) => byName.get(name));
  const typical = columns.map((name) => head.head.typical[name] ?? Number.NaN);
  for (let i = 0; i < rows.length; i++) {
    reasons[rows[i]] = reasonsOf({ columns, contribution: (c) => values[c][i], value: (c) => own[c]?.[i] ?? Number.NaN, typical: (c) => typical[c] }, words);
  }
}

/** Each row is explained by the first head that speaks of it. `rows` are the rows of `x`, `masks` says for each head which of all rows it speaks of. */
function reasonsByRow(model: LoadedModel, x: Matrix, rows: Int32Array, masks: readonly Uint8Array[], total: number, words: FeatureWords): (readonly Reason[])[] {
  const reasons: (readonly Reason[])[] = Array.from({ length: total }, () => []);
  let open = Int32Array.from(rows.keys());
  model.heads.forEach((head, h) => {
    const own = open.filter((i) => masks[h][rows[i]] === 1);
    open = open.filter((i) => masks[h][rows[i]] === 0);
    headReasons(head, own.length === rows.length ? x : takeRows(x, own), own.map((i) => rows[i]), words, reasons);
  });
  return reasons;
}

function maskOf(rows: Int32Array, total: number): Uint8Array {
  const mask = new Uint8Array(total);
  for (const row of rows) mask[row] = 1;
  return mask;
}

/** @throws AppError `model_mismatch` naming the columns that the features do not have. */
export function scoreFeatures(model: LoadedModel, features: FeatureMatrix, options: ScoreOptions): ModelScores {
  const total = features.matrix.rows;
  const { population } = model.content;
  const rows = populationOf(population, features.matrix, model.name, Math.max(...model.heads.map(({ head }) => head.horizonDays)));
  const eligible = maskOf(rows, total);
  const narrow = population.some(({ belowHorizon }) => belowHorizon === true);
  const masks = model.heads.map(({ head }) => (narrow ? maskOf(populationOf(population, features.matrix, model.name, head.horizonDays), total) : eligible));
  const x = takeRows(modelMatrix(model, features.matrix), rows);
  const raw = model.heads.map((head) => predictHead(head, x, options.asOf));
  agree(raw, trendOf(model));
  const heads = raw.map(({ head, prediction, low80, high80, low50, high50 }, h): HeadScores => {
    const all = spread(prediction, rows, total) ?? new Float64Array();
    const interval = (low: Float64Array | undefined, high: Float64Array | undefined, level: number): Interval | undefined => {
      const [l, h] = [spread(low, rows, total), spread(high, rows, total)];
      return l === undefined || h === undefined ? undefined : { low: l, high: h, level };
    };
    const [interval80, interval50] = [interval(low80, high80, 0.8), interval(low50, high50, 0.5)];
    return {
      horizonDays: head.head.horizonDays, task: head.head.task, eligible: masks[h], scored: Uint8Array.from(all, (value) => (Number.isFinite(value) ? 1 : 0)), prediction: all,
      ...(interval80 === undefined ? {} : { interval80 }), ...(interval50 === undefined ? {} : { interval50 }),
    };
  });
  return { model: model.name, version: model.version, eligible, heads, reasons: reasonsByRow(model, x, rows, masks, total, options.words) };
}
