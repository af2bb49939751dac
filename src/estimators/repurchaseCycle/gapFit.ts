/** Fits the gap model by the censored likelihood of what happened after the cut-offs, given the silence at the cut-off. */
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Random } from '../../base/random.ts';
import { minimiseLbfgs } from '../../math/optimiseLbfgs.ts';
import { withNumericGradient } from '../../math/optimise.ts';
import { sigmoid } from '../../math/specialLog.ts';
import type { FitFailure } from '../contract.ts';
import { gapDensity, gapDistribution, gapSurvival } from './gapModel.ts';
import type { GapModel } from './gapModel.ts';
import { SHORTEST_GAP } from './rhythm.ts';
import type { Rhythm } from './rhythm.ts';

/** What was seen after one cut-off of one customer. */
export interface Outcome {
  readonly rhythm: Rhythm;
  /** Days from the cut-off to the next order, or to the end of watching. */
  readonly days: number;
  readonly seen: boolean;
  readonly weight: number;
}

export interface GapFit {
  readonly model: GapModel;
  /** Mean weighted log-likelihood of the rows used, without the prior. */
  readonly meanLogLikelihood: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly rowsUsed: number;
  readonly gradientNorm: number;
}

/**
 * Weak normal priors (centre, sd) on θ, worth together one observation or two: they only decide what the rows say nothing about.
 * θ = ln k₀, ln(c − 1), ln(typical gap / store gap), ln η, logit ω, ln m, logit of the lapsed share of one-order customers, ln(u + v), ln(L / store gap).
 */
const PRIORS: readonly (readonly [number, number])[] = [
  [0.3, 0.7], [0.5, 0.7], [0, 1], [-0.7, 0.7], [-0.7, 1], [2.5, 0.8], [-1.5, 1.2], [1, 0.8], [2.3, 1],
];

interface StoreGaps {
  readonly typicalDays: number;
  readonly storeCv2: number;
  readonly cv2PriorGaps: number;
}

function modelAt(theta: ArrayLike<number>, { typicalDays, storeCv2, cv2PriorGaps }: StoreGaps): GapModel {
  const shape = Math.exp(theta[0]);
  const alikeness = 1 + Math.exp(theta[1]);
  const lapseSum = Math.exp(theta[7]);
  const lapse = sigmoid(theta[6]);
  return {
    shape,
    alikeness,
    scaleDays: (typicalDays * Math.exp(theta[2]) * alikeness) / shape,
    regularityEffect: Math.exp(theta[3]),
    recentWeight: sigmoid(theta[4]),
    memoryGaps: Math.exp(theta[5]),
    lapseA: lapse * lapseSum,
    lapseB: (1 - lapse) * lapseSum,
    lapsedDays: typicalDays * Math.exp(theta[8]),
    storeCv2,
    cv2PriorGaps,
  };
}

/** ln of density (seen) or survival (censored) at silence + days, given the silence. */
export function outcomeLogLikelihood(model: GapModel, { rhythm, days, seen }: Omit<Outcome, 'weight'>): number {
  const distribution = gapDistribution(model, rhythm);
  const end = Math.max(rhythm.silence + days, SHORTEST_GAP);
  const atEnd = seen ? gapDensity(distribution, end) : gapSurvival(distribution, end);
  return Math.log(atEnd) - Math.log(gapSurvival(distribution, rhythm.silence));
}

/** Rows in a fixed order by content, thinned to `limit` by the random stream. */
function thinned(outcomes: readonly Outcome[], limit: number, rng: Random): Outcome[] {
  const key = ({ rhythm, days, seen, weight }: Outcome): number[] => [
    days, rhythm.silence, rhythm.gaps, rhythm.mean, rhythm.recent, Number.isNaN(rhythm.cv2) ? -1 : rhythm.cv2, Number(seen), rhythm.ratio ?? 1, weight,
  ];
  const keyed = outcomes.map((outcome) => ({ outcome, key: key(outcome) })).sort((a, b) => {
    for (let i = 0; i < a.key.length; i++) if (a.key[i] !== b.key[i]) return a.key[i] - b.key[i];
    return 0;
  });
  // Equal rows become one with their weight together: weight 2 is the row twice, to the last bit.
  const merged: Outcome[] = [];
  let previous: number[] | undefined;
  for (const { outcome, key } of keyed) {
    const last = merged.at(-1);
    if (last !== undefined && previous !== undefined && key.slice(0, -1).every((v, i) => v === previous?.[i])) {
      merged[merged.length - 1] = { ...last, weight: last.weight + outcome.weight };
    } else merged.push(outcome);
    previous = key;
  }
  if (merged.length <= limit) return merged;
  // Systematic sample over the sorted rows: every part of the range of days keeps its share.
  const start = rng.next();
  return Array.from({ length: limit }, (_, i) => merged[Math.floor(((i + start) * merged.length) / limit)]);
}

/** Pooled statistics of the gaps that lie before the cut-offs; a shop without any gap takes its scale from the outcomes. */
function storeGaps(rows: readonly Outcome[], cv2PriorGaps: number): StoreGaps {
  let [logs, gaps, cv2, degrees, days, all] = [0, 0, 0, 0, 0, 0];
  for (const { rhythm, weight, days: y } of rows) {
    days += weight * (rhythm.silence + y);
    all += weight;
    if (rhythm.gaps === 0) continue;
    gaps += weight;
    logs += weight * Math.log(rhythm.mean / (rhythm.ratio ?? 1));
    if (Number.isNaN(rhythm.cv2)) continue;
    degrees += weight * (rhythm.gaps - 1);
    cv2 += weight * (rhythm.gaps - 1) * Math.min(rhythm.cv2, 16);
  }
  return {
    typicalDays: Math.max(SHORTEST_GAP, gaps > 0 ? Math.exp(logs / gaps) : days / all),
    storeCv2: degrees > 0 ? Math.max(cv2 / degrees, 0.01) : 1,
    cv2PriorGaps,
  };
}

/** Maximum a posteriori by L-BFGS with differences, on at most `maxRows` rows. Needs seen orders among the outcomes. */
export function fitGapModel(
  outcomes: readonly Outcome[],
  { maxRows, cv2PriorGaps }: { maxRows: number; cv2PriorGaps: number },
  rng: Random,
  signal?: AbortSignal,
): Result<GapFit, FitFailure> {
  const rows = thinned(outcomes, maxRows, rng);
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  const store = storeGaps(rows, cv2PriorGaps);
  const meanLogLikelihood = (model: GapModel): number => {
    let sum = 0;
    for (const row of rows) sum += row.weight * outcomeLogLikelihood(model, row);
    return sum / total;
  };
  const objective = withNumericGradient((theta) => {
    let penalty = 0;
    PRIORS.forEach(([centre, sd], i) => (penalty += (0.5 * ((theta[i] - centre) / sd) ** 2) / total));
    return penalty - meanLogLikelihood(modelAt(theta, store));
  });
  const start = Float64Array.from(PRIORS, ([centre]) => centre);
  const best = minimiseLbfgs(objective, start, { signal, maxIterations: 60, gradientTolerance: 2e-5, valueTolerance: 1e-7 });
  if (!best.converged && !(best.gradientNorm < 1e-3)) {
    return fail('not_converged', `The censored likelihood of ${rows.length} rows found no maximum in ${best.iterations} iterations (gradient ${best.gradientNorm.toExponential(2)}).`);
  }
  const model = modelAt(best.x, store);
  return ok({
    model, meanLogLikelihood: meanLogLikelihood(model), iterations: best.iterations, evaluations: best.evaluations, rowsUsed: rows.length, gradientNorm: best.gradientNorm,
  });
}
