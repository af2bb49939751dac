/** How a candidate is fitted, as plain data: what a version keeps of it, so that it can be fitted the same way on other rows. */
import { z } from 'zod';
import { canonicalJson } from '../base/json.ts';
import type { Candidate } from './define.ts';

export const recipeSchema = z.strictObject({
  /** Over the estimator's defaults. */
  params: z.record(z.string(), z.unknown()),
  /** Columns that it sees; null: all of the version. */
  columns: z.array(z.string()).nullable(),
  labelFree: z.boolean(),
});
export type Recipe = z.infer<typeof recipeSchema>;

export function recipeOf({ params, columns, labelFree }: Candidate, horizonDays: number): Recipe {
  const given = typeof params === 'function' ? params(horizonDays) : (params ?? {});
  return { params: { ...given }, columns: columns === undefined ? null : [...columns], labelFree: labelFree === true };
}

/** Whether two candidates are fitted the same way on rows with these columns. Names do not matter. */
export function sameRecipe(a: Candidate, b: Candidate, horizonDays: number, columns: readonly string[]): boolean {
  if (a.estimator !== b.estimator || a.rung !== b.rung) return false;
  const whole = (candidate: Candidate): string => {
    const { params, columns: seen, labelFree } = recipeOf(candidate, horizonDays);
    return canonicalJson({ params, labelFree, columns: columns.filter((name) => seen?.includes(name) ?? true).sort() });
  };
  return whole(a) === whole(b);
}
