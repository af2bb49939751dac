/** Our prediction and contributions on a LightGBM text model, in a process of its own. Arguments: predict|contrib, file, rows, model, count, peer's answers. Last line JSON; seconds are of the processor. */
import { readFileSync } from 'node:fs';
import { readLightgbm } from '../../src/estimators/trees/interchange/lightgbmRead.ts';
import { forestScores } from '../../src/estimators/trees/serve/scores.ts';
import { treeContributions } from '../../src/estimators/trees/shap/treeShap.ts';
import { readTable } from '../gbdt/data.ts';

const [command = '', path = '', rowsText = '', model = '', countText = '', answers = ''] = process.argv.slice(2);
const [rows, count] = [Number(rowsText), Number(countText)];
const { forest, columns: names } = readLightgbm(readFileSync(model, 'utf8'));
const { x } = readTable({ path, rows, trainRows: rows });
const columns = forest.columns.map((name) => (x.columns.find((column) => column.name === name)?.values ?? new Float64Array(rows)).slice(0, count));
const bytes = readFileSync(answers);
const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

function timed<T>(work: () => T): { readonly result: T; readonly seconds: number } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { result, seconds: (user + system) / 1e6 };
}

let most = 0;
const differs = (ours: number, other: number): void => { most = Math.max(most, Math.abs(ours - other) / Math.max(1, Math.abs(other))); };
if (command === 'predict') {
  // What is timed second runs compiled, as it does in a service.
  forestScores(forest, columns.map((values) => values.subarray(0, 2000)), Math.min(2000, count));
  const { result, seconds } = timed(() => forestScores(forest, columns, count));
  result.forEach((score, i) => { differs(score, theirs[i]); });
  const singles = Array.from({ length: Math.min(200, count) }, (_, i) => columns.map((values) => values.slice(i, i + 1)));
  const all = (): void => { for (let k = 0; k < 20; k++) for (const row of singles) forestScores(forest, row, 1); };
  for (let k = 0; k < 5; k++) all();
  const one = timed(all).seconds;
  console.log(JSON.stringify({ seconds, difference: most, rowMicroseconds: (one / 20 / singles.length) * 1e6 }));
} else {
  const { result, seconds } = timed(() => treeContributions(forest, columns, count));
  const width = names.length + 1;
  for (let i = 0; i < count; i++) {
    names.forEach((name, c) => {
      const at = forest.columns.indexOf(name);
      differs(at < 0 ? 0 : result.contributions[at][i], theirs[i * width + c]);
    });
    differs(result.base, theirs[i * width + names.length]);
  }
  console.log(JSON.stringify({ seconds, difference: most }));
}
