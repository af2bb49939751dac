/**
 * Terms of a linear model: how one raw column becomes one number per row. Fitted on the training rows and kept in the artefact; categories are kept by
 * name, so that a table with other codes for the same names gives the same numbers.
 */
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { Column } from '../../base/matrix.ts';
import { finite, float64Block } from '../codec.ts';
import { bSplineBasis, bSplineCount, splineBasis } from './splines.ts';

const place = {
  /** Index into the artefact's column names. A column has any number of terms. */
  column: z.int().min(0),
  mean: finite,
  sd: finite.positive(),
  /** Mean of the standardised and clipped term over the training rows: the zero point of explanations. */
  centre: finite,
};
const quantity = {
  ...place,
  /** What stands in for a missing value, before the logarithm. */
  fill: finite,
  /** True: sign(v)·ln(1+|v|) before standardising. */
  log: z.boolean(),
};
const ascending = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v > values[i - 1]);

export const termSchema = z.discriminatedUnion('of', [
  /** The column itself. */
  z.object({ of: z.literal('value'), ...quantity }),
  /** 1 where the column is missing, else 0. */
  z.object({ of: z.literal('missing'), ...quantity }),
  /** One function of a natural cubic spline, see splines.ts; knots are on the scale after the logarithm. */
  z.object({ of: z.literal('spline'), ...quantity, knots: z.array(finite).min(3).refine(ascending, 'knots must ascend'), basis: z.int().min(0) })
    .refine(({ knots, basis }) => basis < knots.length - 2, 'a spline has no such function'),
  /** One function of a cubic B-spline basis; the last one is left out, because all sum to 1. */
  z.object({ of: z.literal('b_spline'), ...quantity, knots: z.array(finite).min(3).refine(ascending, 'knots must ascend'), basis: z.int().min(0) })
    .refine(({ knots, basis }) => basis < bSplineCount(knots.length) - 1, 'a spline has no such function'),
  /** A number for each category: 1 and 0 (`one_hot`), the logarithm of its share of the rows (`frequency`), or the mean target of its rows on the link scale (`target`). */
  z.object({
    of: z.literal('category'), ...place, how: z.enum(['one_hot', 'frequency', 'target']), levels: z.array(z.string()), values: float64Block,
    /** For a category that was rare or not there at fit, and for a missing one. */
    unseen: finite, missing: finite,
  }).refine(({ levels, values }) => levels.length === values.length, 'a category without its number'),
]);
export type Term = z.infer<typeof termSchema>;
export type CategoryTerm = Extract<Term, { of: 'category' }>;
export type QuantityTerm = Exclude<Term, CategoryTerm>;

export const signedLog = (v: number): number => Math.sign(v) * Math.log1p(Math.abs(v));

/** A raw term value standardised and kept within ± `clip`. */
export function standardised({ mean, sd }: Term, clip: number, raw: number): number {
  const standard = (raw - mean) / sd;
  return standard > clip ? clip : standard < -clip ? -clip : standard;
}

/** Writes the raw values of a quantity's term over the values of its column (NaN: missing). */
export function writeRaw(term: QuantityTerm, values: Float64Array, out: Float64Array): void {
  if (term.of === 'missing') {
    for (let i = 0; i < values.length; i++) out[i] = values[i] !== values[i] ? 1 : 0;
    return;
  }
  const { fill, log } = term;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    const filled = v !== v ? fill : v;
    out[i] = log ? signedLog(filled) : filled;
  }
  if (term.of === 'value') return;
  const basis = term.of === 'spline' ? splineBasis : bSplineBasis;
  for (let i = 0; i < values.length; i++) out[i] = basis(term.knots, term.basis, out[i]);
}

/** Raw value of a category's term for each of `categories`, in that order. */
export function rawCategories(term: CategoryTerm, categories: readonly string[]): Float64Array {
  const known = new Map(term.levels.map((level, i) => [level, term.values[i]]));
  return Float64Array.from(categories, (name) => known.get(name) ?? term.unseen);
}

/** Standardised values of `term` over its column, written into `out`, which may be the column's own. Throws `model_mismatch` where a categorical column has lost its categories. */
export function writeTerm(term: Term, clip: number, column: Column, out: Float64Array): void {
  const { values } = column;
  const { mean, sd } = term;
  if (term.of !== 'category') {
    const plain = term.of === 'value' && !term.log;
    if (!plain) writeRaw(term, values, out);
    const raw = plain ? values : out;
    const { fill } = term;
    for (let i = 0; i < values.length; i++) {
      const v = raw[i];
      const standard = ((v !== v ? fill : v) - mean) / sd;
      out[i] = standard > clip ? clip : standard < -clip ? -clip : standard;
    }
    return;
  }
  const missing = standardised(term, clip, term.missing);
  const unseen = standardised(term, clip, term.unseen);
  const known = rawCategories(term, column.categories ?? []).map((raw) => standardised(term, clip, raw));
  for (let i = 0; i < values.length; i++) {
    const code = values[i];
    if (code === code && column.categories === undefined) {
      throw new AppError('model_mismatch', `The model knows ${column.name} as a column of categories, and these rows have it as a number.`, {
        details: { column: column.name }, hint: 'Hand the column in with its category names, or train again: `tagcast train`.',
      });
    }
    out[i] = code === code ? (known[code] ?? unseen) : missing;
  }
}
