/** Quantiles and survival of Cox and accelerated failure time trees: what was simulated comes back, and the median is the prediction. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { boostedTrees, type BoostedTreesParams } from '../../../src/estimators/trees/boostedTrees.ts';
import { normalQuantile } from '../../../src/math/specialNormal.ts';

const ERRORS = {
  normal: (u: number) => normalQuantile(u),
  logistic: (u: number) => Math.log(u) - Math.log1p(-u),
  extreme: (u: number) => Math.log(-Math.log1p(-u)),
};

/** Waits whose logarithm is 3 + a ± ½ + 0.6 · error; watched for 120 days at most. With extreme errors hazards are proportional, too. */
function shop(rows: number, seed: string, errors: keyof typeof ERRORS): TrainingData & { readonly whole: Float64Array } {
  const rng = seededRandom('waits', seed, errors);
  const [a, b] = [0, 1].map(() => Float64Array.from({ length: rows }, () => rng.normal()));
  const whole = a.map((v, i) => Math.exp(3 + 0.7 * v + (b[i] > 0 ? 0.5 : -0.5) + 0.6 * ERRORS[errors](rng.next())));
  return {
    x: { rows, columns: [{ name: 'a', values: a }, { name: 'b', values: b }] }, whole,
    y: whole.map((v) => Math.min(v, 120)), observed: Uint8Array.from(whole, (v) => (v <= 120 ? 1 : 0)),
  };
}

const CASES: readonly [string, Partial<BoostedTreesParams>, keyof typeof ERRORS][] = [
  ['aft, normal', { objective: 'aft', aftDistribution: 'normal' }, 'normal'],
  ['aft, logistic', { objective: 'aft', aftDistribution: 'logistic' }, 'logistic'],
  ['aft, extreme', { objective: 'aft', aftDistribution: 'extreme' }, 'extreme'],
  ['cox', { objective: 'cox' }, 'extreme'],
];

describe.each(CASES)('%s', (_, params, errors) => {
  const train = shop(3000, 'train', errors);
  const later = shop(3000, 'later', errors);
  const fit = boostedTrees.fit(train, { ...boostedTrees.defaults, trees: 300, columnSample: 1, ...params }, { rng: seededRandom(1) });
  if (!fit.ok) throw new Error(fit.detail);
  const distribution = boostedTrees.distribution?.(fit.artefact, later.x);
  if (distribution === undefined) throw new Error('no distribution');
  const at = (level: number): Float64Array => distribution.quantiles(new Float64Array(later.x.rows).fill(level), 1);

  test('the median is the prediction', () => {
    const predicted = boostedTrees.predict(fit.artefact, later.x);
    expect(Math.max(...at(0.5).map((v, i) => Math.abs(v / predicted[i] - 1)))).toBeLessThan(1e-12);
  });

  test.each([0.1, 0.25, 0.5, 0.75, 0.9])('on later rows %f of the waits are over by that quantile', (level) => {
    const over = at(level).reduce((count, days, i) => count + (later.whole[i] <= days ? 1 : 0), 0);
    expect(Math.abs(over / later.x.rows - level)).toBeLessThan(0.04);
  });

  test('chances rise with the days from 0, and undo the quantiles', () => {
    const days = [0, 1, 10, 30, 119, 500, 5000];
    const chances = days.map((day) => distribution.cdf(new Float64Array(later.x.rows).fill(day)));
    expect(chances[0].every((p) => p === 0)).toBe(true);
    chances.forEach((p, k) => p.forEach((v, i) => expect(v >= (k === 0 ? 0 : chances[k - 1][i]) && v <= 1).toBe(true)));
    distribution.cdf(at(0.3)).forEach((p) => expect(Math.abs(p - 0.3)).toBeLessThan(1e-9));
  });
});

test('trees of a probability or a mean have none', () => {
  const train = shop(300, 'none', 'normal');
  const fit = boostedTrees.fit({ x: train.x, y: train.y.map((v) => (v > 20 ? 1 : 0)) }, { ...boostedTrees.defaults, trees: 5 }, { rng: seededRandom(1) });
  expect(fit.ok && boostedTrees.distribution?.(fit.artefact, train.x)).toBeUndefined();
});
