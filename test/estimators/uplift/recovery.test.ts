import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { outOfFoldUplift, UPLIFT_LEARNERS, upliftVerdict, type UpliftData, type UpliftKind, type UpliftParams } from '../../../src/estimators/uplift/index.ts';
import { averageEffect, spearman } from '../../../src/math/metrics/index.ts';
import { hillstrom, HILLSTROM } from '../../support/hillstrom.ts';
import { experiment } from '../../support/experiment.ts';
import { needs, sharedData } from '../../support/sharedData.ts';

const predicted = (kind: UpliftKind, data: UpliftData, more: Partial<UpliftParams> = {}): Float64Array => {
  const learner = UPLIFT_LEARNERS[kind];
  const fit = learner.fit(data, { ...learner.defaults, ...more }, { rng: seededRandom(1) });
  if (!fit.ok) throw new Error(fit.detail);
  return learner.predict(fit.artefact, data.x);
};
const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('a known effect comes back', () => {
  const { data, effect } = experiment(8000, 2);
  test.each(Object.keys(UPLIFT_LEARNERS) as UpliftKind[])('%s orders customers by it, and is right on average', (kind) => {
    const uplift = predicted(kind, data);
    expect(spearman(uplift, effect)).toBeGreaterThan(0.75);
    expect(Math.abs(mean(uplift) - mean(effect))).toBeLessThan(0.025);
  });
});

test('where the treated were chosen, an estimated chance of treatment rights the average, and the plain difference does not', () => {
  const { data, effect, chance } = experiment(8000, 3, { biased: true });
  const truth = mean(effect);
  expect(Math.abs((averageEffect(data)?.effect ?? 0) - truth)).toBeGreaterThan(0.05);
  const weights = chance.map((e, i) => (data.treated[i] === 1 ? 1 / e : 1 / (1 - e)));
  expect(Math.abs((averageEffect({ ...data, weights })?.effect ?? 0) - truth)).toBeLessThan(0.03);
  for (const kind of ['x_learner', 'doubly_robust'] as const) expect(Math.abs(mean(predicted(kind, data, { propensity: 'estimated' })) - truth)).toBeLessThan(0.03);
  expect(Math.abs(mean(predicted('doubly_robust', { ...data, propensity: chance })) - truth)).toBeLessThan(0.03);
});

describe('the verdict', () => {
  const verdictOn = (data: UpliftData, repeats: number) => {
    const learner = UPLIFT_LEARNERS.two_model;
    const scored = outOfFoldUplift(learner, data, learner.defaults, { rng: seededRandom(1) }, { repeats });
    if (!scored.ok) throw new Error(scored.detail);
    return upliftVerdict(data, scored.artefact.uplift, scored.artefact.response, { rng: seededRandom(2), replicates: 200 });
  };

  test('is rankable where the effect differs, with tenths that fall', () => {
    const found = verdictOn(experiment(6000, 4).data, 1);
    expect(found.verdict).toBe('rankable');
    expect(found.tenths.length).toBe(10);
    expect(found.tenths[0].effect - found.tenths[9].effect).toBeGreaterThan(0.1);
    expect(found.qini?.low).toBeGreaterThan(0);
    expect(found.difference?.low).toBeGreaterThan(0);
  });

  test('is insufficient evidence where there is no effect, or too few rows', () => {
    const none = verdictOn(experiment(6000, 5, { effect: 0 }).data, 1);
    expect(none.verdict).toBe('insufficient_evidence');
    expect(none.words.zh).toContain('证据不足');
    const { data } = experiment(6000, 5);
    const empty = upliftVerdict({ ...data, treated: new Uint8Array(6000) }, data.y, data.y, { rng: seededRandom(1), replicates: 20 });
    expect(empty).toMatchObject({ verdict: 'insufficient_evidence', qini: undefined, averageEffect: undefined });
  });

  const path = sharedData(HILLSTROM);
  test.skipIf(path === undefined)(`mail of womenswear can be ranked by uplift, mail of menswear and conversions cannot${needs(HILLSTROM, '')}`, { timeout: 240_000 }, () => {
    const women = verdictOn(hillstrom(path as string, 'Womens E-Mail', 'visit'), 3);
    expect(women.averageEffect?.effect).toBeCloseTo(0.0452, 4);
    expect(1000 * (women.qini?.estimate ?? 0)).toBeGreaterThan(7);
    expect(women.verdict).toBe('rankable');
    const men = verdictOn(hillstrom(path as string, 'Mens E-Mail', 'visit'), 1);
    expect(men.averageEffect?.effect).toBeCloseTo(0.0766, 4);
    expect(men.verdict).toBe('insufficient_evidence');
    const bought = verdictOn(hillstrom(path as string, 'any', 'conversion'), 1);
    expect(bought.averageEffect?.effect).toBeCloseTo(0.005, 3);
    expect(bought.verdict).toBe('insufficient_evidence');
  });
});
