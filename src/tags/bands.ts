/**
 * Bands of a calibrated probability, relative to the base rate. The edges are odds ratios against the base rate, so that they mean the same
 * in a shop where one customer in ten buys again and in one where six do. A customer leaves a band only past a margin (hysteresis),
 * so that bands do not flicker from night to night.
 */
export interface BandScale {
  /** Lowest band first; one more than `edges`. */
  readonly codes: readonly string[];
  /** Odds ratios against the base rate, ascending. */
  readonly edges: readonly number[];
  /** Log-odds by which an edge must be passed before the band changes. */
  readonly margin: number;
}

/** Version 1 of the churn bands: half, one and a half and four times the base odds. */
export const CHURN_SCALE: BandScale = { codes: ['safe', 'watch', 'at_risk', 'critical'], edges: [0.5, 1.5, 4], margin: 0.1 };
/** Version 1 of the intent bands: two thirds and twice the base odds. */
export const INTENT_SCALE: BandScale = { codes: ['low', 'medium', 'high'], edges: [2 / 3, 2], margin: 0.1 };
/** Version 1 of the lead grades: a third, the same and three times the base odds. Few leads order, so the best are far above the rest. */
export const LEAD_SCALE: BandScale = { codes: ['d', 'c', 'b', 'a'], edges: [1 / 3, 1, 3], margin: 0.1 };
/** Version 1 of the renewal bands: half and twice the base odds. */
export const RENEWAL_SCALE: BandScale = { codes: ['at_risk', 'usual', 'safe'], edges: [0.5, 2], margin: 0.1 };

const logit = (p: number): number => Math.log(Math.max(p, 1e-9)) - Math.log(Math.max(1 - p, 1e-9));

/** @param previous band of the run before, where there was one of this scale */
export function bandOf(probability: number, baseRate: number, scale: BandScale, previous?: string): string {
  const position = logit(probability) - logit(baseRate);
  const edges = scale.edges.map(Math.log);
  const at = (value: number): number => edges.filter((edge) => value >= edge).length;
  const plain = at(position);
  const before = previous === undefined ? -1 : scale.codes.indexOf(previous);
  if (before < 0 || before === plain) return scale.codes[plain];
  // Moving up needs the edge plus the margin, moving down the edge minus it; the previous band holds in between.
  const eased = at(position + (plain < before ? scale.margin : -scale.margin));
  return scale.codes[plain < before ? Math.min(before, eased) : Math.max(before, eased)];
}

/** Percentile 1–100 of a value among sorted percentile thresholds (`grid[i]` = value at i %, i = 0…100), 100 = highest. */
export function percentileOf(value: number, grid: readonly number[]): number {
  let low = 0;
  let high = grid.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (grid[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return Math.min(100, Math.max(1, low));
}
