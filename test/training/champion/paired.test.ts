/** Two versions on the same rows: what must hold of any rows, and known differences. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { Task } from '../../../src/estimators/contract.ts';
import type { Served } from '../../../src/estimators/serving.ts';
import { pairedError } from '../../../src/training/choice.ts';
import { paired } from '../../../src/training/champion/paired.ts';
import { verdictOf } from '../../../src/training/champion/verdict.ts';
import type { Dataset } from '../../../src/training/dataset.ts';
import { selectionLoss } from '../../../src/training/evaluation.ts';
import * as fc from '../../support/properties.ts';

interface Row {
  readonly customer: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
}

function dataOf(rows: readonly Row[]): Dataset {
  const column = (value: (row: Row) => number): Float64Array => Float64Array.from(rows, value);
  return { x: { rows: rows.length, columns: [] }, y: column(({ y }) => y), customerIds: column(({ customer }) => customer), period: new Int32Array(rows.length), cutoffs: ['2026-01-01'], overlapping: false };
}

const says = (rows: readonly Row[], which: 'a' | 'b'): Served => ({ prediction: Float64Array.from(rows, (row) => row[which]) });
const between = (task: Task, rows: readonly Row[]): ReturnType<typeof paired> => paired(task, dataOf(rows), says(rows, 'a'), says(rows, 'b'), { rng: seededRandom(1, 'test'), level: 0.95 });

const probability = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
const rowsOf = (task: Task): fc.Arbitrary<Row[]> => fc.array(fc.record({
  customer: fc.nat(12), y: task === 'binary' ? fc.nat(1) : fc.integer({ min: task === 'amount' ? 0 : 1, max: 60 }), a: task === 'binary' ? probability : fc.integer({ min: 1, max: 90 }), b: task === 'binary' ? probability : fc.integer({ min: 1, max: 90 }),
}), { minLength: 1, maxLength: 30 });

const TASKS: readonly Task[] = ['binary', 'amount', 'duration'];

test.each(TASKS)('%s: the numbers are the same to the last bit in any order of rows', (task) => {
  fc.assert(fc.property(rowsOf(task), fc.infiniteStream(fc.nat()), (rows, keys) => {
    const shuffled = rows.map((row) => ({ row, key: keys.next().value ?? 0 })).sort((p, q) => p.key - q.key).map(({ row }) => row);
    expect(between(task, shuffled)).toEqual(between(task, rows));
  }), { numRuns: 25 });
});

test.each(TASKS)('%s: a version against itself is no difference, and each way round is the other with its sign turned', (task) => {
  fc.assert(fc.property(rowsOf(task), (rows) => {
    const itself = between(task, rows.map((row) => ({ ...row, b: row.a })));
    expect(itself.loss).toMatchObject({ difference: 0, standardError: 0, low: 0, high: 0 });
    const { difference = 0, standardError = 0, low = 0, high = 0 } = itself.ranking ?? {};
    expect([difference, standardError, low, high]).toEqual([0, 0, 0, 0]);
    expect(verdictOf(itself)).toBe('even');
    const [there, back] = [between(task, rows), between(task, rows.map((row) => ({ ...row, a: row.b, b: row.a })))];
    expect(back.loss.difference).toBeCloseTo(-there.loss.difference, 12);
    expect(back.loss.standardError).toBeCloseTo(there.loss.standardError, 12);
  }), { numRuns: 25 });
});

function noisy(n: number, worse: number, seed: number): Row[] {
  const rng = seededRandom(seed, 'noisy');
  return Array.from({ length: n }, (_, customer) => {
    const z = rng.normal();
    const p = 1 / (1 + Math.exp(-z));
    const q = 1 / (1 + Math.exp(-(z + worse * rng.normal())));
    return { customer, y: rng.next() < p ? 1 : 0, a: p, b: q };
  });
}

test('with one row each the error is that of paired differences; copies of customers add no certainty', () => {
  const rows = noisy(300, 1, 4);
  const y = Float64Array.from(rows, (row) => row.y);
  const loss = (which: 'a' | 'b'): Float64Array => selectionLoss('binary', { y, predicted: says(rows, which).prediction });
  const once = between('binary', rows);
  expect(once.loss.standardError).toBeCloseTo(pairedError(loss('a'), loss('b')), 12);
  const twice = between('binary', rows.flatMap((row) => [row, row]));
  expect(twice).toMatchObject({ rows: 600, customers: 300 });
  expect(twice.loss.standardError).toBeCloseTo(once.loss.standardError, 12);
});

test('the truth against a blurred copy of it: better with many customers, not to be told with few', () => {
  expect(verdictOf(between('binary', noisy(2000, 1, 1)))).toBe('better');
  expect(verdictOf(between('binary', noisy(2000, 1, 1).map((row) => ({ ...row, a: row.b, b: row.a }))))).toBe('worse');
  expect(verdictOf(between('binary', noisy(12, 1, 2)))).toBe('even');
});

test('intervals hold as often as they say', () => {
  // The losses of a truth and of a copy blurred the same way in every world: half of all worlds tell what the other half should find.
  const worlds = Array.from({ length: 120 }, (_, i) => between('binary', noisy(150, 0.5, 100 + i)).loss);
  const truth = worlds.reduce((sum, { difference }) => sum + difference, 0) / worlds.length;
  const held = worlds.filter(({ low, high }) => low <= truth && truth <= high).length;
  expect(held).toBeGreaterThanOrEqual(104);
});

test('what is beyond chance and too small to matter is no clear difference; a gain in ranking with a loss of calibration is mixed', () => {
  const difference = (metric: string, champion: number, change: number, error: number) => ({ metric, champion, challenger: champion + change, difference: change, standardError: error, low: change - 2 * error, high: change + 2 * error });
  const many = { customers: 1000, rarer: 400 };
  const loss = (change: number, error = 1e-4) => difference('log_loss', 0.4, change, error);
  const ranking = (change: number, error = 1e-4) => difference('roc_auc', 0.7, change, error);
  expect(verdictOf({ ...many, loss: loss(0.0019), ranking: ranking(-0.0049) })).toBe('even');
  expect(verdictOf({ ...many, loss: loss(0.0021), ranking: ranking(0) })).toBe('worse');
  expect(verdictOf({ ...many, loss: loss(-0.0021), ranking: null })).toBe('better');
  expect(verdictOf({ ...many, loss: loss(0), ranking: ranking(0.02) })).toBe('better');
  expect(verdictOf({ ...many, loss: loss(0), ranking: ranking(-0.02) })).toBe('worse');
  expect(verdictOf({ ...many, loss: loss(0.02), ranking: ranking(0.02) })).toBe('mixed');
  expect(verdictOf({ ...many, loss: loss(0.02, 0.02), ranking: ranking(-0.02, 0.02) })).toBe('even');
  // Certain in appearance only: two errors that happen to be equal, or three customers who decide for a thousand.
  expect(verdictOf({ customers: 29, rarer: 12, loss: loss(-0.1), ranking: null })).toBe('even');
  expect(verdictOf({ customers: 1000, rarer: 9, loss: loss(-0.1), ranking: ranking(0.1) })).toBe('even');
  expect(verdictOf({ customers: 30, rarer: null, loss: loss(-0.1), ranking: null })).toBe('better');
});
