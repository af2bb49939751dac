import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { takeRows } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { averaged, decodeArtefact, encodeArtefact, estimatorOf } from '../../../src/estimators/index.ts';
import { onLogOdds } from '../../../src/estimators/stacking/attribution.ts';
import type { AveragedArtefact } from '../../../src/estimators/stacking/averaged.ts';
import { logLoss } from '../../../src/math/metrics/index.ts';
import { boundedLogit, logit, meanOfLogOdds, sigmoid } from '../../../src/math/stats/index.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { shopRows } from '../../support/estimatorTasks.ts';

const LINE = { estimator: 'logistic_regression', params: { lambda: 1 } };
const TREES = { estimator: 'boosted_trees', params: { trees: 12 } };
const FOREST = { estimator: 'random_forest', params: { trees: 8, minRows: 20 } };
const RULE = { estimator: 'column_rule', params: { column: 'recency' } };
const horizonDays = 90;

const fitted = (members: readonly object[], rows = 400, seed = 3, stream = 1): AveragedArtefact => {
  const outcome = averaged.fit(shopRows(rows, seed).train, { members: members as (typeof LINE)[], horizonDays }, { rng: seededRandom(stream) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact;
};

estimatorContract('averaged: a line and a forest', averaged, () => ({ task: 'binary', train: shopRows(300, 3).train, params: { members: [LINE, FOREST], horizonDays } }));
estimatorContract('averaged: a line, trees and a rule', averaged, () => ({ task: 'binary', train: shopRows(300, 3).train, params: { members: [LINE, TREES, RULE], horizonDays } }));

describe('means of log-odds', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  const models = fc.array(fc.array(probability, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 5 }).map((all) => all.map((p) => Float64Array.from(p)));

  test('lie between the least and the most that members say, and do not know their order', () => {
    fc.assert(fc.property(models, fc.constantFrom(1e-6, 1e-3, 0.1), (predictions, edge) => {
      const mean = meanOfLogOdds(predictions, edge);
      const turned = meanOfLogOdds(predictions.toReversed(), edge);
      mean.forEach((p, row) => {
        const said = predictions.map((one) => Math.min(1 - edge, Math.max(edge, one[row])));
        expect(p).toBeGreaterThanOrEqual(Math.min(...said) - 1e-12);
        expect(p).toBeLessThanOrEqual(Math.max(...said) + 1e-12);
        expect(turned[row]).toBeCloseTo(p, 12);
      });
    }));
  });

  test('of equal members are that member, and turning all outcomes round turns the mean round', () => {
    fc.assert(fc.property(models, fc.integer({ min: 1, max: 4 }), (predictions, times) => {
      const [first] = predictions;
      meanOfLogOdds(Array.from({ length: times }, () => first), 1e-6).forEach((p, row) => expect(p).toBeCloseTo(Math.min(1 - 1e-6, Math.max(1e-6, first[row])), 12));
      const opposite = meanOfLogOdds(predictions.map((one) => one.map((p) => 1 - p)), 1e-6);
      meanOfLogOdds(predictions, 1e-6).forEach((p, row) => expect(opposite[row]).toBeCloseTo(1 - p, 9));
    }));
  });

  test('never lose more than their members lose on average, whatever comes: the log loss bends upwards in log-odds', () => {
    fc.assert(fc.property(models, fc.array(fc.constantFrom(0, 1), { minLength: 4, maxLength: 4 }), (predictions, outcomes) => {
      const bounded = predictions.map((one) => one.map((p) => Math.min(1 - 1e-6, Math.max(1e-6, p))));
      const y = Float64Array.from(outcomes);
      const alone = bounded.reduce((sum, p) => sum + logLoss(y, p), 0) / bounded.length;
      expect(logLoss(y, meanOfLogOdds(predictions, 1e-6))).toBeLessThanOrEqual(alone + 1e-9);
    }));
  });

  test('by hand: odds 1:9 and 9:1 make even odds, odds 1:1 and 1:9 make 1:3', () => {
    const mean = meanOfLogOdds([Float64Array.of(0.1, 0.5), Float64Array.of(0.9, 0.1)], 1e-6);
    expect(mean[0]).toBeCloseTo(0.5, 15);
    expect(mean[1]).toBeCloseTo(0.25, 15);
    expect(boundedLogit(0, 0.25)).toBe(logit(0.25));
  });
});

describe('an average as a model', () => {
  const { train } = shopRows(400, 3);

  test('is the mean of its members, in whatever order they are named', () => {
    const artefact = fitted([LINE, TREES, FOREST]);
    expect(encodeArtefact(fitted([FOREST, LINE, TREES]))).toBe(encodeArtefact(artefact));
    const own = artefact.members.map(({ estimator, artefact: member }) => estimatorOf(estimator).predict(member, train.x));
    expect(averaged.predict(artefact, train.x)).toEqual(meanOfLogOdds(own, artefact.edge));
    expect(new Set(own.map((p) => p[0])).size).toBe(3);
  });

  test('a member that is named twice is that member', () => {
    const artefact = fitted([FOREST, FOREST]);
    const [member] = artefact.members;
    const alone = estimatorOf('random_forest').predict(member.artefact, train.x);
    averaged.predict(artefact, train.x).forEach((p, row) => expect(p).toBeCloseTo(Math.min(1 - artefact.edge, Math.max(artefact.edge, alone[row])), 12));
    // Another seed is another forest.
    expect(encodeArtefact(fitted([FOREST, FOREST], 400, 3, 2))).not.toBe(encodeArtefact(artefact));
  });

  test('nobody is surer than the rows: a forest that says 0 or 1 says ½ of n + 1 rows', () => {
    const rows = 300;
    const values = Float64Array.from({ length: rows }, (_, i) => i);
    const data = { x: { rows, columns: [{ name: 'v', values }] }, y: values.map((v) => (v < 150 ? 0 : 1)) };
    const outcome = averaged.fit(data, { members: [FOREST, { ...FOREST, params: { trees: 5, minRows: 20 } }], horizonDays }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    expect(outcome.artefact.edge).toBe(0.5 / 301);
    const predicted = averaged.predict(outcome.artefact, data.x);
    expect(predicted[0]).toBeCloseTo(0.5 / 301, 12);
    expect(predicted[rows - 1]).toBeCloseTo(1 - 0.5 / 301, 12);
  });

  test('what a line knows and what trees know adds up on rows they have not seen', () => {
    const world = (rows: number, seed: number) => {
      const rng = seededRandom('a line and a corner', seed);
      const [u, v, w] = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => rng.normal()));
      const y = u.map((value, i) => Number(rng.next() < sigmoid(value - 1 + (v[i] > 0 && w[i] > 0 ? 2 : 0))));
      return { x: { rows, columns: Object.entries({ u, v, w }).map(([name, values]) => ({ name, values })) }, y };
    };
    const [learned, later] = [world(500, 1), world(4000, 2)];
    const outcome = averaged.fit(learned, { members: [LINE, FOREST], horizonDays }, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    const alone = outcome.artefact.members.map(({ estimator, artefact: member }) => logLoss(later.y, estimatorOf(estimator).predict(member, later.x)));
    expect(logLoss(later.y, averaged.predict(outcome.artefact, later.x))).toBeLessThan(Math.min(...alone) - 0.003);
  });

  test('reasons are on the scale of log-odds, and those of lines and boosted trees are their mean', () => {
    const artefact = fitted([LINE, TREES]);
    const explained = averaged.explain?.(artefact, train.x);
    expect(explained?.scale).toBe('log_odds');
    const parts = artefact.members.map(({ estimator, artefact: member }) => estimatorOf(estimator).explain?.(member, train.x));
    for (const [c, name] of (explained?.columns ?? []).entries()) {
      const mean = parts.reduce((sum, part) => sum + (part?.contributions[part.columns.indexOf(name)]?.[7] ?? 0), 0) / 2;
      expect(explained?.contributions[c][7]).toBeCloseTo(mean, 6);
    }
    const alone = averaged.explain?.(artefact, takeRows(train.x, [7]));
    expect(alone?.contributions.map(([v]) => v)).toEqual(explained?.contributions.map((values) => values[7]));
  });

  test('any explanation comes to bounded log-odds without a loss', () => {
    fc.assert(fc.property(fc.constantFrom('log_odds' as const, 'identity' as const), fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 3, maxLength: 3 }), fc.constantFrom(1e-4, 0.1), (scale, shares, edge) => {
      const [base, middle, end] = scale === 'identity' ? shares : shares.map(logit);
      const own = onLogOdds({ scale, base, columns: ['a', 'b'], contributions: [Float64Array.of(middle - base), Float64Array.of(end - middle)] }, edge, 1);
      expect(own.base + own.contributions[0][0] + own.contributions[1][0]).toBeCloseTo(boundedLogit(scale === 'identity' ? end : sigmoid(end), edge), 9);
    }));
  });
});

describe('an average refuses', () => {
  const { train, spend } = shopRows(400, 3);
  const fit = (members: readonly object[], data = train) => averaged.fit(data, { members: members as (typeof LINE)[], horizonDays }, { rng: seededRandom(1) });

  test('fewer than two members, kinds that are none, and members that are no classifiers', () => {
    expect(fit([])).toMatchObject({ ok: false, reason: 'unsupported_target' });
    expect(fit([LINE])).toMatchObject({ ok: false, reason: 'unsupported_target' });
    for (const estimator of ['constructor', 'averaged', 'tweedie_regression']) expect(fit([LINE, TREES, { estimator }])).toMatchObject({ ok: false, reason: 'unsupported_target', detail: expect.stringContaining(estimator) });
    expect(fit([LINE, TREES], { ...train, y: spend }).ok).toBe(false);
  });

  test('to be the mean of whoever is left: a member that cannot be fitted is named', () => {
    const few = shopRows(60, 3).train;
    const outcome = fit([LINE, { estimator: 'boosted_trees', params: { minRows: 50 } }], { ...few, y: few.y.map(() => 1) });
    expect(outcome).toMatchObject({ ok: false, reason: 'one_class', detail: expect.stringMatching(/^The member \w+: /) });
  });

  test('a parameter that a member does not have', () => {
    expect(() => fit([LINE, { estimator: 'boosted_trees', params: { leaves: 3 } }])).toThrow(expect.objectContaining({ code: 'unknown_name' }));
  });

  test('damaged members, one member, and an edge that is none', () => {
    const artefact = fitted([LINE, TREES]);
    const [first, second] = artefact.members;
    expect(averaged.schema.safeParse(artefact).success).toBe(true);
    const bad: readonly object[] = [
      { ...artefact, members: [first, { ...second, artefact: { kind: second.estimator } }] }, { ...artefact, members: [first, { ...second, estimator: 'nobody' }] },
      { ...artefact, members: [first, { ...second, artefact: first.artefact }] }, { ...artefact, members: [first] }, { ...artefact, edge: 0 }, { ...artefact, edge: 0.5 },
    ];
    expect(bad.map((one) => averaged.schema.safeParse(one).success)).toEqual(bad.map(() => false));
    expect(() => decodeArtefact(encodeArtefact(bad[0]), averaged.schema)).toThrow(expect.objectContaining({ code: 'artefact_invalid' }));
  });

  test('to go on when it is cancelled between two members', () => {
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    let streams = 0;
    const real = seededRandom(1);
    const rng = { ...real, fork: (...parts: (string | number)[]) => { if (++streams === 2) Atomics.store(cancelled, 0, 1); return real.fork(...parts); } };
    expect(() => averaged.fit(train, { members: [LINE, FOREST], horizonDays }, { rng, cancelled })).toThrow(expect.objectContaining({ code: 'cancelled' }));
    expect(streams).toBe(2);
  });
});

