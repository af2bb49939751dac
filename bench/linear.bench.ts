/**
 * Linear models against scikit-learn, each fit in a fresh process in turn: logistic ridge, a path of 20 elastic-net penalties, Poisson and Tweedie, 100,000 rows × 50 columns.
 * `--large`: 1,000,000 × 30 as well (without the path). `--rows 100000`, `--rounds 3`, `--cases logistic,poisson`, `--threads 2` of the peer. Both sides read the same doubles and time preparation and fit; answers that differ end the bench.
 * The last line is JSON: `ratios` are our time ÷ the peer's, of the medians.
 */
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, type CaseName } from './linear/cases.ts';
import { makeRows } from './linear/data.ts';
import { peerProgram } from './linear/peer.ts';
import { peerEnvironment, peerPython } from './support/peers.ts';

interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
  readonly coefficients: readonly number[];
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' }, large: { type: 'boolean' }, rounds: { type: 'string', default: '3' }, rows: { type: 'string', default: '100000' }, threads: { type: 'string', default: '2' },
    cases: { type: 'string', default: Object.keys(CASES).join(',') },
  },
});
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const python = peerPython(['scikitLearn']);
const child = fileURLToPath(new URL('linear/child.ts', import.meta.url));
const last = (text: string): Measured => JSON.parse(text.trim().split('\n').at(-1) ?? '') as Measured;

const sizes: readonly (readonly [number, number])[] = values.large === true ? [[Number(values.rows), 50], [1_000_000, 30]] : [[Number(values.rows), 50]];
const results: { readonly case: string; readonly ratio: number; readonly seconds: number; readonly peerSeconds: number; readonly peakMb: number; readonly peerPeakMb: number }[] = [];
for (const [rows, terms] of sizes) {
  const folder = join(tmpdir(), `tagcast-linear-${rows}-${terms}`);
  makeRows(folder, rows, terms);
  for (const name of values.cases.split(',') as CaseName[]) {
    if (name === 'elastic_net_path' && rows >= 1_000_000) continue;
    const { target, peers, within } = CASES[name];
    const ours: Measured[] = [];
    const theirs = new Map(peers.map((solver) => [solver as string, [] as Measured[]]));
    for (let round = 0; round < Number(values.rounds); round++) {
      // In turn, so that whatever else the machine does meets both.
      ours.push(last(execFileSync(process.execPath, ['--import', 'tsx', child, name, folder, String(terms)], { encoding: 'utf8' })));
      for (const [solver, list] of theirs) list.push(last(execFileSync(python, ['-c', peerProgram(name, solver, folder, terms, target)], { encoding: 'utf8', env: peerEnvironment(Number(values.threads)) })));
    }
    const of = (list: readonly Measured[], key: 'seconds' | 'peakMb'): number => median(list.map((one) => one[key]));
    for (const [solver, list] of theirs) {
      const gap = Math.max(...ours[0].coefficients.map((v, t) => Math.abs(v - list[0].coefficients[t])));
      if (!(gap < within)) throw new Error(`${name}: coefficients differ from those of ${solver} by ${gap}; the comparison means nothing`);
      const result = { case: `${name} ${rows}x${terms} against ${solver}`, ratio: of(ours, 'seconds') / of(list, 'seconds'), seconds: of(ours, 'seconds'), peerSeconds: of(list, 'seconds'), peakMb: of(ours, 'peakMb'), peerPeakMb: of(list, 'peakMb') };
      results.push(result);
      say(`${result.case}: ${result.seconds.toFixed(2)} s, peer ${result.peerSeconds.toFixed(2)} s, ratio ${result.ratio.toFixed(2)}, coefficients within ${gap.toExponential(1)}`);
    }
  }
}
console.log(JSON.stringify({ bench: 'linear', ratios: results.map(({ case: name, ratio }) => ({ case: name, ratio })), medians: results }));
