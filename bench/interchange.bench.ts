/**
 * Our trees in LightGBM: forests trained here (numbers with gaps, categories, several classes, counts) are written as text, opened there, and scores, predictions and contributions compared.
 * `--freeze`: writes texts, rows and LightGBM's answers to test/golden/interchange/ours.json.gz. The last line is JSON; `largestDifference` must stay below 1e−9; there are no ratios.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Matrix } from '../src/base/matrix.ts';
import { seededRandom } from '../src/base/random.ts';
import { boostedTrees, type BoostedTreesParams } from '../src/estimators/trees/boostedTrees.ts';
import { writeLightgbm } from '../src/estimators/trees/interchange/lightgbmWrite.ts';
import { forestColumns } from '../src/estimators/trees/serve/columns.ts';
import { applyLink } from '../src/estimators/trees/serve/links.ts';
import { forestScores } from '../src/estimators/trees/serve/scores.ts';
import { treeContributions } from '../src/estimators/trees/shap/treeShap.ts';
import { peerEnvironment, peerPython } from './support/peers.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean' }, freeze: { type: 'boolean' } } });
const ROWS = 3000;
const SHOWN = 50;

const rng = seededRandom('interchange bench');
const branches = Array.from({ length: 12 }, (_, k) => `branch ${k}`);
const column = (make: () => number): Float64Array => Float64Array.from({ length: ROWS }, make);
const [rate, score, branch] = [column(() => (rng.next() < 0.1 ? NaN : Math.exp(rng.normal()))), column(() => rng.normal()), column(() => (rng.next() < 0.05 ? NaN : rng.int(branches.length)))];
const signal = Float64Array.from({ length: ROWS }, (_, i) => (Number.isNaN(rate[i]) ? 0.5 : Math.log(rate[i]) * 0.6) - 0.8 * score[i] + ([1, 4, 7].includes(branch[i]) ? 1.2 : 0));
const numbers: Matrix = { rows: ROWS, columns: [{ name: 'rate', values: rate }, { name: 'score', values: score }] };
const withCategories: Matrix = { rows: ROWS, columns: [...numbers.columns, { name: 'branch', values: branch, categories: branches }] };
const binary = signal.map((s) => (rng.next() < 1 / (1 + Math.exp(-s)) ? 1 : 0));

const cases: readonly { readonly name: string; readonly x: Matrix; readonly y: Float64Array; readonly params: Partial<BoostedTreesParams>; readonly objective?: string }[] = [
  { name: 'binary, numbers with gaps', x: numbers, y: binary, params: { objective: 'log_loss' } },
  { name: 'binary, categories', x: withCategories, y: binary, params: { objective: 'log_loss' } },
  { name: 'three classes', x: withCategories, y: signal.map((s) => Math.min(2, Math.max(0, Math.floor(s + rng.normal() + 1)))), params: { objective: 'softmax' } },
  { name: 'tweedie', x: withCategories, y: signal.map((s) => (rng.next() < 0.4 ? 0 : Math.exp(s + 0.5 * rng.normal()))), params: { objective: 'tweedie' }, objective: 'tweedie' },
];

const written = cases.map(({ name, x, y, params, objective }) => {
  const outcome = boostedTrees.fit({ x, y }, { ...boostedTrees.defaults, trees: 12, maxLeaves: 10, ...params }, { rng: seededRandom(name) });
  if (!outcome.ok) throw new Error(`${name}: ${outcome.detail}`);
  const { forest } = outcome.artefact;
  const columns = forestColumns(forest, x).map((all) => all.subarray(0, SHOWN));
  const rows = Array.from({ length: SHOWN }, (_, i) => columns.map((one) => (Number.isNaN(one[i]) ? null : one[i])));
  return { name, forest, columns, rows, text: writeLightgbm(forest, objective) };
});
const folder = fileURLToPath(new URL('../.bench/', import.meta.url));
const file = join(folder, 'interchange.json');
writeFileSync(file, JSON.stringify({ models: written.map(({ name, text, rows }) => ({ name, text, rows })) }));
interface Opened { readonly name: string; readonly raw: number[][]; readonly predicted: number[][]; readonly contributions: number[][]; readonly rewritten: number[][] }
const opened = JSON.parse(execFileSync(peerPython(['lightgbm', 'xgboost', 'scikitLearn']), [fileURLToPath(new URL('trees/openInLightgbm.py', import.meta.url)), file], { encoding: 'utf8', env: peerEnvironment(1), maxBuffer: 1 << 28 }).trim().split('\n').at(-1) ?? '[]') as Opened[];

let largest = 0;
const differences = written.map(({ name, forest, columns }, m) => {
  const { raw, predicted, contributions, rewritten } = opened[m];
  const most = (ours: ArrayLike<number>, theirs: readonly number[]): number => theirs.reduce((worst, value, i) => Math.max(worst, Math.abs(value - ours[i]) / Math.max(1, Math.abs(value))), 0);
  const scores = forestScores(forest, columns, SHOWN);
  const explained = Array.from({ length: forest.outputs }, (_, k) => treeContributions(forest, columns, SHOWN, k));
  const flat = contributions.flatMap((_, i) => explained.flatMap(({ base, contributions: own }) => [...own.map((one) => one[i]), base]));
  const one = { name, scores: Math.max(most(scores, raw.flat()), most(scores, rewritten.flat())), predictions: most(applyLink(forest, scores.slice()), predicted.flat()), contributions: most(flat, contributions.flat()) };
  largest = Math.max(largest, one.scores, one.predictions, one.contributions);
  return one;
});
if (options.freeze === true) {
  const models = Object.fromEntries(written.map(({ name, forest, rows, text }, m) => [name, { columns: forest.columns, rows, text, raw: opened[m].raw, predicted: opened[m].predicted, contributions: opened[m].contributions }]));
  writeFileSync(fileURLToPath(new URL('../test/golden/interchange/ours.json.gz', import.meta.url)), gzipSync(JSON.stringify({ models })));
}
console.log(JSON.stringify({ bench: 'interchange', ratios: [], differences, largestDifference: largest, within: largest < 1e-9 }));
