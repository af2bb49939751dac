/** A version measured against the champion: in what form, on which rows, and what is said where that cannot be. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ESTIMATORS, encodeArtefact } from '../../../src/estimators/index.ts';
import { asBoostedTrees } from '../../../src/estimators/trees/interchange/asArtefact.ts';
import { readLightgbm } from '../../../src/estimators/trees/interchange/lightgbmRead.ts';
import { comparisonOf } from '../../../src/training/champion/champion.ts';
import type { Champion } from '../../../src/training/champion/champion.ts';
import { championComparisonSchema } from '../../../src/training/champion/schema.ts';
import type { ChampionComparison, HeadComparison, Measured } from '../../../src/training/champion/schema.ts';
import type { ModelDefinition } from '../../../src/training/define.ts';
import type { Imported } from '../../../src/training/imported.ts';
import { trainModel } from '../../../src/training/train.ts';
import type { TrainRequest } from '../../../src/training/train.ts';
import type { TrainedModel } from '../../../src/training/trained.ts';
import { COLUMNS, day, DEFINITION, planOf, randomWorld, sourceOf } from '../world.ts';

const WORLD = randomWorld(11, 300, 480);

/** The declaration of the little shop with as few rows as tell the cases apart. */
const DECLARED: ModelDefinition = { ...DEFINITION, cutoffs: { everyDays: 28, most: 2 }, minimum: { rows: 20, positives: 5 } };

/** Before which day the champion of these tests was trained. */
const CHAMPION_END = 400;

interface Trained {
  readonly content: TrainedModel;
  readonly comparison: ChampionComparison | undefined;
}

async function train(end: number, change: Partial<TrainRequest> = {}): Promise<Trained> {
  const compared: HeadComparison[] = [];
  const content = await trainModel({
    definition: DECLARED, source: sourceOf(WORLD), estimators: ESTIMATORS, plan: planOf(COLUMNS),
    facts: { customers: WORLD.orders.length, orders: WORLD.orders.flat().length, repeatCustomers: WORLD.orders.filter((days) => days.length > 1).length, firstEvent: day(0), end: day(end) },
    snapshot: { hash: 'x', events: 1, customers: 1 }, currency: 'EUR', seed: 5, ...change,
    onTested: ({ comparison }) => { if (comparison !== undefined) compared.push(comparison); },
  });
  const { champion, definition = DECLARED } = change;
  return { content, comparison: champion === undefined ? undefined : championComparisonSchema.parse(comparisonOf(champion, definition.horizons, compared)) };
}

/** A stump over the days since the last order, as LightGBM writes it. */
function brought(): Imported {
  const text = 'tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\nobjective=binary sigmoid:1\nfeature_names=days_since_last_order\nfeature_infos=none\ntree_sizes=1\n\nTree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=45\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=-1 1\nleaf_weight=1 1\nleaf_count=1 1\ninternal_value=0\ninternal_weight=2\ninternal_count=2\nis_linear=0\nshrinkage=1\n\nend of trees\n';
  const { forest, objective } = readLightgbm(text);
  const artefact = asBoostedTrees(forest, objective, 'binary');
  return { horizonDays: 30, estimator: artefact.kind, artefact, columns: forest.columns };
}

const measured = ({ comparison }: Trained): Measured => {
  const head = comparison?.heads[0];
  if (head === undefined || head.compared === null) throw new TypeError(`no comparison: ${JSON.stringify(head)}`);
  return head;
};

let champion: Champion & { readonly content: TrainedModel };
beforeAll(async () => { champion = { version: 3, content: (await train(CHAMPION_END)).content }; });

describe('in what form the champion stands the test', () => {
  test('as it serves, where all that it learned was over by the test cut-off', async () => {
    const later = await train(444, { champion });
    const found = measured(later);
    expect(found).toMatchObject({ compared: 'artefact', candidate: champion.content.heads[0].candidate, test: day(414), rows: later.content.heads[0].rows.test, level: 0.95, featuresChanged: false });
    expect(found.customers).toBe(found.rows);
    expect(found.metrics['log_loss'].challenger).toBeCloseTo(later.content.heads[0].evaluation.metrics['log_loss'].value, 12);
    expect(found.metrics['log_loss'].champion).toBeCloseTo(found.loss.champion, 12);
    expect(found.loss.difference).not.toBe(0);
    expect(found.loss.low).toBeLessThan(found.loss.difference);
    expect(found.words.en).toContain('version 3 as it serves');
    expect(found.words.zh).toContain('在线的版本 3');
  });

  test('by its method, where it knows outcomes of the test period: the same method is no difference at all', async () => {
    const found = measured(await train(429, { champion }));
    expect(found).toMatchObject({ compared: 'same_recipe', test: day(399), verdict: 'even', loss: { difference: 0, standardError: 0, low: 0, high: 0 }, ranking: { difference: 0, standardError: 0 } });
    expect(found.words.en).toContain(`events up to ${day(CHAMPION_END)}`);
  });

  test('by its method fitted anew with its own parameters, where the new version has another', async () => {
    const definition: ModelDefinition = { ...DECLARED, candidates: [{ name: 'logistic', rung: 'linear', estimator: 'logistic_regression', params: { lambda: 5 } }] };
    const found = measured(await train(410, { champion, definition }));
    expect(found).toMatchObject({ compared: 'recipe', candidate: 'logistic' });
    expect(found.loss.difference).not.toBe(0);
    // Refitted on the same rows with its parameters, it is what a version of the old declaration would have been.
    const before = await train(410);
    expect(found.metrics['log_loss'].champion).toBeCloseTo(before.content.heads[0].evaluation.metrics['log_loss'].value, 12);
  });

  test('a version that kept no recipe is taken as its method is declared today, and refused where it is not declared', async () => {
    const without = { ...champion, content: { ...champion.content, heads: champion.content.heads.map(({ recipe: _recipe, ...head }) => head) } };
    expect(measured(await train(410, { champion: without })).compared).toBe('same_recipe');
    const unknown = { ...without, content: { ...without.content, heads: without.content.heads.map((head) => ({ ...head, candidate: 'gone' })) } };
    const { comparison } = await train(410, { champion: unknown });
    expect(comparison?.heads[0]).toMatchObject({ compared: null, reason: 'method_unknown', words: { en: expect.stringContaining('tagcast models promote') as string } });
  });

  test('a model from elsewhere is never fitted: its own trees are calibrated and measured', async () => {
    const imported = await train(CHAMPION_END, { imported: brought() });
    expect(imported.content.heads[0].candidate).toBe('imported');
    const found = measured(await train(410, { champion: { version: 4, content: imported.content } }));
    expect(found).toMatchObject({ compared: 'recipe', candidate: 'imported', verdict: 'better' });
    expect(measured(await train(430, { champion: { version: 4, content: imported.content } })).compared).toBe('artefact');
  });
});

describe('every kind of model', () => {
  const kinds: Record<string, Partial<ModelDefinition>> = {
    value: { target: { kind: 'spend' }, baseline: { name: 'rate', rung: 'rule', estimator: 'rate_baseline', params: { column: 'net_spend_90d', factor: 1 / 3 }, labelFree: true }, candidates: [{ name: 'tweedie', rung: 'linear', estimator: 'tweedie_regression' }] },
    waiting: { target: { kind: 'next_order' }, baseline: { name: 'gap', rung: 'rule', estimator: 'global_gap' }, candidates: [] },
  };
  const metrics: Record<string, readonly string[]> = { value: ['tweedie_deviance', 'normalised_gini'], waiting: ['pinball_loss', 'spearman'] };

  test.each(['value', 'waiting'])('%s: as it serves, and by its method', async (kind) => {
    const definition = { ...DECLARED, ...kinds[kind] };
    const served: Champion = { version: 6, content: (await train(CHAMPION_END, { definition })).content };
    const later = await train(430, { definition, champion: served });
    const found = measured(later);
    expect(found).toMatchObject({ compared: 'artefact', rows: later.content.heads[0].rows.test, rarer: null, loss: { metric: metrics[kind][0] }, ranking: { metric: metrics[kind][1] } });
    expect(found.ranking?.challenger).toBeCloseTo(later.content.heads[0].evaluation.metrics[metrics[kind][1]].value, 12);
    expect(measured(await train(410, { definition, champion: served })).loss.difference).toBe(0);
  });

  test('rows that events open: fair where the test begins after all that the champion knew', async () => {
    const events = Array.from({ length: 12 }, (_, k) => WORLD.orders.slice(0, 60).map((_days, i) => ({ customerId: i + 1, date: day(100 + 30 * k), subject: `c${k}`, properties: {} }))).flat();
    const source = sourceOf({ ...WORLD, events });
    const definition: ModelDefinition = { ...DECLARED, target: { kind: 'order' }, horizons: [20], observations: { at: 'event', event: 'campaign', subject: 'campaign' } };
    const served: Champion = { version: 6, content: (await train(CHAMPION_END, { definition, source })).content };
    const later = await train(460, { definition, source, champion: served, testFrom: day(400) });
    expect(measured(later)).toMatchObject({ compared: 'artefact', test: day(400), rows: later.content.heads[0].rows.test });
    // Two campaigns are in the test, and their customers in it twice.
    expect(measured(later).customers).toBeLessThan(measured(later).rows);
  });

  test('one that learns from history alone, before the first label period is over', async () => {
    const definition: ModelDefinition = { ...DECLARED, target: { kind: 'spend' }, baseline: { name: 'rate', rung: 'rule', estimator: 'rate_baseline', params: { column: 'net_spend_90d', factor: 1 / 3 }, labelFree: true }, candidates: [] };
    const served = await train(130, { definition });
    expect(served.content.heads[0].split.mode).toBe('label_free');
    const later = await train(140, { definition, champion: { version: 2, content: served.content } });
    expect(later.content.heads[0].split.mode).toBe('label_free');
    expect(measured(later)).toMatchObject({ compared: 'same_recipe', verdict: 'even' });
  });

  test('a model from elsewhere as the new version: the champion is fitted by its own estimator, not by what was brought', async () => {
    // A rule that anything beats, so that the trees serve whatever they find.
    const baseline = { name: 'everybody', rung: 'rule' as const, estimator: 'base_rate' };
    const definition: ModelDefinition = { ...DECLARED, baseline, candidates: [{ name: 'trees', rung: 'boosting', estimator: 'boosted_trees', params: { objective: 'log_loss', trees: 20 } }] };
    const served = await train(CHAMPION_END, { definition });
    expect(served.content.heads[0].candidate).toBe('trees');
    const asChampion = { version: 2, content: served.content };
    const found = measured(await train(410, { definition, imported: brought(), champion: asChampion }));
    const another = measured(await train(410, { champion: asChampion }));
    expect([found.compared, another.compared]).toEqual(['recipe', 'recipe']);
    expect(found.loss.champion).toBeCloseTo(another.loss.champion, 12);
    expect(found.loss.challenger).not.toBeCloseTo(another.loss.challenger, 3);
  });
});

test('a method whose parameters are no longer known cannot be fitted, and says so; its successor is trained all the same', async () => {
  const heads = champion.content.heads.map((head) => ({ ...head, recipe: { params: { goneParameter: 1 }, columns: null, labelFree: false } }));
  const { comparison, content } = await train(410, { champion: { version: 3, content: { ...champion.content, heads } } });
  expect(comparison?.heads[0]).toMatchObject({ compared: null, reason: 'not_fitted', words: { en: expect.stringContaining('goneParameter') as string } });
  expect(content.heads).toHaveLength(1);
});

describe('what is not compared says why', () => {
  const changedTo = (change: Partial<TrainedModel>): Champion => ({ ...champion, content: { ...champion.content, ...change } });
  const reasonOf = async (other: Champion, change: Partial<TrainRequest> = {}): Promise<HeadComparison | undefined> => (await train(430, { champion: other, ...change })).comparison?.heads[0];

  test.each([
    ['target_changed', () => changedTo({ target: { kind: 'order' } })],
    ['population_changed', () => changedTo({ population: [{ feature: 'orders_total', atLeast: 2 }] })],
    ['observations_changed', () => changedTo({ observations: { at: 'event', event: 'campaign', subject: 'campaign' } })],
    ['columns_missing', () => changedTo({ columns: [...champion.content.columns, { name: 'no_longer_there', unit: 'times', missing: 0 }] })],
    ['columns_missing', () => changedTo({ columns: champion.content.columns.map((column) => ({ ...column, unit: 'days' })) })],
    ['champion_unreadable', () => ({ version: 3 })],
  ] as const)('%s', async (reason, other) => {
    const found = await reasonOf(other());
    expect(found).toMatchObject({ compared: null, reason });
    expect(found?.words.zh).not.toBe(found?.words.en);
  });

  test('a champion with fewer columns is measured on those, and a changed feature set is said', async () => {
    const found = measured(await train(430, { champion, plan: { ...planOf([...COLUMNS]), hash: 'another' } }));
    expect(found).toMatchObject({ compared: 'artefact', featuresChanged: true });
    expect(found.words.en).toContain('features were declared otherwise');
  });

  test('horizons of one version alone: those that are new, those that would be lost, and those that are no longer declared', async () => {
    const definition = { ...DECLARED, horizons: [30, 60] };
    const later = await train(430, { champion, definition });
    expect(later.comparison?.heads).toMatchObject([{ horizonDays: 30, compared: 'artefact' }, { horizonDays: 60, compared: null, reason: 'only_challenger' }]);
    const both = { version: 5, content: (await train(CHAMPION_END, { definition })).content };
    expect((await train(430, { champion: both })).comparison?.heads[1]).toMatchObject({ horizonDays: 60, compared: null, reason: 'only_champion', declared: false });
    expect(comparisonOf(both, [30, 60], []).heads.map((head) => head.compared === null && head.declared)).toEqual([true, true]);
    // The second horizon may only object, at a level that holds for all of them: here there is one.
    const found = (await train(460, { champion: both, definition })).comparison?.heads;
    expect(found).toMatchObject([{ horizonDays: 30, compared: 'artefact', level: 0.95 }, { horizonDays: 60, compared: 'artefact', level: 0.95 }]);
  });
});

test('a champion changes no byte of its successor', async () => {
  const [alone, beside] = [await train(430), await train(430, { champion })];
  expect(encodeArtefact(beside.content)).toBe(encodeArtefact(alone.content));
});

test('a cancelled comparison is a cancelled training', async () => {
  const controller = new AbortController();
  await expect(train(430, { champion, signal: controller.signal, onStep: (_days, step) => { if (step.includes('same test')) controller.abort(); } })).rejects.toMatchObject({ code: 'cancelled' });
});
