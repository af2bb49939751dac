import type { Matrix } from '../../base/matrix.ts';
import type { Explanation } from '../contract.ts';
import { writeTerm, type Term } from '../preprocessing/terms.ts';
import { namedColumns } from '../rows.ts';

/** What linear models share: terms over named columns, one coefficient each, and an intercept. */
export interface LinearTerms {
  readonly columns: readonly string[];
  readonly terms: readonly Term[];
  readonly clip: number;
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** λ per unit of weight; absent in artefacts of before. */
  readonly penalty?: { readonly lambda: number; readonly l1Ratio: number } | undefined;
}

/** intercept + Σ coefficient·term per row. Throws `model_mismatch` naming columns that are missing. */
export function linearScores(model: LinearTerms, x: Matrix): Float64Array {
  const columns = namedColumns(x, model.columns);
  const scores = new Float64Array(x.rows).fill(model.intercept);
  const standard = new Float64Array(x.rows);
  model.terms.forEach((term, t) => {
    const coefficient = model.coefficients[t];
    if (coefficient === 0) return;
    writeTerm(term, model.clip, columns[term.column], standard);
    for (let i = 0; i < x.rows; i++) scores[i] += coefficient * standard[i];
  });
  return scores;
}

/**
 * Contributions coefficient·(term − its training mean), all terms of a column added up under the column's name.
 * For a linear model these are the exact Shapley values with independent columns.
 */
export function additiveExplanation(model: LinearTerms, x: Matrix): Omit<Explanation, 'scale'> {
  const columns = namedColumns(x, model.columns);
  const used = [...new Set(model.terms.map(({ column }) => column))].sort((a, b) => a - b);
  const place = new Map(used.map((column, i) => [column, i]));
  const contributions = used.map(() => new Float64Array(x.rows));
  const standard = new Float64Array(x.rows);
  let base = model.intercept;
  model.terms.forEach((term, t) => {
    const coefficient = model.coefficients[t];
    base += coefficient * term.centre;
    writeTerm(term, model.clip, columns[term.column], standard);
    const sink = contributions[place.get(term.column) as number];
    for (let i = 0; i < x.rows; i++) sink[i] += coefficient * (standard[i] - term.centre);
  });
  return { base, columns: used.map((column) => model.columns[column]), contributions };
}
