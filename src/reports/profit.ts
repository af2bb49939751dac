/** What contacting the customers with the highest probabilities earns, and how many of them to contact. */
import type { HeadDiagnostics } from '../training/diagnostics/schema.ts';

type Cutoff = NonNullable<HeadDiagnostics['cutoffs']>[number];

export interface Economics {
  /** What one customer is worth who is won by the contact. */
  readonly value: number;
  readonly cost: number;
  /** Share of those reached in time who are won by the contact. */
  readonly success: number;
}

export interface ProfitPoint extends Cutoff {
  readonly profit: number;
  /** From the interval of the outcome among these customers. */
  readonly profitLow: number;
  readonly profitHigh: number;
}

/** A round default that asks for nothing: the reader's own numbers are what counts. */
export const DEFAULT_ECONOMICS: Economics = { value: 200, cost: 2, success: 0.1 };

export function profitCurve(cutoffs: readonly Cutoff[], { value, cost, success }: Economics): ProfitPoint[] {
  const of = (rows: number, rate: number): number => rows * (rate * success * value - cost);
  return cutoffs.map((cutoff) => ({ ...cutoff, profit: of(cutoff.rows, cutoff.rate), profitLow: of(cutoff.rows, cutoff.low), profitHigh: of(cutoff.rows, cutoff.high) }));
}

/** The point of the highest profit, the fewest contacts among equals; undefined where contacting nobody is best. */
export function bestCutoff(curve: readonly ProfitPoint[]): ProfitPoint | undefined {
  let best: ProfitPoint | undefined;
  // Rounding makes no point better than its equal.
  for (const point of curve) if (point.profit > (best?.profit ?? 0) * (1 + 1e-9)) best = point;
  return best;
}
