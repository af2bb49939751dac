/** The columns that an uplift model reads, from features and from what came with the assignment. One function for training and for scoring. */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';

export const upliftColumnSchema = z.strictObject({
  /** Unique within the model. */
  name: z.string(),
  /** A feature of the plan, or a covariate of the experiment. */
  from: z.enum(['feature', 'covariate']),
  /** Name of the feature or covariate. */
  source: z.string(),
  /** Of a covariate of texts: those seen in training, sorted. */
  categories: z.array(z.string()).optional(),
});
export type UpliftColumn = z.infer<typeof upliftColumnSchema>;

/** A text that training did not see. */
const OTHER = '\u0000other';

export const covariateColumn = (name: string, categories?: readonly string[]): UpliftColumn => ({ name: `given:${name}`, from: 'covariate', source: name, ...(categories === undefined ? {} : { categories: [...categories] }) });

/**
 * @param feature values of a feature, one per row
 * @param covariate what is known of a row under a name: a number, a text, or anything else for missing
 */
export function upliftMatrix(columns: readonly UpliftColumn[], rows: number, feature: (name: string) => Float64Array, covariate: (row: number, name: string) => unknown): Matrix {
  return {
    rows,
    columns: columns.map(({ name, from, source, categories }) => {
      if (from === 'feature') return { name, values: feature(source) };
      const code = new Map(categories?.map((one, i) => [one, i]));
      const values = Float64Array.from({ length: rows }, (_, row) => {
        const value = covariate(row, source);
        if (categories === undefined) return numberOf(value);
        return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? (code.get(String(value)) ?? categories.length) : Number.NaN;
      });
      return { name, values, ...(categories === undefined ? {} : { categories: [...categories, OTHER] }) };
    }),
  };
}

function numberOf(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return value.trim() === '' ? Number.NaN : finiteOr(Number(value));
  return typeof value === 'number' ? finiteOr(value) : Number.NaN;
}

const finiteOr = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
