/** How long a row waits, from its score: the distributions behind Cox's and the accelerated failure time objective. */
import type { Matrix } from '../../base/matrix.ts';
import { normalCdf, normalQuantile } from '../../math/specialNormal.ts';
import type { RowDistributions } from '../contract.ts';
import type { Forest } from './forest.ts';
import type { AftDistribution, FittedObjective } from './objectiveSchema.ts';
import { forestColumns } from './serve/columns.ts';
import { forestScores } from './serve/scores.ts';

type WaitObjective = Extract<FittedObjective, { name: 'cox' | 'aft' }>;
type Baseline = Extract<FittedObjective, { name: 'cox' }>['baseline'];

/** e to this is the longest wait that is said: beyond any calendar, and finite. */
const MOST_LOG_DAYS = 700;

/** Standard errors of log days: levels and their values. `extreme` is the smallest-value distribution, which makes waits Weibull. */
const ERRORS: Readonly<Record<AftDistribution, { readonly cdf: (z: number) => number; readonly quantile: (level: number) => number }>> = {
  normal: { cdf: normalCdf, quantile: normalQuantile },
  logistic: { cdf: (z) => 1 / (1 + Math.exp(-z)), quantile: (level) => Math.log(level) - Math.log1p(-level) },
  extreme: { cdf: (z) => -Math.expm1(-Math.exp(z)), quantile: (level) => Math.log(-Math.log1p(-level)) },
};

/** The logarithm of the days by which the wait is over with probability `level`, for a row of that score. */
export function logDays(objective: WaitObjective, score: number, level = 0.5): number {
  if (objective.name === 'aft') {
    const { distribution, spread, location = 0 } = objective;
    return Math.min(score + location + spread * (level === 0.5 ? MEDIAN_ERROR[distribution] : ERRORS[distribution].quantile(level)), MOST_LOG_DAYS);
  }
  const { days, hazard } = objective.baseline;
  const wanted = (level === 0.5 ? Math.LN2 : -Math.log1p(-level)) * Math.exp(-score);
  const k = stepsBelow(hazard, wanted);
  // Beyond the last event the mean hazard so far goes on.
  if (k === hazard.length) return Math.min(Math.log(days[k - 1]) + Math.log(wanted) - Math.log(hazard[k - 1]), MOST_LOG_DAYS);
  const [fromDay, fromHazard] = k === 0 ? [0, 0] : [days[k - 1], hazard[k - 1]];
  return Math.log(fromDay + ((days[k] - fromDay) * (wanted - fromHazard)) / (hazard[k] - fromHazard));
}

/** To the last digit what artefacts of before predicted. */
const MEDIAN_ERROR: Readonly<Record<AftDistribution, number>> = { normal: 0, logistic: 0, extreme: Math.log(Math.LN2) };

/** How many of the ascending `values` are below `wanted`. */
function stepsBelow(values: Float64Array, wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Cumulative hazard of score 0 by that day: straight between its steps and beyond them. */
function cumulativeHazard({ days, hazard }: Baseline, day: number): number {
  const k = stepsBelow(days, day);
  if (k === days.length) return (hazard[k - 1] * day) / days[k - 1];
  const [fromDay, fromHazard] = k === 0 ? [0, 0] : [days[k - 1], hazard[k - 1]];
  return fromHazard + ((hazard[k] - fromHazard) * (day - fromDay)) / (days[k] - fromDay);
}

/** P(wait ≤ days) for a row of that score. */
function waitOver(objective: WaitObjective, score: number, days: number): number {
  if (!(days > 0)) return 0;
  if (objective.name === 'aft') return ERRORS[objective.distribution].cdf((Math.log(days) - score - (objective.location ?? 0)) / objective.spread);
  return -Math.expm1(-cumulativeHazard(objective.baseline, days) * Math.exp(score));
}

/** Undefined for trees that learned no distribution. */
export function waitDistribution({ objective, forest }: { readonly objective: FittedObjective; readonly forest: Forest }, x: Matrix): RowDistributions | undefined {
  if (objective.name !== 'cox' && objective.name !== 'aft') return undefined;
  const scores = forestScores(forest, forestColumns(forest, x), x.rows);
  return {
    rows: x.rows,
    cdf: (values) => values.map((days, row) => waitOver(objective, scores[row], days)),
    quantiles: (levels, perRow) => levels.map((level, i) => Math.exp(logDays(objective, scores[Math.floor(i / perRow)], level))),
  };
}
