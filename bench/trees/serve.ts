/** Ours and LightGBM on the same trees, which LightGBM has trained and we read from its text: each time in fresh processes, in turn, one thread. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableFile, type TableFile } from '../gbdt/data.ts';
import { peerEnvironment, peerPython } from '../support/peers.ts';

const FOLDER = fileURLToPath(new URL('../../.bench/', import.meta.url));
const PEER = fileURLToPath(new URL('lightgbmPeer.py', import.meta.url));
const OURS = fileURLToPath(new URL('serveOurs.ts', import.meta.url));

interface Answer {
  readonly seconds: number;
  readonly row_microseconds?: number;
  readonly rowMicroseconds?: number;
  readonly difference?: number;
}

const lastLine = (text: string): Answer => JSON.parse(text.trim().split('\n').at(-1) ?? '') as Answer;
export const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

export function peer(...args: readonly string[]): Answer {
  return lastLine(execFileSync(peerPython(['lightgbm', 'xgboost', 'scikitLearn']), [PEER, ...args], { encoding: 'utf8', env: peerEnvironment(1), maxBuffer: 1 << 26 }));
}

/** Text model of 63 leaves on the table, trained once. */
export function lightgbmModel(table: TableFile, trees: number): string {
  const file = join(FOLDER, `lightgbm-${table.trainRows}-${trees}.txt`);
  if (!existsSync(file)) peer('train', table.path, String(table.rows), String(table.trainRows), String(trees), file);
  return file;
}

export interface Served {
  /** Processor seconds for `count` rows, medians. */
  readonly tagcast: number;
  readonly lightgbm: number;
  /** Microseconds of one row alone; predictions only. */
  readonly rowTagcast: number;
  readonly rowLightgbm: number;
  /** Largest difference of any number, relative above 1. */
  readonly difference: number;
}

/** @param counts rows for ours and for the peer, which may be fewer where it is slow */
export function serveCase(command: 'predict' | 'contrib', tableRows: number, trees: number, counts: { readonly ours: number; readonly peer: number }, rounds: number, say: (line: string) => void): Served {
  const table = tableFile(tableRows);
  const model = lightgbmModel(table, trees);
  const out = join(FOLDER, `${command}.f64`);
  const [ours, theirs]: [Answer[], Answer[]] = [[], []];
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    theirs.push(peer(command, table.path, String(table.rows), model, String(counts.peer), out));
    const run = (count: number): Answer => lastLine(execFileSync(process.execPath, ['--import', 'tsx', OURS, command, table.path, String(table.rows), model, String(count), out], { encoding: 'utf8' }));
    const one = run(counts.ours);
    ours.push(one);
    // Rows beyond the peer's have nothing to be compared with.
    difference = Math.max(difference, (counts.ours === counts.peer ? one : run(counts.peer)).difference ?? Infinity);
    say(`${command}: ours ${((1e6 * one.seconds) / counts.ours).toFixed(2)} µs a row, LightGBM ${((1e6 * (theirs.at(-1)?.seconds ?? 0)) / counts.peer).toFixed(2)} µs a row`);
  }
  return {
    tagcast: median(ours.map((one) => one.seconds)), lightgbm: median(theirs.map((one) => one.seconds)),
    rowTagcast: median(ours.map((one) => one.rowMicroseconds ?? 0)), rowLightgbm: median(theirs.map((one) => one.row_microseconds ?? 0)), difference,
  };
}
