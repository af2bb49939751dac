/**
 * The checks that every estimator must pass, written once: call `estimatorContract(name, estimator, makeTask)` in the estimator's test file.
 * The task brings its own matrix, so estimators with required columns and domain constraints can supply rows that make sense to them.
 */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { takeRows, type Matrix } from '../../src/base/matrix.ts';
import { seededRandom } from '../../src/base/random.ts';
import { decodeArtefact, encodeArtefact } from '../../src/estimators/codec.ts';
import type { Estimator, FitOutcome, Task, TrainingData } from '../../src/estimators/contract.ts';

export interface ContractTask<Params> {
  readonly task: Task;
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

const RANGES: Readonly<Record<Task, (v: number) => boolean>> = {
  binary: (v) => v >= 0 && v <= 1,
  amount: (v) => v >= 0 && Number.isFinite(v),
  duration: (v) => v > 0 && Number.isFinite(v),
};

const LINKS = { log_odds: (p: number) => Math.log(p) - Math.log1p(-p), log: Math.log, identity: (v: number) => v } as const;

function rowsOf(train: TrainingData, rows: readonly number[]): TrainingData {
  const { x, y, weights, observed, period } = train;
  return {
    x: takeRows(x, rows),
    y: Float64Array.from(rows, (i) => y[i]),
    ...(weights === undefined ? {} : { weights: Float64Array.from(rows, (i) => weights[i]) }),
    ...(observed === undefined ? {} : { observed: Uint8Array.from(rows, (i) => observed[i]) }),
    ...(period === undefined ? {} : { period: Int32Array.from(rows, (i) => period[i]) }),
  };
}

const withValues = (x: Matrix, change: (values: Float64Array) => Float64Array): Matrix => ({ rows: x.rows, columns: x.columns.map(({ name, values }) => ({ name, values: change(values) })) });

export function estimatorContract<Artefact extends { readonly kind: string }, Params>(name: string, estimator: Estimator<Artefact, Params>, makeTask: () => ContractTask<Params>): void {
  const given = makeTask();
  const { task, params } = given;
  const fit = (train: TrainingData, seed = 1): FitOutcome<Artefact> => estimator.fit(train, params, { rng: seededRandom(seed) });
  const fitted = (train: TrainingData, seed = 1): Artefact => {
    const outcome = fit(train, seed);
    if (!outcome.ok) throw new Error(`${name} gave no model: ${outcome.reason}: ${outcome.detail}`);
    return outcome.artefact;
  };
  const expectInRange = (values: Float64Array, rows: number): void => {
    expect(values.length).toBe(rows);
    expect(Array.from(values).filter((v) => !RANGES[task](v))).toEqual([]);
  };
  const expectClose = (a: Float64Array, b: Float64Array, tolerance: number): void => {
    expect(a.length).toBe(b.length);
    for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i]), `row ${i}: ${a[i]} and ${b[i]}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(a[i])));
  };
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
      expectInRange(predicted, predictRows.rows);
    });

    test('the order of rows does not matter', () => {
      const rng = seededRandom('order');
      const order = Array.from(train.y.keys());
      for (let i = order.length - 1; i > 0; i--) {
        const j = rng.int(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      const other = fitted(rowsOf(train, order));
      const tolerance = given.rowOrderTolerance ?? 0;
      if (tolerance === 0) expect(encodeArtefact(other)).toBe(bytes);
      else expectClose(estimator.predict(other, predictRows), predicted, tolerance);
    });

    test('the order of columns does not matter', () => {
      const turned = (x: Matrix): Matrix => ({ rows: x.rows, columns: [...x.columns].reverse() });
      const other = fitted({ ...train, x: turned(train.x) });
      expect(encodeArtefact(other)).toBe(bytes);
      expectClose(estimator.predict(artefact, turned(predictRows)), predicted, 0);
    });

    test('weight 2 is the row twice', () => {
      const twice = Array.from(train.y.keys()).flatMap((i) => (i % 3 === 0 ? [i, i] : [i]));
      const weights = train.y.map((_, i) => (i % 3 === 0 ? 2 : 1));
      const weighted = estimator.predict(fitted({ ...train, weights }), predictRows);
      const repeated = estimator.predict(fitted(rowsOf(train, twice)), predictRows);
      expectClose(weighted, repeated, given.weightTolerance ?? 1e-6);
    });

    test('encode, decode, encode: equal bytes and equal predictions', () => {
      const decoded = decodeArtefact(bytes, estimator.schema);
      expect(encodeArtefact(decoded)).toBe(bytes);
      expectClose(estimator.predict(decoded, predictRows), predicted, 0);
    });

    test('an artefact of another kind, or with a field missing, is refused', () => {
      expect(estimator.schema.safeParse({ ...artefact, kind: 'something_else' }).success).toBe(false);
      const required = Object.keys(artefact).filter((key) => !estimator.schema.safeParse(Object.fromEntries(Object.entries(artefact).filter(([k]) => k !== key))).success);
      expect(required.length).toBeGreaterThanOrEqual(2);
    });

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
      const outcome = fit(data);
      if (outcome.ok) {
        encodeArtefact(outcome.artefact);
        expect(estimator.schema.safeParse(outcome.artefact).success).toBe(true);
        expectInRange(estimator.predict(outcome.artefact, predictRows), predictRows.rows);
      } else {
        expect(outcome.detail.length).toBeGreaterThan(5);
        expect(outcome.detail).not.toContain('NaN');
      }
    });

    test('no rows to predict give no predictions', () => {
      const none = takeRows(predictRows, []);
      expect(estimator.predict(artefact, none).length).toBe(0);
      expect(estimator.quantiles?.(artefact, none, [0.5]).length ?? 0).toBe(0);
    });

    test(`values missing at predict that never were at fit${given.neverMissing === undefined ? '' : ` (not checked: ${given.neverMissing})`}`, () => {
      if (given.neverMissing !== undefined) return;
      for (const gone of [...predictRows.columns.map(({ name }) => [name]), predictRows.columns.map(({ name }) => name)]) {
        const holes = { rows: predictRows.rows, columns: predictRows.columns.map(({ name, values }) => (gone.includes(name) ? { name, values: values.map(() => NaN) } : { name, values })) };
        expectInRange(estimator.predict(artefact, holes), predictRows.rows);
      }
    });

    test('a batch is its rows one by one', () => {
      const some = [0, 1, Math.floor(predictRows.rows / 2), predictRows.rows - 1];
      const single = Float64Array.from(some, (i) => estimator.predict(artefact, takeRows(predictRows, [i]))[0]);
      expectClose(single, Float64Array.from(some, (i) => predicted[i]), 0);
      if (estimator.quantiles !== undefined) {
        const all = estimator.quantiles(artefact, predictRows, [0.1, 0.9]);
        for (const i of some) expectClose(estimator.quantiles(artefact, takeRows(predictRows, [i]), [0.1, 0.9]), all.subarray(2 * i, 2 * i + 2), 0);
      }
      if (estimator.explain !== undefined) {
        const all = estimator.explain(artefact, predictRows);
        for (const i of some) {
          const one = estimator.explain(artefact, takeRows(predictRows, [i]));
          expectClose(Float64Array.from(one.contributions, (c) => c[0]), Float64Array.from(all.contributions, (c) => c[i]), 1e-12);
        }
      }
    });

    test('a column that is not there is named, not guessed', () => {
      const names = predictRows.columns.map(({ name }) => name);
      const without = (name: string): Matrix => ({ rows: predictRows.rows, columns: predictRows.columns.filter((column) => column.name !== name) });
      for (const name of names) {
        try {
          expectClose(estimator.predict(artefact, without(name)), predicted, 0);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          expect(error.message).toContain(name);
        }
      }
    });

    if (estimator.quantiles !== undefined) {
      test('quantiles ascend within a row and are finite', () => {
        const levels = [0.05, 0.1, 0.33, 0.5, 0.9, 0.97];
        const table = estimator.quantiles?.(artefact, predictRows, levels) ?? new Float64Array(0);
        expect(table.length).toBe(predictRows.rows * levels.length);
        for (let k = 0; k < table.length; k++) {
          expect(Number.isFinite(table[k])).toBe(true);
          if (k % levels.length > 0) expect(table[k]).toBeGreaterThanOrEqual(table[k - 1]);
        }
      });
    }

    if (estimator.explain !== undefined) {
      test('contributions add up to the prediction', () => {
        const explanation = estimator.explain?.(artefact, predictRows);
        if (explanation === undefined) throw new Error('no explanation');
        const names = new Set(predictRows.columns.map((column) => column.name));
        expect(explanation.columns.filter((column) => !names.has(column))).toEqual([]);
        expect(explanation.contributions.length).toBe(explanation.columns.length);
        const link = LINKS[explanation.scale];
        for (let i = 0; i < predictRows.rows; i++) {
          const sum = explanation.contributions.reduce((total, c) => total + c[i], explanation.base);
          expect(Math.abs(sum - link(predicted[i]))).toBeLessThanOrEqual((given.explanationTolerance ?? 1e-9) * Math.max(1, Math.abs(sum)));
        }
      });
    }

    test('a cancelled fit stops', () => {
      const controller = new AbortController();
      controller.abort();
      expect(() => estimator.fit(train, params, { rng: seededRandom(1), signal: controller.signal })).toThrow(expect.objectContaining({ code: 'cancelled' }));
    });
  });
}
