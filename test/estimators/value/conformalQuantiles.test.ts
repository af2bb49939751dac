/** Conformalised quantile regression: coverage on later rows, widths that follow the columns, and the contract. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { conformalQuantiles, type ConformalQuantilesParams } from '../../../src/estimators/value/conformalQuantiles.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { shopRows } from '../../support/estimatorTasks.ts';

const params: ConformalQuantilesParams = { ...conformalQuantiles.defaults, trees: 12, minRows: 20 };
estimatorContract('conformal_quantiles', conformalQuantiles, () => {
  const { train, spend } = shopRows(500, 2);
  return { task: 'amount', train: { ...train, y: spend }, params };
});

/** 50 + 10 a ± noise that is five times as wide where b > 0. */
function uneven(rows: number, seed: string): TrainingData {
  const rng = seededRandom('uneven', seed);
  const [a, b] = [0, 1].map(() => Float64Array.from({ length: rows }, () => rng.normal()));
  return { x: { rows, columns: [{ name: 'a', values: a }, { name: 'b', values: b }] }, y: a.map((v, i) => Math.max(0, 50 + 10 * v + (b[i] > 0 ? 10 : 2) * rng.normal())) };
}

describe('amounts of uneven certainty', () => {
  const [train, later] = [uneven(4000, 'train'), uneven(6000, 'later')];
  // Three trees are far from the quantiles: the correction has to do the rest.
  const fits = [60, 3].map((trees) => conformalQuantiles.fit(train, { ...conformalQuantiles.defaults, trees }, { rng: seededRandom(1) }));
  const sure = Array.from(later.y.keys()).filter((i) => later.x.columns[1].values[i] <= 0);
  const unsure = Array.from(later.y.keys()).filter((i) => later.x.columns[1].values[i] > 0);
  const measured = (fit: (typeof fits)[number], [low, high]: readonly [number, number], rows: readonly number[]): { coverage: number; width: number } => {
    if (!fit.ok) throw new Error(fit.detail);
    const ends = conformalQuantiles.quantiles?.(fit.artefact, later.x, [low, high]) ?? new Float64Array();
    return {
      coverage: rows.filter((i) => later.y[i] >= ends[2 * i] && later.y[i] <= ends[2 * i + 1]).length / rows.length,
      width: rows.reduce((sum, i) => sum + ends[2 * i + 1] - ends[2 * i], 0) / rows.length,
    };
  };
  const everyone = Array.from(later.y.keys());

  test.each([[0.8, 0.1, 0.9], [0.5, 0.25, 0.75]] as const)('%f of later amounts lie inside, with good trees and with bad ones', (coverage, low, high) => {
    for (const fit of fits) expect(Math.abs(measured(fit, [low, high], everyone).coverage - coverage)).toBeLessThan(0.035);
  });

  test('intervals are narrow where customers are alike; one width for all would hold 97 and 63 in 100 of the two sides', () => {
    const [narrow, wide] = [measured(fits[0], [0.1, 0.9], sure), measured(fits[0], [0.1, 0.9], unsure)];
    expect(wide.width).toBeGreaterThan(1.6 * narrow.width);
    for (const { coverage } of [narrow, wide]) expect(Math.abs(coverage - 0.8)).toBeLessThan(0.12);
  });
});

test('too few rows, and amounts that are all equal, are said', () => {
  const few = uneven(100, 'few');
  expect(conformalQuantiles.fit(few, params, { rng: seededRandom(1) })).toMatchObject({ ok: false, reason: 'too_few_rows' });
  expect(conformalQuantiles.fit({ ...uneven(400, 'equal'), y: new Float64Array(400).fill(3) }, params, { rng: seededRandom(1) })).toMatchObject({ ok: false, reason: 'one_class' });
});
