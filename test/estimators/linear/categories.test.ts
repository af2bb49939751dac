import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { logisticRegression } from '../../../src/estimators/linear/index.ts';
import { PREPROCESSING } from '../../../src/estimators/preprocessing/params.ts';
import { prepare, type Prepared } from '../../../src/estimators/preprocessing/prepare.ts';
import type { CategoryTerm } from '../../../src/estimators/preprocessing/terms.ts';
import { rocAuc } from '../../../src/math/metrics/index.ts';
import { logit } from '../../../src/math/stats/index.ts';

const prepared = (values: Float64Array, categories: readonly string[], y: Float64Array, more: Partial<typeof PREPROCESSING> & { reference?: boolean } = {}): Prepared => {
  const { reference = false, ...params } = more;
  return prepare({ x: { rows: y.length, columns: [{ name: 'c', values, categories }] }, y }, { params: { ...PREPROCESSING, ...params }, target: (series) => ({ series: [series], link: logit }), reference, checkpoint: () => undefined });
};
const categoryTerms = ({ terms }: Prepared): CategoryTerm[] => terms.filter((term) => term.of === 'category');
const rng = seededRandom('categories');
const ROWS = 4000;

describe('few categories', () => {
  const codes = Float64Array.from({ length: 100 }, (_, i) => (i < 3 ? NaN : i < 7 ? 3 : i % 3));
  const y = codes.map((_, i) => i % 2);

  test('are one indicator each, rare ones pooled, missing ones flagged', () => {
    const found = prepared(codes, ['a', 'b', 'c', 'seldom', 'never'], y);
    expect(categoryTerms(found).map(({ levels, values, unseen }) => [levels, Array.from(values), unseen])).toEqual([[['a'], [1], 0], [['b'], [1], 0], [['c'], [1], 0], [['a', 'b', 'c'], [0, 0, 0], 1]]);
    expect(found.terms[0]).toMatchObject({ of: 'missing' });
  });

  test('without a penalty the commonest is the reference; two need one indicator only', () => {
    const found = categoryTerms(prepared(codes.map((v) => (v === 3 ? 0 : v)), ['a', 'b', 'c', 'seldom'], y, { reference: true }));
    expect(found.map(({ levels }) => levels[0])).toEqual(['b', 'c']);
    expect(categoryTerms(prepared(codes.map((_, i) => (i < 30 ? 0 : 1)), ['no', 'yes'], y)).map(({ levels }) => levels)).toEqual([['no']]);
  });
});

describe('many categories', () => {
  const names = Array.from({ length: 200 }, (_, k) => `n${k}`);
  const codes = Float64Array.from({ length: ROWS }, () => rng.int(200));

  test('become target and frequency, and the artefact knows the shrunk mean of all rows', () => {
    const y = codes.map((code) => (rng.next() < 0.2 + 0.6 * (code % 2) ? 1 : 0));
    const found = categoryTerms(prepared(codes, names, y, { rareRows: 1 }));
    expect(found.map(({ how }) => how)).toEqual(['frequency', 'target']);
    const of = (code: number): number => {
      let [hits, rows] = [0, 0];
      codes.forEach((one, i) => {
        rows += one === code ? 1 : 0;
        hits += one === code ? y[i] : 0;
      });
      const prior = y.reduce((sum, v) => sum + v, 0) / ROWS;
      return logit((hits + 20 * prior) / (rows + 20));
    };
    const target = found[1];
    for (const code of [0, 1, 57]) expect(target.values[target.levels.indexOf(names[code])]).toBeCloseTo(of(code), 12);
    expect(target.unseen).toBeCloseTo(logit(y.reduce((sum, v) => sum + v, 0) / ROWS), 12);
    expect(target.missing).toBe(target.unseen);
  });

  test('do not leak: pure noise stays noise in the rows that were learned from', () => {
    const noise = Float64Array.from({ length: ROWS }, () => (rng.next() < 0.3 ? 1 : 0));
    const crowd = Float64Array.from({ length: ROWS }, () => rng.int(800));
    const found = prepared(crowd, Array.from({ length: 800 }, (_, k) => `k${k}`), noise, { rareRows: 1 });
    const column = found.design.columns[found.terms.findIndex((term) => term.of === 'category' && term.how === 'target')];
    if (!(column instanceof Float64Array)) throw new Error('a target encoding is a number per row');
    // An encoding that had seen its own row would reach an AUC of about .8 here.
    expect(Math.abs((rocAuc(found.y, column) ?? 0) - 0.5)).toBeLessThan(0.03);
  });

  test('what is held out teaches nothing', () => {
    const y = codes.map((code) => (rng.next() < 0.2 + 0.6 * (code % 2) ? 1 : 0));
    const found = prepared(codes, names, y, { rareRows: 1 });
    const include = Uint8Array.from({ length: ROWS }, (_, i) => (i % 4 === 0 ? 0 : 1));
    // The targets of the held-out rows turned round: nothing may change. Canonical order depends on y, so they are turned in place.
    const before = found.designFrom(include).columns.map((column) => (column instanceof Float64Array ? column : Float64Array.from(column.codes, (code) => column.table[code])));
    for (let i = 0; i < ROWS; i += 4) found.y[i] = 1 - found.y[i];
    const after = found.designFrom(include).columns.map((column) => (column instanceof Float64Array ? column : Float64Array.from(column.codes, (code) => column.table[code])));
    expect(after).toEqual(before);
  });

  test('help a model where they matter, also for categories that come later', () => {
    const y = codes.map((code) => (rng.next() < 0.1 + 0.8 * ((code * 7) % 10) / 10 ? 1 : 0));
    const half = (from: number) => ({ rows: ROWS / 2, columns: [{ name: 'c', values: codes.slice(from, from + ROWS / 2), categories: names }] });
    const outcome = logisticRegression.fit({ x: half(0), y: y.slice(0, ROWS / 2) }, { ...logisticRegression.defaults, rareRows: 1 }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    expect(rocAuc(y.slice(ROWS / 2), logisticRegression.predict(outcome.artefact, half(ROWS / 2)))).toBeGreaterThan(0.7);
    const other = logisticRegression.predict(outcome.artefact, { rows: 2, columns: [{ name: 'c', values: Float64Array.of(0, NaN), categories: ['somewhere new'] }] });
    expect(other[0]).toBeGreaterThan(0.3);
    expect(other[0]).toBeLessThan(0.65);
    expect(() => logisticRegression.predict(outcome.artefact, { rows: 1, columns: [{ name: 'c', values: Float64Array.of(3) }] })).toThrow(expect.objectContaining({ code: 'model_mismatch' }));
  });
});
