/** The two parts of an amount: whether anything is spent, and the logarithm of how much. Each is a model of its own, or one number where there is too little to learn from. */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { finite } from '../codec.ts';
import type { Explanation, FitContext, FitOutcome, TrainingData } from '../contract.ts';
import { linearFields, linearProblem } from '../linear/linearSchema.ts';
import { additiveExplanation, linearScores } from '../linear/linearTerms.ts';
import { logisticRegression } from '../linear/logisticRegression.ts';
import { fitRidge } from '../linear/ridge.ts';
import { refuse } from '../rows.ts';
import type { CanonicalOrder } from '../rows.ts';
import { boostedTrees } from '../trees/boostedTrees.ts';

const constant = z.object({ kind: z.literal('constant'), value: finite });
const logLinear = z.object({ kind: z.literal('log_linear'), ...linearFields }).superRefine((artefact, context) => {
  const message = linearProblem(artefact);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** A probability in [0, 1], or a classifier. */
export const chanceSchema = z.union([logisticRegression.schema, boostedTrees.schema, constant]);
export type ChancePart = z.infer<typeof chanceSchema>;

/** The logarithm of the amount given that something is spent: linear, boosted trees on the logarithm itself or with a log link, or one number. */
export const logAmountSchema = z.union([logLinear, boostedTrees.schema, constant]);
export type LogAmountPart = z.infer<typeof logAmountSchema>;

export type WeightedRows = TrainingData & { readonly weights: Float64Array };

/** Rows (by weight) that spent, below which the amount is one number for all. */
const LEAST_SPENDERS = 20;
/** Spenders below which trees would see too few large amounts to place them. */
export const BOOSTED_SPENDERS = 500;

/** Rows of an amount's fit. Members that sort by themselves take them as they lie; sums are taken in canonical order. */
export interface PartRows {
  readonly all: WeightedRows;
  /** Rows with an amount above 0, copied in canonical order. */
  readonly spenders: () => WeightedRows;
  /** Of all rows, in canonical order. */
  readonly y: Float64Array;
  readonly weights: Float64Array;
  /** Numbers of `all` in canonical order. */
  readonly ordered: (values: Float64Array) => Float64Array;
}

/** All rows of a fit, no column of them copied. */
export function wholeRows(train: TrainingData, order: CanonicalOrder): PartRows {
  const { y, weights, latestFrom, rows } = order;
  const latest = latestFrom === rows ? undefined : train.period?.reduce((a, b) => Math.max(a, b));
  return {
    all: {
      x: { rows, columns: order.columns }, y: train.y, weights: train.weights ?? new Float64Array(rows).fill(1),
      period: train.period === undefined || latest === undefined ? new Int32Array(rows) : train.period.map((period) => (period === latest ? 1 : 0)),
      ...(train.groups === undefined ? {} : { groups: train.groups }),
    },
    spenders: () => orderedRows(order, (row) => y[row] > 0),
    y, weights, ordered: order.take,
  };
}

/** The rows that `keep` marks (by their place in canonical order), copied. */
export function someRows(order: CanonicalOrder, keep: (row: number) => boolean): PartRows {
  const all = orderedRows(order, keep);
  return { all, spenders: () => orderedRows(order, (row) => keep(row) && order.y[row] > 0), y: all.y, weights: all.weights, ordered: (values) => values };
}

/** Training rows in canonical order with their weights; `keep` marks the rows that take part. */
export function orderedRows(order: CanonicalOrder, keep: (row: number) => boolean): WeightedRows {
  const rows = Int32Array.from(order.y.keys()).filter(keep);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]);
  return {
    x: { rows: rows.length, columns: order.columns.map((column) => ({ ...column, values: pick(order.take(column.values)) })) },
    y: pick(order.y),
    weights: pick(order.weights),
    // Two periods are enough to tell the latest from the others.
    period: Int32Array.from(rows, (i) => (i >= order.latestFrom ? 1 : 0)),
    ...(order.grouped ? { groups: pick(order.owners) } : {}),
  };
}

export function fitChance(train: WeightedRows, model: 'logistic' | 'boosted', context: FitContext): FitOutcome<ChancePart> {
  const y = train.y.map((v) => (v > 0 ? 1 : 0));
  if (y.every((v) => v === 1)) return { ok: true, artefact: { kind: 'constant', value: 1 }, report: {} };
  const own = { ...context, rng: context.rng.fork('probability') };
  return model === 'logistic' ? logisticRegression.fit({ ...train, y }, logisticRegression.defaults, own) : boostedTrees.fit({ ...train, y }, boostedTrees.defaults, own);
}

/** Ridge regression of ln y, or its weighted mean where there are few rows or no column varies. */
export function fitLogLinear({ x, y, weights }: WeightedRows, lambda: number, context: FitContext): FitOutcome<LogAmountPart> {
  const log = y.map(Math.log);
  let [sum, total] = [0, 0];
  log.forEach((v, i) => {
    sum += weights[i] * v;
    total += weights[i];
  });
  const linear = total >= LEAST_SPENDERS ? fitRidge(x, log, weights, { lambda, skewLimit: 2, clip: 6 }, context) : undefined;
  if (linear !== undefined) {
    return { ok: true, artefact: { kind: 'log_linear', columns: [...linear.columns], terms: [...linear.terms], clip: linear.clip, coefficients: linear.coefficients, intercept: linear.intercept }, report: {} };
  }
  return total > 0 ? { ok: true, artefact: { kind: 'constant', value: sum / total }, report: {} } : refuse('one_class', 'Nobody spent anything.');
}

/** Probability of any spend. */
export function chances(part: ChancePart, x: Matrix): Float64Array {
  if (part.kind === 'logistic_regression') return logisticRegression.predict(part, x);
  return part.kind === 'boosted_trees' ? boostedTrees.predict(part, x) : new Float64Array(x.rows).fill(part.value);
}

/** The logarithm of the amount; what trees say of it is brought to that scale. */
export function logAmounts(part: LogAmountPart, x: Matrix): Float64Array {
  if (part.kind === 'log_linear') return linearScores(part, x).map((v) => Math.min(v, 100));
  if (part.kind === 'constant') return new Float64Array(x.rows).fill(part.value);
  const predicted = boostedTrees.predict(part, x);
  return part.forest.link === 'exp' ? predicted.map(Math.log) : predicted;
}

type Additive = Omit<Explanation, 'scale'>;
const NOTHING = { columns: [], contributions: [] } as const;

export function explainChance(part: ChancePart, x: Matrix): Additive {
  if (part.kind === 'constant') return { base: Math.log(part.value) - Math.log1p(-part.value), ...NOTHING };
  const explained = part.kind === 'logistic_regression' ? logisticRegression.explain?.(part, x) : boostedTrees.explain?.(part, x);
  if (explained === undefined) throw new TypeError(`${part.kind} explains nothing`);
  return explained;
}

export function explainLogAmount(part: LogAmountPart, x: Matrix): Additive {
  if (part.kind === 'constant') return { base: part.value, ...NOTHING };
  if (part.kind === 'log_linear') return additiveExplanation(part, x);
  const explained = boostedTrees.explain?.(part, x);
  if (explained === undefined) throw new TypeError('boosted_trees explains nothing');
  return explained;
}
