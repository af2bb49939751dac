/**
 * How raw columns become the terms of a linear model: median for missing values plus a flag that they were missing, signed log1p of skewed
 * columns, standardising, clipping. Fitted on the training rows, kept in the artefact.
 */
import { z } from 'zod';
import { distribution, moments, weightedQuantile } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';

/** One term of the model. `column` indexes the artefact's column names; a column has a value term, a missing term, both or neither. */
export const termSchema = z.object({
  column: z.int().min(0),
  /** `value`: the column itself; `missing`: 1 where it is missing, else 0. */
  of: z.enum(['value', 'missing']),
  /** What stands in for a missing value, before the logarithm. */
  fill: finite,
  /** True: sign(v)·ln(1+|v|) before standardising. */
  log: z.boolean(),
  mean: finite,
  sd: finite.positive(),
  /** Mean of the standardised and clipped term over the training rows: the zero point of explanations. */
  centre: finite,
});
export type Term = z.infer<typeof termSchema>;

export interface PreprocessingParams {
  /** Columns with |skewness| above this get signed log1p. */
  readonly skewLimit: number;
  /** Standardised values are kept within ± this, so that one customer cannot carry a coefficient away. */
  readonly clip: number;
}

const signedLog = (v: number): number => Math.sign(v) * Math.log1p(Math.abs(v));

/** Writes the standardised values of `term` over `values` (raw, NaN missing) into `out` from `offset` in steps of `stride`. */
export function writeTerm(term: Term, clip: number, values: ArrayLike<number>, out: Float64Array, offset: number, stride: number): void {
  const { fill, log, mean, sd } = term;
  const missing = term.of === 'missing';
  for (let i = 0, at = offset; i < values.length; i++, at += stride) {
    let v = values[i];
    if (missing) v = v !== v ? 1 : 0;
    else {
      if (v !== v) v = fill;
      if (log) v = signedLog(v);
    }
    const standard = (v - mean) / sd;
    out[at] = standard > clip ? clip : standard < -clip ? -clip : standard;
  }
}

/** Terms of `columns` in their order; constant and empty columns give none. */
export function fitTerms(columns: readonly Float64Array[], weights: Float64Array, params: PreprocessingParams): Term[] {
  const terms: Term[] = [];
  const weighted = weights.some((w) => w !== 1) ? weights : undefined;
  columns.forEach((values, column) => {
    const add = (of: Term['of'], fill: number, log: boolean, series: ArrayLike<number>): void => {
      const { mean, sd } = moments(series, weights);
      if (!(sd > 0) || !Number.isFinite(sd)) return;
      const term: Term = { column, of, fill, log, mean, sd, centre: 0 };
      const standard = new Float64Array(values.length);
      writeTerm(term, params.clip, values, standard, 0, 1);
      terms.push({ ...term, centre: moments(standard, weights).mean });
    };
    const present = distribution(values, weighted);
    if (present.values.length > 0) {
      const fill = weightedQuantile(present, 0.5);
      const filled = values.map((v) => (v !== v ? fill : v));
      const log = Math.abs(moments(filled, weights).skewness) > params.skewLimit;
      add('value', fill, log, log ? filled.map(signedLog) : filled);
    }
    if (values.some(Number.isNaN)) add('missing', 0, false, values.map((v) => (v !== v ? 1 : 0)));
  });
  return terms;
}

/** The design matrix, row-major rows × terms. */
export function designMatrix(terms: readonly Term[], clip: number, columns: readonly Float64Array[], rows: number): Float64Array {
  const design = new Float64Array(rows * terms.length);
  terms.forEach((term, t) => writeTerm(term, clip, columns[term.column], design, t, terms.length));
  return design;
}
