/**
 * How well waiting times are foretold over everyone, those who did not come back within the window among them: they are censored at its end, and pairs and times that they leave unknown are
 * not judged. The whole wait is what is asked about (src/training/wholeWait.ts): the distribution as the estimator gives it, before it is cut to those who come back.
 */
import type { Random } from '../base/random.ts';
import { waitsOf } from '../estimators/waiting.ts';
import { bootstrap, brierOverTime, concordanceOf, kaplanMeier, trapeziumShares } from '../math/metrics/index.ts';
import type { BootstrapOptions } from '../math/metrics/index.ts';
import { candidateMatrix } from './candidate.ts';
import type { Fitted } from './candidate.ts';
import { customerSample } from './customerSample.ts';
import type { Dataset } from './dataset.ts';
import type { Metric } from './evaluation.ts';

/** Days of the window at which curves are compared, at most. */
const MOST_DAYS = 60;
/** Rows that are asked about every one of these days, about: single scores are known to a few thousandths by then. */
const MOST_ROWS = 30_000;

/** Brier score at a day: of the model, and of the Kaplan–Meier curve of the same rows. */
export type BrierByDay = readonly (readonly [day: number, model: number, kaplanMeier: number])[];

export interface WaitingScores {
  readonly metrics: Record<string, Metric>;
  /** Absent for a candidate that gives one number and no distribution. */
  readonly brier?: BrierByDay;
}

/**
 * `c_index` of the expected wait within the window; of a distribution also `integrated_brier` over the days of the window, `integrated_brier_km`, which is that of the rows' own Kaplan–Meier
 * curve, and `integrated_brier_skill` = 1 − the one ÷ the other (Graf et al. 1999, section 4.2; the index of prediction accuracy of Kattan & Gerds 2018). That curve says the same of everyone and
 * knows how the period went, which no forecast does: above 0, what is known of single customers is worth more than that. Intervals are of a bootstrap over customers with weights and curve held.
 * @param all everyone, with `observed`; of a large shop a sample of the customers is judged @param replicates of the bootstrap, at most; 0: no intervals
 */
export function waitingScores({ estimator, artefact, candidate }: Fitted, all: Dataset, windowDays: number, rng: Random, replicates = 100): WaitingScores {
  const data = judgedSample(all);
  const { y: time } = data;
  const observed = data.observed ?? new Uint8Array(time.length).fill(1);
  const x = candidateMatrix(data.x, candidate);
  const waits = waitsOf(estimator, artefact, x);
  const days = daysWithin(windowDays);
  if (time.length === 0) return { metrics: {} };
  const options = (name: string): BootstrapOptions => ({ rng: rng.fork('bootstrap', name), replicates, ...(data.cutoffs.length > 1 ? { groups: data.customerIds } : {}) });
  if (waits === undefined || days.length < 2) return { metrics: concordance(time, observed, estimator.predict(artefact, x), options('c_index')) };

  const marginal = kaplanMeier(time, observed);
  const shares = trapeziumShares(days);
  const expected = new Float64Array(time.length);
  const model = brierOverTime(time, observed, days, (k) => {
    const survival = waits.cdf(new Float64Array(time.length).fill(days[k]));
    for (let i = 0; i < survival.length; i++) {
      survival[i] = 1 - survival[i];
      expected[i] += shares[k] * survival[i];
    }
    return survival;
  });
  const same = brierOverTime(time, observed, days, (k) => new Float64Array(time.length).fill(marginal(days[k])));
  return {
    metrics: { ...concordance(time, observed, expected, options('c_index')), ...brierMetrics(model.rows, same.rows, options) },
    brier: days.map((day, k) => [day, model.scores[k], same.scores[k]] as const).filter((point) => point.every(Number.isFinite)),
  };
}

/** The customers who are judged: all of them, or in a large shop as many as make about {@link MOST_ROWS} rows. */
export const judgedSample = (all: Dataset): Dataset => customerSample(all, MOST_ROWS / Math.max(1, all.y.length));

/** Whole days, evenly spaced, from the first step to before the end of the window: at its end itself nobody is left to be judged. */
function daysWithin(windowDays: number): number[] {
  const every = Math.max(1, Math.ceil(windowDays / MOST_DAYS));
  return Array.from({ length: Math.ceil(windowDays / every) - 1 }, (_, i) => (i + 1) * every);
}

function concordance(time: Float64Array, observed: Uint8Array, wait: Float64Array, options: BootstrapOptions): Record<string, Metric> {
  const of = concordanceOf(time, observed, wait.map((days) => -days));
  const value = of();
  if (value === undefined) return {};
  return { c_index: measured(value, bootstrap((rows) => of(countsOf(rows, wait.length)), [Float64Array.from(wait.keys())], options)) };
}

/** How often each of `n` rows was drawn. */
function countsOf(rows: Float64Array, n: number): Int32Array {
  const counts = new Int32Array(n);
  for (const row of rows) counts[row]++;
  return counts;
}

function brierMetrics(model: Float64Array, marginal: Float64Array, options: (name: string) => BootstrapOptions): Record<string, Metric> {
  const [own, same] = [mean(model), mean(marginal)];
  // Where everyone or nobody came back at once, the curve of all is right and nothing can be said beside it.
  if (!Number.isFinite(own) || !Number.isFinite(same) || same <= 0) return {};
  return {
    integrated_brier: measured(own, bootstrap((rows) => mean(rows), [model], options('integrated_brier'))),
    integrated_brier_km: { value: same },
    integrated_brier_skill: measured(1 - own / same, bootstrap((rows, others) => skill(mean(rows), mean(others)), [model, marginal], options('integrated_brier_skill'))),
  };
}

const skill = (own: number, same: number): number | undefined => (same > 0 ? 1 - own / same : undefined);

const measured = (value: number, around: { readonly low: number; readonly high: number } | undefined): Metric => (around === undefined ? { value } : { value, low: around.low, high: around.high });

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
