/** The checks that every uplift learner must pass, written once: call `upliftContract(name, learner, makeTask)` in the learner's test file. */
import { describe, expect, test } from 'vitest';
import { takeRows, type Matrix } from '../../src/base/matrix.ts';
import { seededRandom } from '../../src/base/random.ts';
import { decodeArtefact, encodeArtefact } from '../../src/estimators/codec.ts';
import type { UpliftData, UpliftFit, UpliftLearner, UpliftParams } from '../../src/estimators/uplift/contract.ts';

export interface UpliftTask {
  readonly train: UpliftData;
  readonly params: UpliftParams;
  /** Largest difference of uplift that weight 2 in place of a repeated row may make. */
  readonly weightTolerance?: number;
}

const rowsOf = ({ x, y, treated, weights }: UpliftData, rows: readonly number[]): UpliftData => ({
  x: takeRows(x, rows),
  y: Float64Array.from(rows, (i) => y[i]),
  treated: Uint8Array.from(rows, (i) => treated[i]),
  ...(weights === undefined ? {} : { weights: Float64Array.from(rows, (i) => weights[i]) }),
});

const distance = (a: Float64Array, b: Float64Array): number => (a.length === b.length ? a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0) : Infinity);

export function upliftContract<Artefact extends { readonly kind: string }>(name: string, learner: UpliftLearner<Artefact>, makeTask: () => UpliftTask): void {
  describe(`${name} keeps the uplift contract`, () => {
    const { train, params, weightTolerance = 1e-6 } = makeTask();
    const fit = (data: UpliftData): UpliftFit<Artefact> => learner.fit(data, params, { rng: seededRandom(1) });
    const fitted = (data: UpliftData): Artefact => {
      const outcome = fit(data);
      if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
      return outcome.artefact;
    };
    const artefact = fitted(train);
    const bytes = encodeArtefact(artefact);
    const predicted = learner.predict(artefact, train.x);

    test('same seed, same artefact; inputs stay as they were; uplift is finite', () => {
      const before = structuredClone(train);
      expect(encodeArtefact(fitted(train))).toBe(bytes);
      learner.predict(artefact, train.x);
      expect(train).toEqual(before);
      expect(encodeArtefact(artefact)).toBe(bytes);
      expect(artefact.kind).toBe(learner.kind);
      expect(predicted.length).toBe(train.x.rows);
      expect(predicted.every(Number.isFinite)).toBe(true);
    });

    test('the order of rows and of columns does not matter', () => {
      const turned = Array.from(train.y.keys()).toReversed();
      expect(distance(learner.predict(fitted(rowsOf(train, turned)), train.x), predicted)).toBeLessThan(1e-9);
      const x: Matrix = { rows: train.x.rows, columns: train.x.columns.toReversed() };
      expect(distance(learner.predict(fitted({ ...train, x }), x), predicted)).toBeLessThan(1e-9);
    });

    test('weight 2 is the row twice', () => {
      const twice = Array.from(train.y.keys()).flatMap((i) => (i % 3 === 0 ? [i, i] : [i]));
      const weighted = fitted({ ...train, weights: train.y.map((_, i) => (i % 3 === 0 ? 2 : 1)) });
      expect(distance(learner.predict(weighted, train.x), learner.predict(fitted(rowsOf(train, twice)), train.x))).toBeLessThan(weightTolerance);
    });

    test('encode, decode, encode: equal bytes and equal uplift; damage is refused', () => {
      const decoded = decodeArtefact(bytes, learner.schema);
      expect(encodeArtefact(decoded)).toBe(bytes);
      expect(distance(learner.predict(decoded, train.x), predicted)).toBe(0);
      expect(learner.schema.safeParse({ ...artefact, kind: 'another' }).success).toBe(false);
      const broken = Object.keys(artefact).filter((key) => !learner.schema.safeParse({ ...artefact, [key]: { kind: 'logistic_regression' } }).success);
      expect(broken.length).toBeGreaterThanOrEqual(Object.keys(artefact).length);
    });

    test('a batch is its rows one by one, and no rows give none', () => {
      for (const i of [0, 7, train.x.rows - 1]) expect(learner.predict(artefact, takeRows(train.x, [i]))[0]).toBe(predicted[i]);
      expect(learner.predict(artefact, takeRows(train.x, [])).length).toBe(0);
    });

    test('values missing at predict, and categories never seen, have an answer', () => {
      const gone = { rows: train.x.rows, columns: train.x.columns.map((column) => ({ ...column, values: column.values.map(() => NaN) })) };
      const strange = { rows: train.x.rows, columns: train.x.columns.map((column) => (column.categories === undefined ? column : { ...column, categories: column.categories.map((one) => `${one} elsewhere`) })) };
      expect(learner.predict(artefact, gone).every(Number.isFinite)).toBe(true);
      expect(learner.predict(artefact, strange).every(Number.isFinite)).toBe(true);
    });

    const half = Array.from(train.y.keys());
    test.each([
      ['no rows', rowsOf(train, [])],
      ['nobody treated', { ...train, treated: new Uint8Array(train.y.length) }],
      ['few treated', rowsOf(train, half.filter((i) => train.treated[i] === 0 || i < 40))],
      ['a chance of treatment of 1', { ...train, propensity: new Float64Array(train.y.length).fill(1) }],
      ['an outcome that is no number', { ...train, y: train.y.map((v, i) => (i === 3 ? NaN : v)) }],
    ])('%s: a reason', (_, data) => {
      const outcome = fit(data);
      expect(outcome.ok).toBe(false);
      expect(outcome.ok ? '' : outcome.detail).toMatch(/\w{4}/);
    });

    test('nobody bought: hardly any uplift', () => {
      const outcome = fit({ ...train, y: new Float64Array(train.y.length) });
      const most = outcome.ok ? distance(learner.predict(outcome.artefact, train.x), new Float64Array(train.x.rows)) : 0;
      expect(most).toBeLessThan(1e-3);
    });

    test('a cancelled fit stops', () => {
      const controller = new AbortController();
      controller.abort();
      expect(() => learner.fit(train, params, { rng: seededRandom(1), signal: controller.signal })).toThrow(expect.objectContaining({ code: 'cancelled' }));
    });
  });
}
