import { z } from 'zod';
import { finite, float64Block } from '../codec.ts';
import { termSchema } from '../preprocessing/terms.ts';
import type { LinearTerms } from './linearTerms.ts';

/** Fields of every linear artefact. */
export const linearFields = {
  columns: z.array(z.string()).min(1),
  terms: z.array(termSchema).min(1),
  clip: finite.positive(),
  coefficients: float64Block,
  intercept: finite,
  /** λ per unit of weight, and the share of its L1 part. Artefacts of before do not say. */
  penalty: z.object({ lambda: finite.min(0), l1Ratio: finite.min(0).max(1) }).optional(),
};

/** What is wrong between the fields, or undefined. `classes`: sets of coefficients, one after the other. */
export function linearProblem(a: Pick<LinearTerms, 'columns' | 'terms' | 'coefficients'>, classes = 1): string | undefined {
  if (a.coefficients.length !== classes * a.terms.length) return `${a.coefficients.length} coefficients for ${a.terms.length} terms`;
  return a.terms.every(({ column }) => column < a.columns.length) ? undefined : 'a term names a column that is not there';
}

/** Artefact of a generalised linear model with one score per row. */
export type LinearArtefact<Kind extends string> = LinearTerms & { readonly kind: Kind };

export function linearArtefactSchema<Kind extends string>(kind: Kind): z.ZodType<LinearArtefact<Kind>> {
  return z.object({ kind: z.literal(kind), ...linearFields }).superRefine((artefact, context) => {
    const message = linearProblem(artefact);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}
