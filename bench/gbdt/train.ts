/** Training cases of bench/gbdt.bench.ts: ours and the peers in turn, each in fresh processes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peerEnvironment, peerPython } from '../support/peers.ts';
import { tableFile } from './data.ts';

export interface Trained {
  readonly seconds: number;
  /** Of the processor: says more than the clock where others use the machine. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly auc: number;
  readonly logLoss: number;
}

export interface TrainCase {
  readonly rows: number;
  readonly threads: number;
  readonly trees: number;
  readonly rounds: number;
  readonly peers: readonly string[];
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

function lastLine(text: string): Trained {
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Trained;
}

/** Medians by trainer; `tagcast` is ours. */
export function trainCase({ rows, threads, trees, rounds, peers }: TrainCase, say: (line: string) => void): Readonly<Record<string, Trained>> {
  const file = tableFile(rows);
  const numbers = [file.rows, file.trainRows, threads, trees].map(String);
  const ours = fileURLToPath(new URL('trainOurs.ts', import.meta.url));
  const theirs = fileURLToPath(new URL('trainPeers.py', import.meta.url));
  const python = peers.length === 0 ? '' : peerPython(['lightgbm', 'xgboost', 'scikitLearn']);
  const runs = new Map<string, Trained[]>(['tagcast', ...peers].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // In turn, so that whatever else the machine does meets all of them.
    for (const [name, list] of runs) {
      const one = lastLine(name === 'tagcast'
        ? execFileSync(process.execPath, ['--import', 'tsx', ours, file.path, ...numbers], { encoding: 'utf8' })
        : execFileSync(python, [theirs, name, file.path, ...numbers], { encoding: 'utf8', env: peerEnvironment(threads) }));
      list.push(one);
      say(`${rows} rows, ${threads} thread(s), ${name}: ${one.seconds.toFixed(2)} s, ${one.cpuSeconds.toFixed(2)} s of processor time, peak ${one.peakMb.toFixed(0)} MB, AUC ${one.auc.toFixed(5)}, log loss ${one.logLoss.toFixed(5)}`);
    }
  }
  const of = (list: readonly Trained[], key: keyof Trained): number => median(list.map((one) => one[key]));
  return Object.fromEntries([...runs].map(([name, list]) => [name, { seconds: of(list, 'seconds'), cpuSeconds: of(list, 'cpuSeconds'), peakMb: of(list, 'peakMb'), auc: of(list, 'auc'), logLoss: of(list, 'logLoss') }]));
}
