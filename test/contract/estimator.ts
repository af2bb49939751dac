/**
 * The checks that every estimator must pass, written once: call `estimatorContract(name, estimator, makeTask)` in the estimator's test file.
 * The task brings its own matrix, so estimators with required columns and domain constraints can supply rows that make sense to them.
 */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { takeRows, type Column, type Matrix } from '../../src/base/matrix.ts';
import { seededRandom } from '../../src/base/random.ts';
import { decodeArtefact, encodeArtefact } from '../../src/estimators/codec.ts';
import type { Estimator, FitOutcome, FitTask, TrainingData } from '../../src/estimators/contract.ts';

export interface ContractTask<Params> {
  readonly task: FitTask;
  /** Of `multiclass`: predictions per row. */
  readonly classes?: number;
  readonly train: TrainingData;
  readonly params: Params;
  /** Rows to predict; the training rows unless given. */
  readonly test?: Matrix;
  /** Relative difference of predictions that another order of rows or a weight for repeated rows may cause: 0 asks for equal artefact bytes from any row order. */
  readonly rowOrderTolerance?: number;
  readonly weightTolerance?: number;
  /** A reason why values may not be missing at predict, where a model has no answer for them. */
  readonly neverMissing?: string;
  /** Largest gap between base + Σ contributions and the link of the prediction; 1e-9 unless given. */
  readonly explanationTolerance?: number;
}

const RANGES: Readonly<Record<FitTask, (v: number) => boolean>> = {
  binary: (v) => v >= 0 && v <= 1,
  amount: (v) => v >= 0 && Number.isFinite(v),
  duration: (v) => v > 0 && Number.isFinite(v),
  multiclass: (v) => v >= 0 && v <= 1,
  number: Number.isFinite,
  count: (v) => v >= 0 && Number.isFinite(v),
};

const LINKS = { log_odds: (p: number) => Math.log(p) - Math.log1p(-p), log: Math.log, identity: (v: number) => v } as const;

function rowsOf(train: TrainingData, rows: readonly number[]): TrainingData {
  const { x, y, weights, observed, period, groups } = train;
  return {
    x: takeRows(x, rows),
    y: Float64Array.from(rows, (i) => y[i]),
    ...(weights === undefined ? {} : { weights: Float64Array.from(rows, (i) => weights[i]) }),
    ...(observed === undefined ? {} : { observed: Uint8Array.from(rows, (i) => observed[i]) }),
    ...(period === undefined ? {} : { period: Int32Array.from(rows, (i) => period[i]) }),
    ...(groups === undefined ? {} : { groups: Float64Array.from(rows, (i) => groups[i]) }),
  };
}

const withValues = (x: Matrix, change: (values: Float64Array) => Float64Array): Matrix => ({ rows: x.rows, columns: x.columns.map((column) => ({ ...column, values: change(column.values) })) });

/** The same names under other codes: categories turned round, with one more that no row has. */
const recoded = (x: Matrix): Matrix => ({
  rows: x.rows,
  columns: x.columns.map((column): Column => {
    const { name, values, categories } = column;
    return categories === undefined ? column : { name, values: values.map((code) => categories.length - code), categories: ['nobody has this', ...categories.toReversed()] };
  }),
});

/** Largest difference relative to 1 or the value; infinite when the lengths differ. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(a[i])));
  return most;
}

export function estimatorContract<Artefact extends { readonly kind: string }, Params>(name: string, estimator: Estimator<Artefact, Params>, makeTask: () => ContractTask<Params>): void {
  const given = makeTask();
  const { task, params } = given;
  const width = given.classes ?? 1;
  const fit = (train: TrainingData, seed = 1): FitOutcome<Artefact> => estimator.fit(train, params, { rng: seededRandom(seed) });
  const fitted = (train: TrainingData, seed = 1): Artefact => {
    const outcome = fit(train, seed);
    if (!outcome.ok) throw new Error(`${name} gave no model: ${outcome.reason}: ${outcome.detail}`);
    return outcome.artefact;
  };
  /** What is wrong with predictions of `rows` rows; empty when nothing is. */
  const outOfRange = (values: Float64Array, rows: number): (string | number)[] =>
    values.length === rows * width ? Array.from(values).filter((v) => !RANGES[task](v)) : [`${values.length} values for ${rows} rows`];
  const predictRows = given.test ?? given.train.x;

  describe(`${name} keeps the estimator contract`, () => {
    const train = given.train;
    const artefact = fitted(train);
    const bytes = encodeArtefact(artefact);
    const predicted = estimator.predict(artefact, predictRows);

    test('the task is one that it says it does, and its columns are there', () => {
      expect(estimator.tasks).toContain(task);
      const names = train.x.columns.map((column) => column.name);
      expect((estimator.requiredColumns ?? []).filter((column) => !names.includes(column))).toEqual([]);
      expect(artefact.kind).toBe(estimator.kind);
    });

    test('same seed, same artefact', () => {
      expect(encodeArtefact(fitted(makeTask().train))).toBe(bytes);
    });

    test('inputs stay as they were', () => {
      const before = structuredClone(train);
      const rowsBefore = structuredClone(predictRows);
      fit(train);
      estimator.predict(artefact, predictRows);
      estimator.quantiles?.(artefact, predictRows, [0.1, 0.9]);
      estimator.explain?.(artefact, predictRows);
      expect(train).toEqual(before);
      expect(predictRows).toEqual(rowsBefore);
      expect(encodeArtefact(artefact)).toBe(bytes);
    });

    test('the report and the predictions are finite and in range', () => {
      const outcome = fit(train);
      if (!outcome.ok) throw new Error(outcome.detail);
      expect(Object.entries(outcome.report).filter(([, v]) => (Array.isArray(v) ? !v.every(Number.isFinite) : typeof v === 'number' && !Number.isFinite(v)))).toEqual([]);
      expect(outOfRange(predicted, predictRows.rows)).toEqual([]);
    });

    test('the order of rows does not matter', () => {
      const rng = seededRandom('order');
      const order = Array.from(train.y.keys());
      for (let i = order.length - 1; i > 0; i--) {
        const j = rng.int(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      const tolerance = given.rowOrderTolerance ?? 0;
      // Alone, and as the rows of customers who come back in a second period.
      const owned = { ...train, period: Int32Array.from(train.y, (_, i) => (2 * i < train.y.length ? 0 : 1)), groups: Float64Array.from(train.y, (_, i) => i % Math.ceil(train.y.length / 2)) };
      for (const rows of [train, owned]) {
        const [one, other] = [rows === train ? artefact : fitted(rows), fitted(rowsOf(rows, order))];
        expect(tolerance > 0 || encodeArtefact(other) === encodeArtefact(one)).toBe(true);
        expect(distance(estimator.predict(other, predictRows), estimator.predict(one, predictRows))).toBeLessThanOrEqual(tolerance);
      }
    });

    test('the order of columns does not matter', () => {
      const turned = (x: Matrix): Matrix => ({ rows: x.rows, columns: x.columns.toReversed() });
      const other = fitted({ ...train, x: turned(train.x) });
      expect(encodeArtefact(other)).toBe(bytes);
      expect(distance(estimator.predict(artefact, turned(predictRows)), predicted)).toBe(0);
    });

    test('weight 2 is the row twice', () => {
      const twice = Array.from(train.y.keys()).flatMap((i) => (i % 3 === 0 ? [i, i] : [i]));
      const weights = train.y.map((_, i) => (i % 3 === 0 ? 2 : 1));
      const weighted = estimator.predict(fitted({ ...train, weights }), predictRows);
      const repeated = estimator.predict(fitted(rowsOf(train, twice)), predictRows);
      expect(distance(weighted, repeated)).toBeLessThanOrEqual(given.weightTolerance ?? 1e-6);
    });

    test('encode, decode, encode: equal bytes and equal predictions', () => {
      const decoded = decodeArtefact(bytes, estimator.schema);
      expect(encodeArtefact(decoded)).toBe(bytes);
      expect(distance(estimator.predict(decoded, predictRows), predicted)).toBe(0);
    });

    test('an artefact of another kind, or with a field missing, is refused', () => {
      expect(estimator.schema.safeParse({ ...artefact, kind: 'something_else' }).success).toBe(false);
      const required = Object.keys(artefact).filter((key) => !estimator.schema.safeParse(Object.fromEntries(Object.entries(artefact).filter(([k]) => k !== key))).success);
      expect(required.length).toBeGreaterThanOrEqual(2);
    });

    /** What is wrong with an outcome on data that need not give a model. */
    const problemsOf = (outcome: FitOutcome<Artefact>): (string | number)[] => {
      if (!outcome.ok) return outcome.detail.length > 5 && !outcome.detail.includes('NaN') ? [] : [`reason without an explanation: ${outcome.detail}`];
      encodeArtefact(outcome.artefact);
      if (!estimator.schema.safeParse(outcome.artefact).success) return ['the artefact does not fit its schema'];
      return outOfRange(estimator.predict(outcome.artefact, predictRows), predictRows.rows);
    };
    const target = task === 'duration' ? 1 : 0;
    const degenerate: readonly (readonly [string, TrainingData])[] = [
      ['no rows', rowsOf(train, [])],
      ['one row', rowsOf(train, [0])],
      ['two rows', rowsOf(train, [0, 1])],
      ['one class', { ...train, y: new Float64Array(train.y.length).fill(target) }],
      ['constant columns', { ...train, x: withValues(train.x, (values) => new Float64Array(values.length).fill(values.find((v) => !Number.isNaN(v)) ?? 0)) }],
      ['all-missing columns', { ...train, x: withValues(train.x, (values) => new Float64Array(values.length).fill(NaN)) }],
    ];
    test.each(degenerate)('%s: a result or a reason', (_, data) => {
      expect(problemsOf(fit(data))).toEqual([]);
    });

    test('no rows to predict give no predictions', () => {
      const none = takeRows(predictRows, []);
      expect(estimator.predict(artefact, none).length).toBe(0);
      expect(estimator.quantiles?.(artefact, none, [0.5]).length ?? 0).toBe(0);
    });

    const holes = given.neverMissing === undefined ? '' : ` (not checked: ${given.neverMissing})`;
    test.skipIf(given.neverMissing !== undefined)(`values missing at predict that never were at fit${holes}`, () => {
      const names = predictRows.columns.map(({ name }) => name);
      const broken = [...names.map((name) => [name]), names].filter((gone) => {
        const columns = predictRows.columns.map((column) => (gone.includes(column.name) ? { ...column, values: column.values.map(() => NaN) } : column));
        return outOfRange(estimator.predict(artefact, { rows: predictRows.rows, columns }), predictRows.rows).length > 0;
      });
      expect(broken).toEqual([]);
    });

    const some = [0, 1, Math.floor(predictRows.rows / 2), predictRows.rows - 1];
    test('a batch is its rows one by one', () => {
      const single = some.flatMap((i) => Array.from(estimator.predict(artefact, takeRows(predictRows, [i]))));
      expect(distance(single, some.flatMap((i) => Array.from(predicted.subarray(i * width, (i + 1) * width))))).toBe(0);
    });

    test.runIf(width > 1)('probabilities of a row sum to 1', () => {
      const sums = Float64Array.from({ length: predictRows.rows }, (_, i) => predicted.subarray(i * width, (i + 1) * width).reduce((sum, p) => sum + p, 0));
      expect(distance(sums, new Float64Array(predictRows.rows).fill(1))).toBeLessThan(1e-12);
    });

    const categorical = predictRows.columns.filter((column) => column.categories !== undefined).map(({ name }) => name);
    test.runIf(categorical.length > 0)('categories go by their names, and one that was never seen has an answer', () => {
      expect(encodeArtefact(fitted({ ...train, x: recoded(train.x) }))).toBe(bytes);
      expect(distance(estimator.predict(artefact, recoded(predictRows)), predicted)).toBe(0);
      const strange = { rows: predictRows.rows, columns: predictRows.columns.map((column) => (column.categories === undefined ? column : { ...column, categories: column.categories.map((one) => `${one} of another kind`) })) };
      expect(outOfRange(estimator.predict(artefact, strange), predictRows.rows)).toEqual([]);
    });

    test('a column that is not there is named, or is not needed', () => {
      const answers = predictRows.columns.map(({ name }) => {
        try {
          const without = { rows: predictRows.rows, columns: predictRows.columns.filter((column) => column.name !== name) };
          return distance(estimator.predict(artefact, without), predicted) === 0;
        } catch (error) {
          return error instanceof AppError && error.message.includes(name);
        }
      });
      expect(answers).toEqual(predictRows.columns.map(() => true));
    });

    const quantiles = (x: Matrix, levels: readonly number[]): Float64Array => estimator.quantiles?.(artefact, x, levels) ?? new Float64Array(0);
    test.runIf(estimator.quantiles !== undefined)('quantiles are finite, ascend within a row, and a batch is its rows one by one', () => {
      const levels = [0.05, 0.1, 0.33, 0.5, 0.9, 0.97];
      const table = quantiles(predictRows, levels);
      expect(table.length).toBe(predictRows.rows * levels.length);
      expect(table.every(Number.isFinite)).toBe(true);
      expect(Array.from(table.keys()).filter((k) => k % levels.length > 0 && table[k] < table[k - 1])).toEqual([]);
      for (const i of some) expect(distance(quantiles(takeRows(predictRows, [i]), levels), table.subarray(levels.length * i, levels.length * (i + 1)))).toBe(0);
    });

    test.runIf(estimator.distribution?.(artefact, predictRows) !== undefined)('the distribution has the quantiles, and its levels and values undo each other', () => {
      const distribution = estimator.distribution?.(artefact, predictRows);
      if (distribution === undefined) throw new Error('no distribution');
      const levels = [0.1, 0.45, 0.8];
      const own = Float64Array.from({ length: 3 * predictRows.rows }, (_, i) => levels[i % 3]);
      const values = distribution.quantiles(own, 3);
      expect(values.every((value, i) => Number.isFinite(value) && (i % 3 === 0 || value >= values[i - 1]))).toBe(true);
      expect(distance(values, estimator.quantiles === undefined ? values : quantiles(predictRows, levels))).toBeLessThanOrEqual(1e-9);
      for (let k = 0; k < 3; k++) {
        const back = distribution.cdf(Float64Array.from({ length: predictRows.rows }, (_, row) => values[3 * row + k]));
        // A value that many share (an amount of 0) has all levels up to its own.
        expect(Array.from(back.keys()).filter((row) => (values[3 * row + k] === 0 ? back[row] < levels[k] - 1e-9 : Math.abs(back[row] - levels[k]) > 1e-6))).toEqual([]);
      }
    });

    test.runIf(estimator.explain !== undefined && task !== 'multiclass')('contributions add up to the prediction, and a batch is its rows one by one', () => {
      const explanation = estimator.explain?.(artefact, predictRows);
      if (explanation === undefined) throw new Error('no explanation');
      const names = new Set([...predictRows.columns.map((column) => column.name), ...(estimator.spokenColumns ?? [])]);
      expect(explanation.columns.filter((column) => !names.has(column))).toEqual([]);
      expect(explanation.contributions.length).toBe(explanation.columns.length);
      const link = LINKS[explanation.scale];
      const sums = Float64Array.from(predicted, (_, i) => explanation.contributions.reduce((total, c) => total + c[i], explanation.base));
      expect(distance(sums, predicted.map(link))).toBeLessThanOrEqual(given.explanationTolerance ?? 1e-9);
      for (const i of some) {
        const one = estimator.explain?.(artefact, takeRows(predictRows, [i])).contributions.map((c) => c[0]) ?? [];
        expect(distance(one, explanation.contributions.map((c) => c[i]))).toBeLessThanOrEqual(1e-12);
      }
    });

    test('a cancelled fit stops', () => {
      const controller = new AbortController();
      controller.abort();
      expect(() => estimator.fit(train, params, { rng: seededRandom(1), signal: controller.signal })).toThrow(expect.objectContaining({ code: 'cancelled' }));
    });
  });
}
