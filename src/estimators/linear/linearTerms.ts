import type { Explanation } from '../contract.ts';
import { writeTerm, type Term } from './preprocessing.ts';

/** What linear models share: terms over named columns, one coefficient each, and an intercept. */
export interface LinearTerms {
  readonly columns: readonly string[];
  readonly terms: readonly Term[];
  readonly clip: number;
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** intercept + Σ coefficient·term per row; `columns` in the order of `model.columns`. */
export function linearScores(model: LinearTerms, columns: readonly Float64Array[], rows: number): Float64Array {
  const scores = new Float64Array(rows).fill(model.intercept);
  const standard = new Float64Array(rows);
  model.terms.forEach((term, t) => {
    const coefficient = model.coefficients[t];
    if (coefficient === 0) return;
    writeTerm(term, model.clip, columns[term.column], standard, 0, 1);
    for (let i = 0; i < rows; i++) scores[i] += coefficient * standard[i];
  });
  return scores;
}

/**
 * Contributions coefficient·(term − its training mean), the value term and the missing term of a column added up under the column's name.
 * For a linear model these are the exact Shapley values with independent columns.
 */
export function additiveExplanation(model: LinearTerms, columns: readonly Float64Array[], rows: number): Omit<Explanation, 'scale'> {
  const used = [...new Set(model.terms.map(({ column }) => column))].sort((a, b) => a - b);
  const place = new Map(used.map((column, i) => [column, i]));
  const contributions = used.map(() => new Float64Array(rows));
  const standard = new Float64Array(rows);
  let base = model.intercept;
  model.terms.forEach((term, t) => {
    const coefficient = model.coefficients[t];
    base += coefficient * term.centre;
    writeTerm(term, model.clip, columns[term.column], standard, 0, 1);
    const sink = contributions[place.get(term.column) as number];
    for (let i = 0; i < rows; i++) sink[i] += coefficient * (standard[i] - term.centre);
  });
  return { base, columns: used.map((column) => model.columns[column]), contributions };
}
