import { z } from 'zod';
import { finite, float64Block } from '../codec.ts';
import { termSchema } from './preprocessing.ts';

/** Fields of every linear artefact. */
export const linearFields = {
  columns: z.array(z.string()).min(1),
  terms: z.array(termSchema).min(1),
  clip: finite.positive(),
  coefficients: float64Block,
  intercept: finite,
};

/** What is wrong between the fields, or undefined. */
export function linearProblem(a: { readonly columns: readonly string[]; readonly terms: readonly { readonly column: number }[]; readonly coefficients: Float64Array }): string | undefined {
  if (a.coefficients.length !== a.terms.length) return `${a.coefficients.length} coefficients for ${a.terms.length} terms`;
  return a.terms.every(({ column }) => column < a.columns.length) ? undefined : 'a term names a column that is not there';
}
