/** A whole training on a little shop in memory. */
import { describe, expect, test } from 'vitest';
import { ESTIMATORS, encodeArtefact } from '../../src/estimators/index.ts';
import { defineModel } from '../../src/training/define.ts';
import type { Candidate, ModelDefinition } from '../../src/training/define.ts';
import type { AnyEstimator } from '../../src/training/candidate.ts';
import { asBoostedTrees } from '../../src/estimators/trees/interchange/asArtefact.ts';
import { readLightgbm } from '../../src/estimators/trees/interchange/lightgbmRead.ts';
import type { Imported } from '../../src/training/imported.ts';
import { rocAuc } from '../../src/math/metrics/index.ts';
import { trainModel } from '../../src/training/train.ts';
import type { TrainRequest } from '../../src/training/train.ts';
import { trainedModelSchema } from '../../src/training/trained.ts';
import type { TestedHead } from '../../src/training/tested.ts';
import type { TrainedHead } from '../../src/training/trained.ts';
import { COLUMNS, day, DEFINITION, fixed, planOf, randomWorld, sourceOf } from './world.ts';
import type { World } from './world.ts';

const WORLD = randomWorld(1, 600, 420);

function request(change: Partial<TrainRequest> = {}, world: World = WORLD): TrainRequest {
  const extra = world.column === undefined ? [] : [world.column.name];
  return {
    definition: DEFINITION, source: sourceOf(world), estimators: ESTIMATORS, plan: planOf([...COLUMNS, ...extra]),
    facts: { customers: world.orders.length, orders: world.orders.flat().length, repeatCustomers: world.orders.filter((days) => days.length > 1).length, firstEvent: day(0), end: day(400) },
    snapshot: { hash: 'x', events: 1, customers: 1 }, currency: 'EUR', seed: 5, ...change,
  };
}

test('a trained model fits its own schema, says what it was trained on, and beats the rule on a shop with rhythms', async () => {
  const model = await trainModel(request());
  expect(trainedModelSchema.safeParse(model).error).toBeUndefined();
  const [head] = model.heads;
  expect(head.split).toMatchObject({ mode: 'three_way', calibration: day(340), test: day(370) });
  expect(head.split.train.at(-1)).toBe(day(310));
  expect(head.split.serve.at(-1)).toBe(day(370));
  expect([head.candidate, head.beatsBaseline, head.warnings]).toEqual(['logistic', true, []]);
  expect(head.evaluation.metrics['log_loss'].value).toBeLessThan(head.baseline.evaluation.metrics['log_loss'].value);
  expect(head.leaderboard.map(({ candidate }) => candidate).toSorted()).toEqual(['logistic', 'recency']);
  expect(model.golden.rows).toHaveLength(5);
  expect(model.golden.predictions[0].every((p) => p > 0 && p < 1)).toBe(true);
});

test('the same data and seed give the same bytes', async () => {
  const definition: ModelDefinition = { ...DEFINITION, candidates: [...DEFINITION.candidates, { name: 'trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } }] };
  const [once, twice] = [await trainModel(request({ definition })), await trainModel(request({ definition }))];
  expect(encodeArtefact(once)).toBe(encodeArtefact(twice));
});

test('nothing after the evaluation end changes anything', async () => {
  const cut: World = { orders: WORLD.orders.map((days) => days.filter((d) => d < 400)) };
  expect(encodeArtefact(await trainModel(request()))).toBe(encodeArtefact(await trainModel({ ...request({}, cut), facts: request().facts })));
});

test('a column that knows the future stops training with its name', async () => {
  const orders = WORLD.orders;
  const leaking: World = { orders, column: { name: 'orders_next_30d', value: (i, now) => orders[i].filter((d) => d >= now && d < now + 30).length } };
  await expect(trainModel(request({}, leaking))).rejects.toMatchObject({ code: 'leak_suspected', message: expect.stringContaining('orders_next_30d') as string, hint: expect.stringContaining('tagcast train') as string });
  const model = await trainModel(request({ definition: { ...DEFINITION, withoutFeatures: ['orders_next_30d'] } }, leaking));
  expect(model.columns.map(({ name }) => name)).not.toContain('orders_next_30d');
});

test('a cancelled training says so', async () => {
  await expect(trainModel(request({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'cancelled' });
  const controller = new AbortController();
  await expect(trainModel(request({ signal: controller.signal, onStep: () => { controller.abort(); } }))).rejects.toMatchObject({ code: 'cancelled' });
});

describe('too little data', () => {
  test('is refused with what was needed and found', async () => {
    const facts = { ...request().facts, end: day(100) };
    await expect(trainModel(request({ facts }))).rejects.toMatchObject({ code: 'insufficient_data', message: expect.stringMatching(/100 of 120 \(passes on 2024-04-30\)/) as string });
  });

  test('a shop with one customer is refused, not crashed', async () => {
    const world: World = { orders: [[0, 20, 50, 90, 200, 350]] };
    await expect(trainModel(request({}, world))).rejects.toMatchObject({ code: 'insufficient_data', message: expect.stringContaining('Customers: 1 of 50') as string });
    // Even where the declaration asks for nothing, one class alone is an answer, not a crash.
    const minimum = { rows: 0, positives: 0 };
    await expect(trainModel(request({ definition: { ...DEFINITION, minimum } }, world))).rejects.toMatchObject({ code: 'insufficient_data' });
  });

  test('an empty shop is refused', async () => {
    const facts = { customers: 0, orders: 0, repeatCustomers: 0, firstEvent: undefined, end: day(0) };
    await expect(trainModel(request({ facts }, { orders: [] }))).rejects.toMatchObject({ code: 'insufficient_data' });
  });

  test('a rung without enough rows is left out with the reason, and the rule serves', async () => {
    const definition: ModelDefinition = { ...DEFINITION, candidates: [{ name: 'trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss' } }], minimum: { rows: 600, positives: 10 } };
    const [head] = (await trainModel(request({ definition }))).heads;
    expect(head).toMatchObject({ candidate: 'recency', beatsBaseline: false, warnings: ['baseline_serves'], confidence: 'low' });
    expect(head.leaderboard.find(({ candidate }) => candidate === 'trees')?.failure).toMatch(/needs 2400 rows/);
  });

  test('a network is tried from 20,000 rows on', async () => {
    const definition: ModelDefinition = { ...DEFINITION, candidates: [{ name: 'network', rung: 'neural', estimator: 'neural_tabular' }], minimum: { rows: 1, positives: 1 } };
    const [head] = (await trainModel(request({ definition }))).heads;
    expect(head.leaderboard.find(({ candidate }) => candidate === 'network')?.failure).toMatch(/needs 20000 rows and 500 of the rarer outcome/);
  });

  test('short history: customers are split into folds instead of a period of their own', async () => {
    const [head] = (await trainModel(request({ facts: { ...request().facts, end: day(165) } }))).heads;
    expect(head.split.mode).toBe('two_way');
    expect(head.confidence).not.toBe('high');
  });

  test('a later horizon that the history does not reach is left out, the first one is not', async () => {
    const heads = (await trainModel(request({ definition: { ...DEFINITION, horizons: [30, 365] } }))).heads;
    expect(heads.map(({ horizonDays }) => horizonDays)).toEqual([30]);
  });
});

test('the tested predictions are handed out once per head and change nothing', async () => {
  const seen: TestedHead[] = [];
  const told = await trainModel(request({ onTested: (tested) => { seen.push(tested); } }));
  expect(seen.map(({ split }) => split.horizonDays)).toEqual(told.heads.map(({ horizonDays }) => horizonDays));
  const [{ test: rows, winner, learned }] = seen;
  expect(rocAuc(rows.y, winner.served.prediction)).toBe(told.heads[0].evaluation.metrics.roc_auc.value);
  expect(learned?.cutoffs.every((cutoff) => cutoff < told.heads[0].split.test)).toBe(true);
  expect(told).toEqual(await trainModel(request()));
});

describe('the choice', () => {
  /** Probability of no order from the orders of the last 90 days; `blur` moves it up in every `every`-th row and down in the others. */
  const guess = (blur: number, every = 2): AnyEstimator['predict'] => (_, x) => {
    const recent = x.columns.find(({ name }) => name === 'orders_90d')?.values ?? new Float64Array(x.rows);
    return Float64Array.from(recent, (n, row) => 1 / (1 + Math.exp(-(0.5 - 0.7 * n + (row % every === 0 ? blur : -blur)))));
  };
  const candidate = (name: string, rung: Candidate['rung']): Candidate => ({ name, rung, estimator: name });
  const head = async (estimators: Record<string, AnyEstimator>, candidates: readonly Candidate[]): Promise<TrainedHead> =>
    (await trainModel(request({ definition: { ...DEFINITION, candidates }, estimators: { ...ESTIMATORS, ...estimators } }))).heads[0];
  const ladder = [candidate('complex', 'boosting'), candidate('plain', 'linear')];
  /** By how many standard errors the simple candidate is worse than the complex one. */
  const worseBy = ({ leaderboard }: TrainedHead): number => {
    const row = (name: string) => leaderboard.find((one) => one.candidate === name);
    return ((row('plain')?.loss ?? Number.NaN) - (row('complex')?.loss ?? Number.NaN)) / (row('plain')?.lossErrorToBest ?? Number.NaN);
  };

  test.each([
    { every: 17, blur: 0.05, from: 0.5, to: 1, chosen: 'plain' },
    { every: 13, blur: 0.05, from: 1, to: 2, chosen: 'complex' },
    { every: 2, blur: 2, from: 2, to: Infinity, chosen: 'complex' },
  ])('the simpler rung is taken when it is worse by less than one standard error ($from to $to)', async ({ every, blur, from, to, chosen }) => {
    const one = await head({ plain: fixed('plain', guess(blur, every)), complex: fixed('complex', guess(0)) }, ladder);
    expect(worseBy(one)).toBeGreaterThan(from);
    expect(worseBy(one)).toBeLessThan(to);
    expect(one.candidate).toBe(chosen);
  });

  test('candidates that predict the same have the same loss, whatever they are called', async () => {
    const { leaderboard } = await head({ plain: fixed('plain', guess(0)), complex: fixed('complex', guess(0)) }, ladder);
    const losses = leaderboard.filter(({ candidate: name }) => name !== 'recency').map(({ loss }) => loss);
    expect(losses[0]).toBe(losses[1]);
  });

  test('of equals the one that can give reasons', async () => {
    const one = await head({ mute: fixed('mute', guess(0)), telling: fixed('telling', guess(0.05, 23), true) }, [candidate('mute', 'linear'), candidate('telling', 'boosting')]);
    expect(one.candidate).toBe('telling');
  });
});

test('slips in a declaration are found when it is defined', () => {
  const slip = (change: Partial<ModelDefinition>) => () => defineModel({ ...DEFINITION, ...change });
  expect(slip({ name: 'Test Model' })).toThrow(/snake_case/);
  expect(slip({ horizons: [] })).toThrow(/at least one horizon/);
  expect(slip({ horizons: [30, 30] })).toThrow(/named twice/);
  expect(slip({ horizons: [0] })).toThrow(/whole days/);
  expect(slip({ candidates: [DEFINITION.baseline] })).toThrow(/share a name/);
  expect(slip({ population: [{ feature: 'orders_total' }] })).toThrow(/no bound/);
  expect(slip({ target: { kind: 'event', event: 'x', sameSubject: true } })).toThrow(/sameSubject/);
});

describe('a model from elsewhere', () => {
  const COLUMN = 'days_since_last_order';
  /** One tree: log odds ±2 by whether the last order is longer ago than `days`. */
  const stump = (days: number, up: number): Imported => ({
    horizonDays: DEFINITION.horizons[0], estimator: 'boosted_trees', columns: [COLUMN],
    artefact: asBoostedTrees(readLightgbm(['tree', 'version=v4', 'num_class=1', 'num_tree_per_iteration=1', 'label_index=0', 'max_feature_idx=0', 'objective=binary sigmoid:1', `feature_names=${COLUMN}`, '',
      'Tree=0', 'num_leaves=2', 'num_cat=0', 'split_feature=0', `threshold=${days}`, 'decision_type=8', 'left_child=-1', 'right_child=-2', `leaf_value=${-up} ${up}`, 'leaf_count=60 40', 'is_linear=0', '', 'end of trees', ''].join('\n')).forest, 'binary', 'binary'),
  });

  test('is judged, calibrated and kept with its own artefact, and scored on its golden rows', async () => {
    const imported = stump(25, 2);
    const model = await trainModel(request({ imported }));
    const [head] = model.heads;
    expect(head).toMatchObject({ candidate: 'imported', estimator: 'boosted_trees', rows: { test: expect.any(Number) as number } });
    expect(head.artefact).toEqual(imported.artefact);
    expect(head.serving.shape).not.toBeNull();
    expect(head.evaluation.metrics['roc_auc'].value).toBeGreaterThan(0.5);
    expect(model.golden.predictions[0].every((p) => p > 0 && p < 1)).toBe(true);
  });

  test('stays in its version when the baseline is better, with a grade that says so', async () => {
    const [head] = (await trainModel(request({ imported: stump(25, -2) }))).heads;
    expect(head).toMatchObject({ candidate: 'imported', beatsBaseline: false, warnings: ['baseline_is_better'], grade: 'not_recommended' });
  });

  test('that reads other columns is refused with their names', async () => {
    await expect(trainModel(request({ imported: { ...stump(25, 2), columns: [COLUMN, 'mystery'] } }))).rejects.toMatchObject({ code: 'model_mismatch', details: { missing: ['mystery'] } });
  });

  test('that predicts something else is refused', () => {
    const { forest } = readLightgbm(['tree', 'version=v4', 'num_class=1', 'num_tree_per_iteration=1', 'label_index=0', 'max_feature_idx=0', 'objective=poisson', 'feature_names=a', '', 'Tree=0', 'num_leaves=1', 'leaf_value=1', '', 'end of trees'].join('\n'));
    expect(() => asBoostedTrees(forest, 'poisson', 'binary')).toThrow(expect.objectContaining({ code: 'artefact_invalid' }));
    expect(asBoostedTrees(forest, 'poisson', 'amount').objective).toEqual({ name: 'tweedie', power: 1.5 });
  });
});
