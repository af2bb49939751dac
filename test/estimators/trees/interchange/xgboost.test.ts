import * as fc from '../../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { forestProblem } from '../../../../src/estimators/trees/forestCheck.ts';
import { largestBelow, readXgboost } from '../../../../src/estimators/trees/interchange/xgboostRead.ts';
import { applyLink } from '../../../../src/estimators/trees/serve/links.ts';
import { forestScores } from '../../../../src/estimators/trees/serve/scores.ts';
import { columnsFor, farthest, readOrRefused, xgboostGolden } from '../../../support/interchange.ts';

const { columns, models } = xgboostGolden();

test.each(Object.entries(models))('XGBoost model %s: the sums of its leaves at 1e−9, its own single-precision figures at 1e−6', (_, { model, rows, sums, margin, predicted }) => {
  const { forest } = readXgboost(JSON.stringify(model));
  expect(forestProblem(forest)).toBeUndefined();
  const scores = forestScores(forest, columnsFor(forest, columns, rows), rows.length);
  expect(farthest(scores, sums)).toBeLessThan(1e-9);
  expect(farthest(scores, margin)).toBeLessThan(1e-6);
  expect(farthest(applyLink(forest, scores), predicted)).toBeLessThan(1e-6);
});

test('a threshold parts doubles exactly where single precision does', () => {
  const thresholds = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, Math.fround(1e-45), 1, -1, 0.5, 16777216, -3.4028234663852886e38, 3.4028234663852886e38));
  fc.assert(fc.property(thresholds, fc.integer({ min: -4, max: 4 }), (threshold, steps) => {
    const limit = largestBelow(threshold);
    // Neighbours of the limit, one unit of the last place of a double at a time.
    const double = new Float64Array([limit]);
    const bits = new BigInt64Array(double.buffer);
    bits[0] += BigInt(steps);
    const [v] = double;
    expect(v <= limit).toBe(Math.fround(v) < threshold);
  }), { numRuns: 1000 });
});

test('a row between a double and its rounding goes where XGBoost sends it', () => {
  // 0.1 rounds up in single precision, to a float that is not below itself.
  expect(0.1 <= largestBelow(Math.fround(0.1))).toBe(false);
  expect(Math.fround(0.1) > 0.1).toBe(true);
});

interface Model {
  readonly learner: {
    readonly objective: { name: string };
    readonly learner_model_param: { base_score: string };
    readonly gradient_booster: { name: string; readonly model: { readonly trees: readonly { readonly split_conditions: (number | null)[]; readonly left_children: number[]; readonly tree_param: { size_leaf_vector: string } }[] } };
  };
}

describe('what is not read is said', () => {
  const changed = (change: (copy: Model) => void): string => {
    const copy = structuredClone(models['binary:logistic'].model) as Model;
    change(copy);
    return JSON.stringify(copy);
  };
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['booster is "dart"', changed((copy) => { copy.learner.gradient_booster.name = 'dart'; })],
    ['objective "binary:hinge"', changed((copy) => { copy.learner.objective.name = 'binary:hinge'; })],
    ['base_score', changed((copy) => { copy.learner.learner_model_param.base_score = '2'; })],
    ['trees\\[0\\].split_conditions\\[3\\] is no number', changed((copy) => { copy.learner.gradient_booster.model.trees[0].split_conditions[3] = null; })],
    ['tree 0.*reached twice', changed((copy) => { copy.learner.gradient_booster.model.trees[0].left_children[0] = 2; })],
    ['multi_output_tree', changed((copy) => { copy.learner.gradient_booster.model.trees[0].tree_param.size_leaf_vector = '3'; })],
  ])('%s', (what, text) => {
    expect(() => readXgboost(text)).toThrow(new RegExp(what));
    expect(() => readXgboost(text)).toThrow(expect.objectContaining({ code: 'artefact_invalid' }));
  });

  test('base scores of older files: plain text', () => {
    const { forest } = readXgboost(changed((copy) => { copy.learner.learner_model_param.base_score = '2.5E-1'; }));
    expect(forest.base[0]).toBeCloseTo(Math.log(1 / 3), 12);
  });
});

describe('what stands beside the trees', () => {
  interface Full { learner: { attributes?: Record<string, string>; gradient_booster: { model: { trees: unknown[]; tree_info: number[]; cats: { enc: unknown[] } } } } }
  const copyOf = (name: string, change: (copy: Full) => void): string => {
    const copy = structuredClone(models[name].model) as Full;
    change(copy);
    return JSON.stringify(copy);
  };
  test.each([['binary:logistic', 3], ['multi:softprob', 6]])('%s: early stopping keeps the rounds up to its best one', (name, kept) => {
    const stopped = readXgboost(copyOf(name, (copy) => { copy.learner.attributes = { best_iteration: name === 'binary:logistic' ? '2' : '1' }; }));
    const short = readXgboost(copyOf(name, ({ learner: { gradient_booster: { model } } }) => { [model.trees, model.tree_info] = [model.trees.slice(0, kept), model.tree_info.slice(0, kept)]; }));
    expect(stopped).toEqual(short);
  });

  const name = 'binary:logistic, categories';
  const { forest: plain } = readXgboost(JSON.stringify(models[name].model));
  const branch = plain.columns.indexOf('branch');
  const count = plain.categories[branch]?.length ?? 0;
  const named = (texts: readonly string[]): string => copyOf(name, ({ learner: { gradient_booster: { model } } }) => {
    const bytes = texts.map((text) => [...new TextEncoder().encode(text)].map((byte) => (byte > 127 ? byte - 256 : byte)));
    const offsets = bytes.reduce<number[]>((ends, one) => [...ends, ends[ends.length - 1] + one.length], [0]);
    model.cats.enc = [{ offsets: [], values: [] }, { offsets: [], values: [] }, { offsets: [], values: [] }, { offsets, values: bytes.flat() }, { type: 15, values: Array.from({ length: 500 }, (_, i) => 10 * i) }];
  });
  test('categories have the names of the data frame, or its numbers', () => {
    const { forest } = readXgboost(named(Array.from({ length: count }, (_, k) => `店 ${k}`)));
    expect(forest.categories[branch]?.slice(0, 2)).toEqual(['店 0', '店 1']);
    expect(forest.categories[forest.columns.indexOf('zone')]?.slice(0, 3)).toEqual(['0', '10', '20']);
    expect({ ...forest, categories: [] }).toEqual({ ...plain, categories: [] });
    expect(readXgboost(named(['only one'])).forest.categories[branch]).toEqual(plain.categories[branch]);
  });
  test('names that are cut short are refused: nobody could match them', () => {
    const cut = named(Array.from({ length: count }, (_, k) => `店 ${k}`)).replace('"offsets":[0,5', '"offsets":[0,2');
    expect(() => readXgboost(cut)).toThrow(/name of category 0 is cut short/);
  });
});

test('damaged JSON is refused or still a forest, and nothing else', () => {
  const texts = Object.values(models).map(({ model }) => JSON.stringify(model));
  let refused = 0;
  const values = [null, -1, 1e300, 'x', [], {}, [1, 2, 3], true, 0.5, 2147483647];
  fc.assert(fc.property(fc.nat(texts.length - 1), fc.array(fc.nat(1e6), { minLength: 1, maxLength: 12 }), fc.constantFrom(...values), (which, path, value) => {
    const copy = JSON.parse(texts[which]) as unknown;
    // Down the path as far as it goes, the last step is replaced.
    let at = copy as Record<string, unknown>;
    for (const [depth, step] of path.entries()) {
      const keys = Object.keys(at);
      if (keys.length === 0) break;
      const key = keys[step % keys.length];
      const below = at[key];
      if (depth === path.length - 1 || typeof below !== 'object' || below === null) {
        at[key] = value;
        break;
      }
      at = below as Record<string, unknown>;
    }
    const answer = readOrRefused(() => readXgboost(JSON.stringify(copy)).forest);
    if (answer === 'refused') refused++;
    expect(answer === 'refused' ? undefined : forestProblem(answer)).toBeUndefined();
  }), { numRuns: 300, seed: 5 });
  expect(refused).toBeGreaterThan(50);
});
