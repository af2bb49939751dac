/** What the repurchase models read of a customer: the gaps between order days so far, and the silence since the last one. */
import { AppError } from '../../base/errors.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import { groupRatios } from './groups.ts';
import type { CycleGroups } from './groups.ts';

/** Mean gap between consecutive order days, in days; missing for customers with one order. */
export const GAP_MEAN = 'gap_mean_days';
/** Number of gaps: order days − 1. */
export const GAP_COUNT = 'gap_count';
/** Sample standard deviation (divisor n − 1) of the gaps; missing with fewer than two gaps. */
export const GAP_STD = 'gap_std_days';
/** Exponentially weighted mean gap, recent gaps weigh more. */
export const GAP_EWM = 'gap_ewm_days';
/** Days from the last order to the cut-off. */
export const SILENCE = 'days_since_last_order';

export const RHYTHM_COLUMNS = [GAP_MEAN, GAP_COUNT, GAP_STD, GAP_EWM, SILENCE] as const;

/** Shortest time between two order days that the models tell apart from zero, in days. */
export const SHORTEST_GAP = 0.5;

export interface Rhythm {
  /** Gaps so far, 0 for one-order customers and for customers without usable gaps. */
  readonly gaps: number;
  /** Mean gap in days, ≥ {@link SHORTEST_GAP}; meaningless (1) when gaps = 0. */
  readonly mean: number;
  /** Exponentially weighted gap in days; the mean where it is missing. */
  readonly recent: number;
  /** Squared coefficient of variation of the gaps; NaN with fewer than two gaps. */
  readonly cv2: number;
  /** Days since the last order, ≥ 0. */
  readonly silence: number;
  /** Typical gap of the customer's group ÷ that of the shop; absent: 1. */
  readonly ratio?: number;
}

/** Cleans one row: missing, zero and negative values become "not known", never NaN in a result. */
export function rhythmOf(mean: number, count: number, std: number, recent: number, silence: number): Rhythm {
  const gaps = count >= 1 && mean >= 0 ? Math.round(count) : 0;
  const gapMean = gaps === 0 ? 1 : Math.max(mean, SHORTEST_GAP);
  return {
    gaps,
    mean: gapMean,
    recent: gaps > 0 && recent > 0 ? Math.max(recent, SHORTEST_GAP) : gapMean,
    cv2: gaps >= 2 && std >= 0 ? (std / gapMean) ** 2 : NaN,
    silence: silence > 0 ? silence : 0,
  };
}

/** A column of a matrix to be scored. @throws AppError `model_mismatch` naming the missing column. */
export function rhythmColumn(x: Matrix, name: string): Float64Array {
  const values = columnOf(x, name);
  if (values !== undefined) return values;
  throw new AppError('model_mismatch', `The repurchase model needs the column ${name}, and the matrix does not have it.`, {
    details: { missing: [name] },
    hint: 'Run `tagcast train` again with the feature set that the shop has now.',
  });
}

/** The rhythm of every row of a matrix, with the ratio of its group. @throws AppError `model_mismatch` naming the missing column. */
export function rhythmReader(x: Matrix, groups?: CycleGroups): (row: number) => Rhythm {
  const [mean, count, std, recent, silence] = RHYTHM_COLUMNS.map((name) => rhythmColumn(x, name));
  const ratio = groupRatios(groups, x);
  return (row) => ({ ...rhythmOf(mean[row], count[row], std[row], recent[row], silence[row]), ratio: ratio(row) });
}
