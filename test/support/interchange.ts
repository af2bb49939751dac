/** Models of other programs with their own predictions; test/golden/interchange/ORIGIN.md says how they were made. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { AppError } from '../../src/base/errors.ts';
import type { Forest } from '../../src/estimators/trees/forest.ts';

export type Numbers = readonly (readonly number[])[];
type Rows = readonly (readonly (number | null)[])[];

export interface LightgbmGolden {
  readonly columns: readonly string[];
  readonly rows: Rows;
  readonly models: Readonly<Record<string, { readonly model: string; readonly raw: Numbers; readonly predicted: Numbers; readonly contributions?: Numbers }>>;
}

export interface XgboostGolden {
  readonly columns: readonly string[];
  readonly models: Readonly<Record<string, { readonly model: object; readonly rows: Rows; readonly sums: Numbers; readonly margin: Numbers; readonly predicted: Numbers }>>;
}

export interface OnnxGolden {
  readonly columns: readonly string[];
  readonly rows: Numbers;
  readonly models: Readonly<Record<string, { readonly bytes: string; readonly predicted: readonly number[] }>>;
}

export interface OursGolden {
  readonly models: Readonly<Record<string, { readonly columns: readonly string[]; readonly rows: Rows; readonly text: string; readonly raw: Numbers; readonly predicted: Numbers; readonly contributions: Numbers }>>;
}

function read(file: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(`../golden/interchange/${file}`, import.meta.url))).toString());
}

export const lightgbmGolden = (): LightgbmGolden => read('lightgbm.json.gz') as LightgbmGolden;
export const xgboostGolden = (): XgboostGolden => read('xgboost.json.gz') as XgboostGolden;

export const onnxGolden = (): OnnxGolden => read('onnx.json.gz') as OnnxGolden;

export const oursGolden = (): OursGolden => read('ours.json.gz') as OursGolden;

/** What a reader says to damaged input: `refused` for the one error that it may throw, else what it read. @throws anything else. */
export function readOrRefused<T>(work: () => T): T | 'refused' {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'artefact_invalid') return 'refused';
    throw error;
  }
}

/** The columns that a forest reads, from rows over all `columns`. */
export function columnsFor(forest: Pick<Forest, 'columns'>, columns: readonly string[], rows: Rows): Float64Array[] {
  return forest.columns.map((name) => Float64Array.from(rows, (row) => row[columns.indexOf(name)] ?? NaN));
}

/** Largest difference, relative above 1. */
export function farthest(a: ArrayLike<number>, b: Numbers, factor = 1): number {
  const flat = b.flat();
  if (flat.length !== a.length) return Infinity;
  return flat.reduce((most, value, i) => Math.max(most, Math.abs(a[i] - value * factor) / Math.max(1, Math.abs(value * factor))), 0);
}
