import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { Column } from '../../../src/base/matrix.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { fitGroups } from '../../../src/estimators/repurchaseCycle/groups.ts';
import { personalCycles, repurchaseCycle } from '../../../src/estimators/repurchaseCycle/index.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { rowsAt, simulateShop, stack } from '../../support/renewalShop.ts';

const NAMES = ['coffee', 'shoes', 'rare'];

/** Two kinds of customers, one order round in 20 days and one in 80, and a handful of a third kind; rows at two cut-offs. */
function shop(customers: number, seed: number): TrainingData {
  const parts = [[20, 0.45], [80, 0.5], [20, 0.05]].map(([cycleDays, share], g) =>
    simulateShop({ seed: 10 * seed + g, customers: Math.round(share * customers), family: 'gamma', cycleDays, cycleSpread: 0.4, cv: [0.5, 1], dropOut: 0.04, arrivalDays: 400 }));
  const sets = [300, 420].map((cutoff) => parts.map((part) => rowsAt(part, cutoff, 120)));
  const rows = stack(sets.flat());
  const group = Float64Array.from(sets.flatMap((set) => set.flatMap((part, g) => Array.from({ length: part.x.rows }, () => g))));
  const period = Int32Array.from(sets.flatMap((set, p) => set.flatMap((part) => Array.from({ length: part.x.rows }, () => p))));
  return { ...rows, x: { rows: rows.x.rows, columns: [...rows.x.columns, { name: 'category', values: group, categories: NAMES }] }, period };
}

estimatorContract('repurchase_cycle, by category', repurchaseCycle, () => ({ task: 'duration', train: shop(150, 1), params: { ...repurchaseCycle.defaults, groupColumn: 'category' }, weightTolerance: 1e-6 }));

describe('groups', () => {
  const { x } = shop(600, 2);
  const category = x.columns.find(({ name }) => name === 'category') as Column;

  test('ratios are those of the typical gaps; small groups lean to the shop', () => {
    const rng = seededRandom('groups');
    const sample = (of: number, count: number, centre: number) => Array.from({ length: count }, () => ({ of, log: centre + 0.5 * rng.normal() }));
    const all = [...sample(0, 400, Math.log(20)), ...sample(1, 400, Math.log(80)), ...sample(2, 3, Math.log(5))];
    const column: Column = { name: 'category', values: Float64Array.from(all, ({ of }) => of), categories: NAMES };
    const { names, ratios } = fitGroups({ rows: all.length, columns: [column] }, 'category', all.map(({ log }, row) => ({ row, logMean: log, weight: 1 })));
    expect(names).toEqual(['coffee', 'rare', 'shoes']);
    expect(ratios[2] / ratios[0]).toBeGreaterThan(3.6);
    expect(ratios[2] / ratios[0]).toBeLessThan(4.4);
    // Three customers with a gap of 5 days are not believed whole.
    expect(ratios[1] / ratios[0]).toBeGreaterThan(0.2);
  });

  test('groups that do not differ get no ratios, nor does one group alone', () => {
    const rng = seededRandom('same');
    const rows = Array.from({ length: 300 }, (_, row) => ({ row, logMean: 3 + 0.4 * rng.normal(), weight: 1 }));
    const same = { rows: 300, columns: [{ name: 'category', values: Float64Array.from(rows, ({ row }) => row % 3) }] };
    fitGroups(same, 'category', rows).ratios.forEach((ratio) => expect(Math.abs(Math.log(ratio))).toBeLessThan(0.06));
    expect(fitGroups({ rows: 300, columns: [{ name: 'category', values: new Float64Array(300) }] }, 'category', rows)).toEqual({ column: 'category', names: [], ratios: [] });
  });

  test('a customer with one order has the cycle of the own category, and says so; dates are better for it', () => {
    const train = shop(600, 2);
    const context = { rng: seededRandom(1) };
    const [plain, grouped] = ['', 'category'].map((groupColumn) => repurchaseCycle.fit(train, { ...repurchaseCycle.defaults, groupColumn, maxRows: 1500 }, context));
    if (!plain.ok || !grouped.ok) throw new Error('a fit failed');
    const cycles = personalCycles(grouped.artefact, x);
    const one = (g: number) => cycles.filter(({ gaps }, row) => gaps === 0 && category.values[row] === g);
    const [coffee, shoes] = [one(0)[0], one(1)[0]];
    expect(shoes.cycleDays / coffee.cycleDays).toBeGreaterThan(2.5);
    expect([coffee.shrunkTo, shoes.shrunkTo, personalCycles(plain.artefact, x)[0].shrunkTo]).toEqual(['group', 'group', 'shop']);
    const later = shop(600, 3);
    const rare = Array.from(later.y.keys()).filter((row) => later.observed?.[row] === 1 && later.x.columns[1].values[row] <= 1);
    const error = (artefact: typeof plain.artefact): number => {
      const predicted = repurchaseCycle.predict(artefact, later.x);
      return rare.reduce((sum, row) => sum + Math.abs(Math.min(predicted[row], 120) - later.y[row]), 0) / rare.length;
    };
    expect(error(grouped.artefact)).toBeLessThan(0.97 * error(plain.artefact));
  });

  test('a group that the fit did not see, or that is missing, leans on the shop', () => {
    const outcome = repurchaseCycle.fit(shop(200, 4), { ...repurchaseCycle.defaults, groupColumn: 'category', maxRows: 500 }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    const unknown = { rows: x.rows, columns: x.columns.map((column) => (column.name === 'category' ? { ...column, categories: ['new', 'newer', 'newest'] } : column)) };
    expect(new Set(personalCycles(outcome.artefact, unknown).map(({ shrunkTo }) => shrunkTo))).toEqual(new Set(['shop']));
    expect(repurchaseCycle.fit(shop(200, 4), { ...repurchaseCycle.defaults, groupColumn: 'nothing' }, { rng: seededRandom(1) })).toMatchObject({ ok: false, reason: 'missing_column' });
  });
});
