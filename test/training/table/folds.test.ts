/** Golden folds: scikit-learn 1.9.1, StratifiedKFold(5, shuffle=True, random_state=42) and KFold(5, shuffle=True, random_state=7) on 53 rows. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { foldsOf, groupedFolds, plainFolds, stratifiedFolds, timeCut } from '../../../src/training/table/folds.ts';

describe('folds', () => {
  test('are those of scikit-learn, row for row', () => {
    const y = Array.from({ length: 53 }, (_, i) => ((i * 7919) % 13) % 3);
    expect([...stratifiedFolds(y, 5, 42)]).toEqual([0, 2, 2, 4, 4, 0, 3, 1, 0, 3, 0, 1, 1, 1, 4, 3, 2, 1, 2, 0, 1, 4, 0, 3, 3, 3, 3, 2, 2, 0, 1, 1, 2, 2, 4, 2, 3, 0, 4, 2, 0, 0, 1, 1, 4, 2, 4, 3, 3, 4, 4, 0, 1]);
    expect([...plainFolds(53, 5, 7)]).toEqual([3, 0, 2, 4, 4, 2, 3, 3, 3, 1, 0, 3, 2, 1, 4, 0, 2, 1, 0, 4, 1, 2, 0, 4, 2, 4, 3, 0, 4, 0, 0, 2, 0, 1, 0, 2, 1, 1, 3, 4, 0, 1, 3, 2, 1, 2, 1, 4, 2, 1, 3, 3, 4]);
  });
  test('no group straddles two, and folds are about even', () => {
    const groups = Array.from({ length: 400 }, (_, i) => Math.floor((i * i) / 700) % 41);
    const fold = groupedFolds(groups, 5, seededRandom(1));
    const of = new Map<number, Set<number>>();
    groups.forEach((group, i) => of.set(group, (of.get(group) ?? new Set()).add(fold[i])));
    expect([...of.values()].every((set) => set.size === 1)).toBe(true);
    const sizes = [0, 1, 2, 3, 4].map((f) => fold.filter((one) => one === f).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(30);
  });
  test('every row is tested once', () => {
    const rows = Int32Array.from({ length: 20 }, (_, i) => i + 100);
    const folds = foldsOf(rows, plainFolds(20, 3, 1), 3);
    expect(folds.flatMap(({ test: tested }) => [...tested]).sort((a, b) => a - b)).toEqual([...rows]);
    expect(folds.every(({ train, test: tested }) => train.length + tested.length === 20)).toBe(true);
  });
  test('time is cut between two instants', () => {
    const time = Float64Array.from([5, 1, 1, 2, 2, 2, 3, 4, 5, 5]);
    const { train, test: tested } = timeCut(Int32Array.from(time.keys()), time, 0.2);
    expect(Math.max(...Array.from(train, (row) => time[row]))).toBeLessThan(Math.min(...Array.from(tested, (row) => time[row])));
    expect(tested.length).toBe(3);
  });
});
