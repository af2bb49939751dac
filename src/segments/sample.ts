/** The customers that a preview looks at when it cannot look at everybody, and what their number says of all. */
import { seededRandom } from '../base/random.ts';

export interface Estimate {
  /** Customers that were looked at. */
  readonly sampled: number;
  /** Interval of the number of matching customers that holds the true one in 95 of 100 samples. */
  readonly low: number;
  readonly high: number;
}

const SAMPLE = 10_000;
/** Standard normal quantile at 97.5 %. */
const Z = 1.959_963_984_540_054;

/** Store ids between both edges, drawn without repetition, ascending; the same for the same edges. Ids that nobody has are in it as well: who answers is a simple random sample of who is there. */
export function sampleIds(low: number, high: number, size = SAMPLE): number[] {
  const width = high - low + 1;
  if (width <= size) return Array.from({ length: width }, (_, i) => low + i);
  const random = seededRandom('segment preview', low, high);
  const drawn = new Set<number>();
  while (drawn.size < size) drawn.add(low + random.int(width));
  return [...drawn].sort((a, b) => a - b);
}

/** Wilson's interval of a share (Wilson 1927), for a population of `customers`. */
export function estimate(matching: number, sampled: number, customers: number): Estimate {
  if (sampled === 0) return { sampled, low: 0, high: customers };
  const share = matching / sampled;
  const scale = 1 + (Z * Z) / sampled;
  const centre = (share + (Z * Z) / (2 * sampled)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / sampled + (Z * Z) / (4 * sampled * sampled));
  return { sampled, low: Math.max(0, Math.floor(customers * (centre - half))), high: Math.min(customers, Math.ceil(customers * (centre + half))) };
}
