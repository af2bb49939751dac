import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { calibrateUplift, effectAt } from '../../../src/estimators/uplift/index.ts';
import { covariateColumn, upliftMatrix } from '../../../src/estimators/uplift/matrix.ts';

/** y = 2 + r + (0.3 + 0.8·s)·t + noise that grows with s. */
function drawn(n: number, seed: number) {
  const rng = seededRandom('calibrate', seed);
  const rows = { y: new Float64Array(n), treated: new Uint8Array(n), chance: 0.7, score: new Float64Array(n), response: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    rows.score[i] = rng.normal();
    rows.response[i] = rng.normal();
    rows.treated[i] = rng.next() < 0.7 ? 1 : 0;
    rows.y[i] = 2 + rows.response[i] + (0.3 + 0.8 * rows.score[i]) * rows.treated[i] + (1 + Math.abs(rows.score[i])) * rng.normal();
  }
  return rows;
}

describe('effects from scores', () => {
  test('come back with intervals that cover as often as they say', () => {
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const found = calibrateUplift(drawn(600, seed));
      if (found === undefined) throw new Error('no calibration');
      for (const s of [-1, 0, 1]) {
        const { low, high, effect } = effectAt(found, s, 0.9);
        expect(low < effect && effect < high).toBe(true);
        if (low <= 0.3 + 0.8 * s && 0.3 + 0.8 * s <= high) covered++;
      }
    }
    // 600 intervals at 90 %, three to a draw: 0.9 ± 3 standard errors.
    expect(covered / 600).toBeGreaterThan(0.85);
    expect(covered / 600).toBeLessThan(0.95);
  });

  test('are right with many rows, whatever the scale of the score', () => {
    const rows = drawn(40_000, 1);
    const [plain, scaled] = [calibrateUplift(rows), calibrateUplift({ ...rows, score: rows.score.map((s) => 1e-4 * s + 7) })];
    expect(plain?.slope).toBeCloseTo(0.8, 1);
    expect(plain?.effect).toBeCloseTo(0.3, 1);
    expect(scaled === undefined ? 0 : effectAt(scaled, 7 + 1e-4, 0.9).effect).toBeCloseTo(plain === undefined ? 1 : effectAt(plain, 1, 0.9).effect, 6);
    expect(plain === undefined ? 0 : effectAt(plain, 99, 0.9)).toEqual(plain === undefined ? 1 : effectAt(plain, plain.highest, 0.9));
  });

  test('are none where every score is the same', () => {
    const rows = drawn(100, 1);
    expect(calibrateUplift({ ...rows, score: new Float64Array(100) })).toBeUndefined();
    expect(calibrateUplift({ ...rows, score: rows.score.slice(0, 5) })).toBeUndefined();
  });
});

test('columns: texts that training did not see are a category of their own, missing ones are missing', () => {
  const known = [{ town: '北京', age: '31' }, { town: 'Mars', age: true }, { age: ' ' }];
  const { columns } = upliftMatrix([covariateColumn('town', ['上海', '北京']), covariateColumn('age')], 3, () => new Float64Array(3), (row, name) => (known[row] as Record<string, unknown>)[name]);
  expect(columns.map(({ name, values }) => [name, ...values])).toEqual([['given:town', 1, 2, Number.NaN], ['given:age', 31, 1, Number.NaN]]);
  expect(columns[0].categories).toHaveLength(3);
});
