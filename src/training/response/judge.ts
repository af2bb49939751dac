/** How probabilities of answers are judged: log loss per message, AUC and calibration, with intervals over customers. */
import { seededRandom } from '../../base/random.ts';
import type { ResponseCase } from '../../estimators/response/fit.ts';
import { argsort, quantileSorted } from '../../math/stats/index.ts';
import { expectedCalibrationError, rowLogLoss } from '../../math/metrics/index.ts';

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 200;

type Tries = Pick<ResponseCase, 'tries' | 'hits'>;

/** Loss of all messages of each customer together. */
function lossesOf(cases: readonly Tries[], p: Float64Array): Float64Array {
  return Float64Array.from(cases, ({ tries, hits }, u) => hits * rowLogLoss(1, p[u]) + (tries - hits) * rowLogLoss(0, p[u]));
}

const messagesOf = (cases: readonly Tries[]): Float64Array => Float64Array.from(cases, ({ tries }) => tries);

/** Σ values ÷ Σ messages, customers weighted. */
function ratio(values: Float64Array, messages: Float64Array, times: ArrayLike<number>): number {
  let [sum, n] = [0, 0];
  for (let u = 0; u < values.length; u++) {
    sum += times[u] * values[u];
    n += times[u] * messages[u];
  }
  return n === 0 ? 0 : sum / n;
}

/** AUC over messages, customers weighted; `order` sorts `p` ascending. Undefined with one outcome only. */
function weightedAuc(cases: readonly Tries[], p: Float64Array, order: ArrayLike<number>, times: ArrayLike<number>): number | undefined {
  let [below, pairs, positives, negatives] = [0, 0, 0, 0];
  for (let start = 0; start < order.length; ) {
    let [end, hits, misses] = [start, 0, 0];
    for (; end < order.length && p[order[end]] === p[order[start]]; end++) {
      const { tries, hits: own } = cases[order[end]];
      hits += times[order[end]] * own;
      misses += times[order[end]] * (tries - own);
    }
    pairs += hits * (below + misses / 2);
    below += misses;
    positives += hits;
    negatives += misses;
    start = end;
  }
  return positives === 0 || negatives === 0 ? undefined : pairs / (positives * negatives);
}

/** How often each customer is drawn in each resample of the bootstrap: one set for everything that is compared, so that methods meet the same customers. */
export function resamples(customers: number, seed: string): readonly Uint8Array[] {
  const rng = seededRandom('response', seed);
  return Array.from({ length: REPLICATES }, () => {
    const times = new Uint8Array(customers);
    for (let i = 0; i < customers; i++) times[rng.int(customers)]++;
    return times;
  });
}

/** Percentile bootstrap over customers, 95 %. Undefined where the metric is on the customers themselves. */
function overCustomers(draws: readonly Uint8Array[], metric: (times: ArrayLike<number>) => number | undefined): Interval | undefined {
  const estimate = metric(new Uint8Array(draws[0].length).fill(1));
  if (estimate === undefined) return undefined;
  const found = draws.map(metric).filter((one) => one !== undefined).sort((x, y) => x - y);
  return { estimate, low: quantileSorted(found, 0.025), high: quantileSorted(found, 0.975) };
}

/** Loss per message. */
export const meanLoss = (cases: readonly Tries[], p: Float64Array): number => ratio(lossesOf(cases, p), messagesOf(cases), new Uint8Array(cases.length).fill(1));

export interface Judged {
  readonly logLoss: Interval;
  /** Null where every message had the outcome, or none. */
  readonly auc: Interval | null;
  /** Expected calibration error over ten bins of messages. */
  readonly calibrationError: number;
}

export function judge(cases: readonly Tries[], p: Float64Array, draws: readonly Uint8Array[]): Judged {
  const [losses, messages, order] = [lossesOf(cases, p), messagesOf(cases), argsort(p)];
  const [y, each]: [number[], number[]] = [[], []];
  cases.forEach(({ tries, hits }, u) => {
    for (let i = 0; i < tries; i++) {
      y.push(i < hits ? 1 : 0);
      each.push(p[u]);
    }
  });
  return {
    logLoss: overCustomers(draws, (times) => ratio(losses, messages, times)) ?? { estimate: 0, low: 0, high: 0 },
    auc: overCustomers(draws, (times) => weightedAuc(cases, p, order, times)) ?? null, calibrationError: expectedCalibrationError(y, each),
  };
}

/** How much less `p` loses per message than `other`, paired by customer. */
export function gainOver(cases: readonly Tries[], p: Float64Array, other: Float64Array, draws: readonly Uint8Array[]): Interval {
  const [own, theirs, messages] = [lossesOf(cases, p), lossesOf(cases, other), messagesOf(cases)];
  const saved = theirs.map((loss, u) => loss - own[u]);
  return overCustomers(draws, (times) => ratio(saved, messages, times)) ?? { estimate: 0, low: 0, high: 0 };
}
