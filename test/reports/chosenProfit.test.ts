/** The profit of a number of contacts that was chosen on the same customers, against what it earns among others. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { chooseCutoff } from '../../src/reports/chosenProfit.ts';
import { cutoffTable } from '../../src/training/diagnostics/tables.ts';

const ROWS = 600;

/** Many shops of 600 customers whose chances are known: what the report says of the best number beside what that number earns in truth. */
function shops(count: number, chance: (u: number) => number, value: number) {
  const economics = { value, cost: 2, success: 0.1 };
  return Array.from({ length: count }, (_, shop) => {
    const rng = seededRandom('shops', value, shop);
    const scores = Float64Array.from({ length: ROWS }, () => rng.next());
    const y = scores.map((score) => (rng.next() < chance(score) ? 1 : 0));
    const chosen = chooseCutoff(cutoffTable(y, scores), economics);
    if (chosen === undefined) return undefined;
    const taken = Array.from(scores).toSorted((a, b) => b - a).slice(0, chosen.rows);
    return { ...chosen, truth: taken.reduce((sum, score) => sum + chance(score) * economics.success * value - economics.cost, 0) };
  }).filter((one) => one !== undefined);
}
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe.each([
  ['scores that rank', (u: number) => 0.4 * u * u, 120],
  ['scores that say nothing, near the break-even', () => 0.2, 100],
] as const)('%s', (_, chance, value) => {
  const found = shops(150, chance, value);

  test('the profit as chosen is too good, the expected one is nearer to the truth', () => {
    expect(found.length).toBeGreaterThan(80);
    const [flattered, corrected] = [mean(found.map(({ profit, truth }) => profit - truth)), mean(found.map(({ expected, truth }) => expected - truth))];
    expect(flattered).toBeGreaterThan(0);
    expect(Math.abs(corrected)).toBeLessThan(0.6 * flattered);
  });

  test('the interval holds the truth as often as it says, and more often than one that does not know of the choice', () => {
    const share = (inside: (one: (typeof found)[number]) => boolean): number => found.filter(inside).length / found.length;
    const aware = share(({ truth, expectedLow, expectedHigh }) => truth >= expectedLow && truth <= expectedHigh);
    expect(aware).toBeGreaterThan(0.9);
    expect(aware).toBeGreaterThanOrEqual(share(({ truth, profitLow, profitHigh }) => truth >= profitLow && truth <= profitHigh) - 0.03);
  });
});

test('nobody to contact has nothing to correct; certain outcomes hardly anything', () => {
  const y = Float64Array.from({ length: 200 }, (_, i) => (i < 50 ? 1 : 0));
  const table = cutoffTable(y, y.map((_, i) => 1 - i / 200));
  expect(chooseCutoff(table, { value: 100, cost: 200, success: 0.1 })).toBeUndefined();
  const sure = chooseCutoff(table, { value: 100, cost: 2, success: 0.1 });
  expect(sure?.rows).toBe(50);
  expect(Math.abs((sure?.expected ?? 0) / 400 - 1)).toBeLessThan(0.05);
});
