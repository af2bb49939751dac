/** Whether a version serves by itself and why, and how it did beside the version that served when it was trained. */
import { AppError } from '../base/errors.ts';
import { z } from 'zod';
import type { Store } from '../store/connection.ts';
import { promotionRow } from '../store/repositories/modelReports.ts';
import { championComparisonSchema, gateAnswerSchema } from '../training/champion/schema.ts';

export const promotionSchema = z.strictObject({
  /** null: the version came about otherwise than by training or importing here, or before reasons were kept. */
  gate: gateAnswerSchema.nullable(),
  /** null: no version served then. */
  comparison: championComparisonSchema.nullable(),
});
export type Promotion = z.infer<typeof promotionSchema>;

/** @throws AppError `artefact_invalid` where what was kept cannot be read. */
export async function readPromotion(store: Store, name: string, version: number): Promise<Promotion> {
  const parsed = promotionSchema.safeParse((await promotionRow(store.db, name, version)) ?? { gate: null, comparison: null });
  if (parsed.success) return parsed.data;
  throw new AppError('artefact_invalid', `What was kept of the comparison of model "${name.slice(0, 60)}" version ${version} cannot be read.`, { hint: 'Start the version of Tagcast that wrote it, or train again: `tagcast train`.' });
}
