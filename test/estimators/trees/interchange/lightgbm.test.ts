import * as fc from '../../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { CATEGORICAL } from '../../../../src/estimators/trees/forest.ts';
import { forestProblem } from '../../../../src/estimators/trees/forestCheck.ts';
import { readLightgbm } from '../../../../src/estimators/trees/interchange/lightgbmRead.ts';
import { writeLightgbm } from '../../../../src/estimators/trees/interchange/lightgbmWrite.ts';
import { applyLink } from '../../../../src/estimators/trees/serve/links.ts';
import { forestScores } from '../../../../src/estimators/trees/serve/scores.ts';
import { treeContributions } from '../../../../src/estimators/trees/shap/treeShap.ts';
import { columnsFor, farthest, lightgbmGolden, oursGolden, readOrRefused } from '../../../support/interchange.ts';
import { CATEGORIES, randomForest, randomRows } from '../../../support/randomForest.ts';

const { columns, rows, models } = lightgbmGolden();

// The sigmoid's factor is in our scores; LightGBM's raw scores of a random forest are sums and ours are means.
const factorOf = (name: string): number => (name.includes('sigmoid 0.7') ? 0.7 : name === 'random forest' ? 1 / 6 : 1);

describe.each(Object.entries(models))('LightGBM model: %s', (name, { model, raw, predicted }) => {
  const { forest } = readLightgbm(model);
  const x = columnsFor(forest, columns, rows);
  const factor = factorOf(name);

  test('scores and predictions within 1e−9', () => {
    expect(forestProblem(forest)).toBeUndefined();
    const scores = forestScores(forest, x, rows.length);
    expect(farthest(scores, raw, factor)).toBeLessThan(1e-9);
    expect(farthest(applyLink(forest, scores), predicted)).toBeLessThan(1e-9);
  });

  test('written by us and read again it scores the same', () => {
    const again = readLightgbm(writeLightgbm(forest)).forest;
    expect(again.link).toBe(forest.link);
    expect(again.categories).toEqual(forest.categories);
    expect(forestScores(again, columnsFor(again, columns, rows), rows.length)).toEqual(forestScores(forest, x, rows.length));
  });
});

const explained = Object.entries(models).flatMap(([name, { model, contributions }]) => (contributions === undefined ? [] : [{ name, model, contributions }]));

test.each(explained)('contributions within 1e−9 of pred_contrib: $name', ({ name, model, contributions }) => {
  const { forest } = readLightgbm(model);
  for (let output = 0; output < forest.outputs; output++) {
    const { base, contributions: own } = treeContributions(forest, columnsFor(forest, columns, rows), rows.length, output);
    const width = columns.length + 1;
    const theirs = contributions.map((row) => row.slice(output * width, (output + 1) * width));
    const ours = rows.flatMap((_, i) => [...columns.map((column) => own[forest.columns.indexOf(column)]?.[i] ?? 0), base]);
    expect(farthest(ours, theirs, factorOf(name))).toBeLessThan(1e-9);
  }
});

test('forests of every shape keep their scores on the way to LightGBM and back', () => {
  fc.assert(fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 4 }), (seed, outputs, categorical, treesPerOutput) => {
    const made = randomForest(seed, { columns: 6, categorical, outputs, treesPerOutput, splits: 20 });
    // LightGBM has no zero-as-missing categories.
    const forest = { ...made, nodes: { ...made.nodes, flags: made.nodes.flags.map((flags) => ((flags & CATEGORICAL) === 0 ? flags : flags & ~2)) } };
    const again = readLightgbm(writeLightgbm(forest)).forest;
    const x = randomRows(seed, forest, 80).map((values, c) => (forest.categories[c] === null ? values : values.map((v) => (v < 0 || v >= CATEGORIES ? NaN : v))));
    const kept = again.columns.map((name) => x[forest.columns.indexOf(name)]);
    const [before, after] = [forestScores(forest, x, 80), forestScores(again, kept, 80)];
    after.forEach((score, i) => { expect(score).toBeCloseTo(before[i], 12); });
  }), { numRuns: 40 });
});

test.each(Object.entries(oursGolden().models))('what we wrote and LightGBM opened: %s', (_, { columns: names, rows: given, text, raw, predicted, contributions }) => {
  const { forest } = readLightgbm(text);
  const x = columnsFor(forest, names, given);
  const scores = forestScores(forest, x, given.length);
  expect(farthest(scores, raw)).toBeLessThan(1e-9);
  expect(farthest(applyLink(forest, scores.slice()), predicted)).toBeLessThan(1e-9);
  const explained = Array.from({ length: forest.outputs }, (__, output) => treeContributions(forest, x, given.length, output));
  const flat = given.flatMap((__, i) => explained.flatMap(({ base, contributions: own }) => [...names.map((name) => own[forest.columns.indexOf(name)]?.[i] ?? 0), base]));
  expect(farthest(flat, contributions)).toBeLessThan(1e-9);
  // Leaves get the order of our nodes; from then on the text stays as it is.
  const again = writeLightgbm(forest);
  expect(writeLightgbm(readLightgbm(again).forest)).toBe(again);
});

test('names and outputs that the format cannot hold are refused', () => {
  const forest = randomForest(1, { columns: 2, categorical: 0, outputs: 1, treesPerOutput: 1, splits: 3 });
  expect(() => writeLightgbm({ ...forest, columns: ['a b', 'c'] })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  const several = randomForest(1, { columns: 2, categorical: 0, outputs: 2, treesPerOutput: 1, splits: 3 });
  expect(() => writeLightgbm({ ...several, link: 'identity' })).toThrow(/2 outputs with the link identity/);
});

test('pandas categories become the names of codes', () => {
  const { model } = models['binary, categories'];
  const named = `${model}\npandas_categorical:${JSON.stringify([Array.from({ length: 11 }, (_, k) => `shop ${k}`), Array.from({ length: 70 }, (_, k) => k)])}\n`;
  const { forest } = readLightgbm(named);
  expect(forest.categories[forest.columns.indexOf('branch')]?.slice(0, 2)).toEqual(['shop 0', 'shop 1']);
  expect(forest.categories[forest.columns.indexOf('zone')]?.[69]).toBe('69');
});

test.each([
  ['line 1', (text: string) => text.slice(2)],
  ['linear', (text: string) => text.replace('is_linear=0', 'is_linear=1')],
  ['version v2', (text: string) => text.replace('version=v4', 'version=v2')],
  ['objective "mystery"', (text: string) => text.replace('objective=binary', 'objective=mystery')],
  ['tree 0.*reached twice', (text: string) => text.replace(/left_child=\S+/, 'left_child=0')],
  ['tree 0 has 13 values in leaf_value; it must have 12', (text: string) => text.replace('leaf_value=', 'leaf_value=1 ')],
  ['"zero" in threshold, which is no number', (text: string) => text.replace(/threshold=\S+/, 'threshold=zero')],
  ['before "end of trees"', (text: string) => text.slice(0, 3000)],
  ['split 0 reads column 77 of 5', (text: string) => text.replace(/split_feature=\S+/, 'split_feature=77')],
])('damage is named: %s', (what, damage) => {
  const text = damage(models['binary, numeric with gaps'].model);
  expect(() => readLightgbm(text)).toThrow(new RegExp(what));
  expect(() => readLightgbm(text)).toThrow(expect.objectContaining({ code: 'artefact_invalid' }));
});

test('damaged text is refused or still a forest, and nothing else', () => {
  const texts = Object.values(models).map(({ model }) => model);
  let [refused, read] = [0, 0];
  const words = ['', '3', '0', '1', '-1', '1e999', 'nan', '99999999999', '0.5', 'inf', '=', 'Tree=1', '\n', '2147483648', '[', 'none'];
  fc.assert(fc.property(fc.nat(texts.length - 1), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(4), fc.constantFrom(...words)), { minLength: 1, maxLength: 2 }), (which, changes) => {
    let text = texts[which];
    for (const [place, length, word] of changes) {
      const at = Math.floor(place * text.length);
      text = text.slice(0, at) + word + text.slice(at + length);
    }
    const answer = readOrRefused(() => readLightgbm(text).forest);
    if (answer === 'refused') refused++;
    else read++;
    expect(answer === 'refused' ? undefined : forestProblem(answer)).toBeUndefined();
  }), { numRuns: 300, seed: 5 });
  expect(refused).toBeGreaterThan(50);
  expect(read).toBeGreaterThan(0);
});
