/** Maximum likelihood of BG/BB on histories that count opportunities. */
import type { Result } from '../../base/result.ts';
import { digamma, lgammaDelta } from '../../math/specialGamma.ts';
import type { FitFailure } from '../contract.ts';
import type { BgBbParams } from './bgBb.ts';
import { shareCoordinate, totalCoordinate } from './family.ts';
import type { Family } from './family.ts';
import { sumOf } from './history.ts';
import type { CompressedHistories } from './history.ts';
import { maximise } from './maximise.ts';
import type { FitOptions, Maximum } from './maximise.ts';
import { standardErrorsOf } from './standardErrors.ts';

export interface BgBbFit {
  readonly params: BgBbParams;
  readonly logLikelihood: number;
  /** Of α, β, γ, δ; absent when the optimum lies on a ridge. */
  readonly standardErrors?: readonly number[];
  readonly maximum: Maximum;
}

/** ln Γ ratios of alive-for-n and left-after-i with their derivatives by (α, β, γ, δ): what both kinds of terms are made of. */
class Terms {
  readonly slope = new Float64Array(4);
  private readonly atZero: readonly number[];
  private readonly p: Float64Array;

  constructor(parameters: Float64Array) {
    this.p = parameters;
    const [alpha, beta, gamma, delta] = parameters;
    this.atZero = [digamma(alpha), digamma(beta), digamma(alpha + beta), digamma(gamma), digamma(delta), digamma(gamma + delta)];
  }

  /** x purchases at n opportunities, then left (`left` = 1) or still there (0); fills `slope`. */
  log(x: number, n: number, left: 0 | 1): number {
    const [alpha, beta, gamma, delta] = this.p;
    const [psiAlpha, psiBeta, psiBoth, psiGamma, psiDelta, psiLife] = this.atZero;
    const both = digamma(alpha + beta + n) - psiBoth;
    const life = digamma(gamma + delta + n + left) - psiLife;
    this.slope[0] = digamma(alpha + x) - psiAlpha - both;
    this.slope[1] = digamma(beta + n - x) - psiBeta - both;
    this.slope[2] = (left === 1 ? digamma(gamma + 1) - psiGamma : 0) - life;
    this.slope[3] = digamma(delta + n) - psiDelta - life;
    return (
      lgammaDelta(alpha, x) + lgammaDelta(beta, n - x) - lgammaDelta(alpha + beta, n) + (left === 1 ? Math.log(gamma) : 0) + lgammaDelta(delta, n) - lgammaDelta(gamma + delta, n + left)
    );
  }
}

/**
 * The chance of having left after exactly i opportunities depends on x and i alone, so for each distinct x the sums over i are taken once, from the longest
 * history down, and a row needs two of them: a million customers cost as much as their distinct (x, i).
 * The sums beyond n are at most the chance of being alive at n, so their difference does not cancel.
 */
function logLikelihood({ x: xs, T, tx, weight: weights }: CompressedHistories, parameters: Float64Array, gradient: Float64Array): number {
  gradient.fill(0);
  const terms = new Terms(parameters);
  let total = 0;
  for (let start = 0; start < xs.length; ) {
    const x = xs[start];
    let end = start;
    while (end < xs.length && xs[end] === x) end++;
    // Rows are sorted by (x, T): the last has the longest history.
    const longest = T[end - 1];
    const width = longest + 1 - x;
    // Relative to the first term, so that nothing underflows: [chance, four derivatives] of leaving at i or later.
    const sums = new Float64Array(5 * (width + 1));
    const reference = terms.log(x, x, 0);
    for (let i = longest - 1; i >= x; i--) {
      const value = Math.exp(terms.log(x, i, 1) - reference);
      const at = 5 * (i - x);
      sums[at] = sums[at + 5] + value;
      for (let j = 0; j < 4; j++) sums[at + 1 + j] = sums[at + 6 + j] + value * terms.slope[j];
    }
    for (let row = start; row < end; row++) {
      const n = T[row];
      const alive = Math.exp(terms.log(x, n, 0) - reference);
      const [from, to] = [5 * (tx[row] - x), 5 * (n - x)];
      const likelihood = alive + (sums[from] - sums[to]);
      const weight = weights[row];
      total += weight * (reference + Math.log(likelihood));
      for (let j = 0; j < 4; j++) gradient[j] += (weight * (alive * terms.slope[j] + sums[from + 1 + j] - sums[to + 1 + j])) / likelihood;
    }
    start = end;
  }
  return total;
}

/** Coordinates: mean of p and α + β (small = customers differ much), mean of θ and γ + δ. */
export const BG_BB_FAMILY: Family = {
  name: 'bg_bb',
  parameters: ['alpha', 'beta', 'gamma', 'delta'],
  coordinates: [shareCoordinate('buying'), totalCoordinate('buyingAlikeness'), shareCoordinate('leaving'), totalCoordinate('leavingAlikeness')],
  starts: [[0, 0.7, -1.5, 1], [-2, 1, -3, 0.5]],
  toLogs: (theta) => Float64Array.of(
    theta[1] - Math.log1p(Math.exp(-theta[0])), theta[1] - Math.log1p(Math.exp(theta[0])), theta[3] - Math.log1p(Math.exp(-theta[2])), theta[3] - Math.log1p(Math.exp(theta[2])),
  ),
  toTheta: ([logAlpha, logBeta, logGamma, logDelta]) => {
    const total = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    return Float64Array.of(logAlpha - logBeta, total(logAlpha, logBeta), logGamma - logDelta, total(logGamma, logDelta));
  },
  jacobian: ([alpha, beta, gamma, delta]) => {
    const [buys, leaves] = [alpha / (alpha + beta), gamma / (gamma + delta)];
    return Float64Array.of(1 - buys, 1, 0, 0, -buys, 1, 0, 0, 0, 0, 1 - leaves, 1, 0, 0, -leaves, 1);
  },
  curved: false,
  likelihood: (data) => (parameters, gradient) => logLikelihood(data, parameters, gradient),
  scales: [],
  weakPrior: {
    buying: { typical: 0.3, factor: 5 }, buyingAlikeness: { typical: 3, factor: 4 }, leaving: { typical: 0.1, factor: 5 }, leavingAlikeness: { typical: 3, factor: 4 },
  },
};

/** Fits BG/BB to histories that count opportunities (whole numbers, x ≤ t_x ≤ T). Needs at least one purchase and one opportunity. */
export function fitBgBb(data: CompressedHistories, options: FitOptions = {}): Result<BgBbFit, FitFailure> {
  const found = maximise(BG_BB_FAMILY, [{ data, z: [] }], options);
  if (!found.ok) return found;
  const [alpha, beta, gamma, delta] = found.value.parameters;
  const standardErrors = standardErrorsOf(found.value);
  const params = { model: 'bg_bb' as const, alpha, beta, gamma, delta };
  return { ok: true, value: { params, logLikelihood: found.value.logLikelihood, maximum: found.value, ...(standardErrors === undefined ? {} : { standardErrors }) } };
}

/** Histories given as counts of customers: the form of published recency/frequency tables. */
export function bgBbHistories(rows: readonly { readonly x: number; readonly tx: number; readonly n: number; readonly customers: number }[]): CompressedHistories {
  const sorted = rows.toSorted((a, b) => a.x - b.x || a.n - b.n || a.tx - b.tx);
  const column = (f: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(sorted, f);
  const weight = column((row) => row.customers);
  return { x: column((row) => row.x), tx: column((row) => row.tx), T: column((row) => row.n), weight, totalWeight: sumOf(weight) };
}
