/** Baseline of the repurchase task: last order + the customer's own mean gap. */
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Estimator } from '../contract.ts';
import { GAP_COUNT, GAP_MEAN, SHORTEST_GAP, SILENCE, rhythmColumn, rhythmOf } from './rhythm.ts';

const personalSchema = z.strictObject({ kind: z.literal('personal_mean_gap'), shopGapDays: z.number().positive().finite() });
export type PersonalMeanGapArtefact = z.infer<typeof personalSchema>;

/**
 * Last order + own mean gap, as a spreadsheet would say it; the shop's mean gap for customers without one. When that day has passed, the next multiple of the gap.
 * No windows: it has no idea of its own error.
 */
export const personalMeanGap: Estimator<PersonalMeanGapArtefact, Readonly<Record<string, never>>> = {
  kind: 'personal_mean_gap',
  tasks: ['duration'],
  schema: personalSchema,
  defaults: {},
  requiredColumns: [GAP_MEAN, GAP_COUNT, SILENCE],
  fit(train, _params, { signal }) {
    throwIfCancelled(signal, 'The fit of personal_mean_gap');
    const missing = [GAP_MEAN, GAP_COUNT, SILENCE].find((name) => columnOf(train.x, name) === undefined);
    if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
    const [mean, count, silence] = [GAP_MEAN, GAP_COUNT, SILENCE].map((name) => rhythmColumn(train.x, name));
    const rows = Array.from({ length: train.x.rows }, (_, row) => ({
      rhythm: rhythmOf(mean[row], count[row], NaN, NaN, silence[row]), days: train.y[row], weight: train.weights?.[row] ?? 1,
    })).filter(({ days }) => days > 0);
    // A fixed order of summing, so that the order of rows does not matter.
    rows.sort((a, b) => a.rhythm.mean - b.rhythm.mean || a.rhythm.gaps - b.rhythm.gaps || a.days - b.days || a.rhythm.silence - b.rhythm.silence || a.weight - b.weight);
    let [gaps, days, waits, waited] = [0, 0, 0, 0];
    for (const { rhythm, weight, days: wait } of rows) {
      waits += weight;
      waited += weight * (wait + rhythm.silence);
      if (rhythm.gaps === 0) continue;
      gaps += weight;
      days += weight * rhythm.mean;
    }
    if (rows.length === 0) return { ok: false, reason: 'too_few_rows', detail: 'No row with a next order or a wait.' };
    const shopGapDays = Math.max(SHORTEST_GAP, gaps > 0 ? days / gaps : waited / waits);
    return { ok: true, artefact: { kind: 'personal_mean_gap', shopGapDays }, report: { shopGapDays, rowsWithGaps: gaps } };
  },
  predict({ shopGapDays }, x) {
    const mean = rhythmColumn(x, GAP_MEAN);
    const count = rhythmColumn(x, GAP_COUNT);
    const silence = rhythmColumn(x, SILENCE);
    return Float64Array.from({ length: x.rows }, (_, row) => {
      const rhythm = rhythmOf(mean[row], count[row], NaN, NaN, silence[row]);
      const gap = rhythm.gaps > 0 ? rhythm.mean : shopGapDays;
      return Math.max(SHORTEST_GAP, (Math.floor(rhythm.silence / gap) + 1) * gap - rhythm.silence);
    });
  },
};
