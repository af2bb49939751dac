/** Rows for the linear bench as raw doubles, column after column, so that both sides read the same numbers without parsing. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random.ts';

export const TARGETS = ['binary', 'count', 'amount'] as const;
export type Target = (typeof TARGETS)[number];

export interface BenchRows {
  readonly columns: Float64Array[];
  readonly y: Float64Array;
}

/** Correlated normal columns (a third of them without effect) and three targets. */
export function makeRows(folder: string, rows: number, terms: number): void {
  if (existsSync(join(folder, 'ready'))) return;
  mkdirSync(folder, { recursive: true });
  const rng = seededRandom('linear bench', rows, terms);
  const shared = Float64Array.from({ length: rows }, () => rng.normal());
  const score = new Float64Array(rows).fill(-0.5);
  for (let t = 0; t < terms; t++) {
    const beta = t % 3 === 0 ? 0 : (0.8 * rng.normal()) / Math.sqrt(terms);
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      column[i] = 0.7 * shared[i] + rng.normal();
      score[i] += beta * column[i];
    }
    write(folder, `x${t}`, column);
  }
  write(folder, 'binary', score.map((z) => (rng.next() < 1 / (1 + Math.exp(-z)) ? 1 : 0)));
  write(folder, 'count', score.map((z) => Math.floor(-Math.log(1 - rng.next()) * Math.exp(0.7 * z) * 2)));
  write(folder, 'amount', score.map((z) => (rng.next() < 0.5 ? 0 : Math.exp(0.7 * z + 0.8 * rng.normal()))));
  writeFileSync(join(folder, 'ready'), '');
}

function write(folder: string, name: string, values: Float64Array): void {
  writeFileSync(join(folder, `${name}.f64`), Buffer.from(values.buffer));
}

function read(folder: string, name: string): Float64Array {
  const bytes = readFileSync(join(folder, `${name}.f64`));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export function readRows(folder: string, terms: number, target: Target): BenchRows {
  return { columns: Array.from({ length: terms }, (_, t) => read(folder, `x${t}`)), y: read(folder, target) };
}
