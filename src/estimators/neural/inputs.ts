/**
 * How columns become what a network reads. Quantities: median for missing values plus a flag, signed log1p where skewed, standardised, clipped. Categories: a
 * code by name, 0 for missing, rare and never seen. Fitted on the training rows, kept in the artefact.
 */
import { z } from 'zod';
import type { Column, Matrix } from '../../base/matrix.ts';
import { distribution, moments, weightedQuantile } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import { columnsNamed } from '../rows.ts';

const quantitySchema = z.object({
  column: z.int().min(0),
  /** What stands in for a missing value, before the logarithm. */
  fill: finite,
  log: z.boolean(),
  mean: finite,
  sd: finite.positive(),
  /** True: a second input, 1 where the value is missing. */
  flagged: z.boolean(),
});
const categorySchema = z.object({ column: z.int().min(0), vocabulary: z.array(z.string()).min(1) });

export const inputsSchema = z.object({ columns: z.array(z.string()), quantities: z.array(quantitySchema), categories: z.array(categorySchema) });
export type Inputs = z.infer<typeof inputsSchema>;

/** Standardised values are kept within ± this. */
const CLIP = 5;
/** Columns with |skewness| above this get signed log1p. */
const SKEW = 2;
/** Weight below which a category is too rare to learn a place of its own, and most categories that get one. */
const RARE = 10;
const MOST_CATEGORIES = 200;

export const signedLog = (v: number): number => Math.sign(v) * Math.log1p(Math.abs(v));

export function fitInputs(columns: readonly Column[], weights: Float64Array): Inputs {
  const weighted = weights.some((w) => w !== 1) ? weights : undefined;
  const inputs = { columns: columns.map(({ name }) => name), quantities: [] as Inputs['quantities'], categories: [] as Inputs['categories'] };
  columns.forEach(({ values, categories }, column) => {
    if (categories !== undefined) {
      const vocabulary = vocabularyOf(categories, values, weights);
      if (vocabulary.length > 0) inputs.categories.push({ column, vocabulary });
      return;
    }
    const present = distribution(values, weighted);
    if (present.values.length === 0) return;
    const fill = weightedQuantile(present, 0.5);
    const filled = values.map((v) => (v !== v ? fill : v));
    const log = Math.abs(moments(filled, weights).skewness) > SKEW;
    const { mean, sd } = moments(log ? filled.map(signedLog) : filled, weights);
    const flagged = values.some(Number.isNaN);
    const varies = sd > 0 && Number.isFinite(sd);
    if (varies || flagged) inputs.quantities.push({ column, fill, log, mean, sd: varies ? sd : 1, flagged });
  });
  return inputs;
}

function vocabularyOf(categories: readonly string[], values: Float64Array, weights: Float64Array): string[] {
  const weightOf = new Map<string, number>();
  values.forEach((code, i) => {
    const text = categories.at(code);
    if (code >= 0 && text !== undefined) weightOf.set(text, (weightOf.get(text) ?? 0) + weights[i]);
  });
  const kept = [...weightOf].filter(([, weight]) => weight >= RARE).sort(([a, wa], [b, wb]) => wb - wa || (a < b ? -1 : 1)).slice(0, MOST_CATEGORIES);
  return kept.map(([text]) => text).sort();
}

/** Numbers per row that the quantities take. */
export function inputWidth({ quantities }: Inputs): number {
  return quantities.reduce((sum, { flagged }) => sum + (flagged ? 2 : 1), 0);
}

export interface EncodedRows {
  readonly rows: number;
  /** Row-major rows × {@link inputWidth}, in the precision of training. */
  readonly values: Float32Array;
  /** One array per categorical column: 0 = unknown, k = entry k − 1 of the vocabulary. */
  readonly codes: readonly Int32Array[];
}

/** The columns of `x` that `inputs` names, in its order. Throws `model_mismatch` naming those that are missing. */
export function inputColumns(inputs: Pick<Inputs, 'columns'>, x: Matrix): Column[] {
  const byName = new Map(x.columns.map((column) => [column.name, column]));
  return columnsNamed(x, inputs.columns).map((values, i) => ({ ...byName.get(inputs.columns[i]), name: inputs.columns[i], values }));
}

/** Rows `from` … `to` − 1 as the network reads them. */
export function encodeRows(inputs: Inputs, columns: readonly Column[], from: number, to: number): EncodedRows {
  const rows = to - from;
  const width = inputWidth(inputs);
  const out = new Float32Array(rows * width);
  let offset = 0;
  for (const { column, fill, log, mean, sd, flagged } of inputs.quantities) {
    const { values } = columns[column];
    for (let i = from, at = offset; i < to; i++, at += width) {
      const missing = Number.isNaN(values[i]);
      const v = missing ? fill : values[i];
      out[at] = Math.min(CLIP, Math.max(-CLIP, ((log ? signedLog(v) : v) - mean) / sd));
      if (flagged && missing) out[at + 1] = 1;
    }
    offset += flagged ? 2 : 1;
  }
  const codes = inputs.categories.map(({ column, vocabulary }) => {
    const { values, categories = [] } = columns[column];
    const place = new Map(vocabulary.map((text, k) => [text, k + 1]));
    const codeOf = categories.map((text) => place.get(text) ?? 0);
    return Int32Array.from({ length: rows }, (_, i) => codeOf[values[from + i]] ?? 0);
  });
  return { rows, values: out, codes };
}
