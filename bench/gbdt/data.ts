/** The table that every trainer of bench/gbdt.bench.ts reads: one file of doubles, column by column, target last. The same recipe gives the same bytes. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matrix } from '../../src/base/matrix.ts';
import { seededRandom } from '../../src/base/random.ts';

export const COLUMNS = 28;
/** Share of values that are missing, and of rows that are kept for the test. */
const MISSING = 0.11;
const TEST_SHARE = 0.2;

export interface TableFile {
  readonly path: string;
  /** Rows for training come first, then those for the test. */
  readonly rows: number;
  readonly trainRows: number;
}

/** Normal columns, some of them skewed or in steps, and a target of seven of them with bends and interactions; missing values of one column mean something. */
export function tableFile(trainRows: number): TableFile {
  const rows = Math.round(trainRows / (1 - TEST_SHARE));
  const folder = fileURLToPath(new URL('../../.bench/', import.meta.url));
  const path = join(folder, `gbdt-${trainRows}.f64`);
  if (existsSync(path)) return { path, rows, trainRows };
  const rng = seededRandom('gbdt bench', 1);
  const table = new Float64Array(rows * (COLUMNS + 1));
  for (let i = 0; i < rows; i++) {
    const v = Array.from({ length: COLUMNS }, () => rng.normal());
    const shown = v.map((z, c) => (c % 4 === 1 ? Math.exp(z) : c % 4 === 2 ? Math.round(3 * z) : z));
    const gone = v.map(() => rng.next() < MISSING);
    const score = 0.8 * v[0] - 0.6 * Math.abs(v[1]) + 0.7 * v[2] * v[3] + 0.5 * Math.sin(2 * v[4]) + (v[5] > 0.5 ? 0.6 : -0.2) - 0.4 * v[6] * v[6] + (gone[7] ? 0.7 : 0);
    for (let c = 0; c < COLUMNS; c++) table[c * rows + i] = gone[c] ? NaN : shown[c];
    table[COLUMNS * rows + i] = rng.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.part`, new Uint8Array(table.buffer));
  renameSync(`${path}.part`, path);
  return { path, rows, trainRows };
}

/** Columns as views of the file's bytes: nothing is copied. */
export function readTable({ path, rows, trainRows }: TableFile): { readonly x: Matrix; readonly y: Float64Array; readonly testX: Matrix; readonly testY: Float64Array } {
  const bytes = readFileSync(path);
  const column = (c: number, from: number, to: number): Float64Array => new Float64Array(bytes.buffer, bytes.byteOffset + 8 * (c * rows + from), to - from);
  const part = (from: number, to: number): Matrix => ({ rows: to - from, columns: Array.from({ length: COLUMNS }, (_, c) => ({ name: `f${String(c).padStart(2, '0')}`, values: column(c, from, to) })) });
  return { x: part(0, trainRows), y: column(COLUMNS, 0, trainRows), testX: part(trainRows, rows), testY: column(COLUMNS, trainRows, rows) };
}
