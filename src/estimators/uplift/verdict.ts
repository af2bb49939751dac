/** Whether customers may be ranked by their uplift at all. */
import type { Random } from '../../base/random.ts';
import { bilingual, type Bilingual } from '../../base/text.ts';
import { averageEffect, qiniIntervals, upliftTable, type BootstrapInterval, type Effect, type UpliftRows, type UpliftTenth } from '../../math/metrics/index.ts';

export interface UpliftVerdict {
  readonly verdict: 'rankable' | 'insufficient_evidence';
  readonly words: Bilingual;
  /** Of the uplift, and of the plain response model; undefined where an interval cannot be had. */
  readonly qini: BootstrapInterval | undefined;
  readonly responseQini: BootstrapInterval | undefined;
  /** Uplift minus response, on the same resamples. */
  readonly difference: BootstrapInterval | undefined;
  readonly averageEffect: Effect | undefined;
  readonly tenths: readonly UpliftTenth[];
}

export interface VerdictOptions {
  readonly rng: Random;
  readonly replicates?: number;
  readonly level?: number;
}

const WORDS = {
  unknown: bilingual('证据不足：数据太少，无法判断', 'Not enough evidence: too few rows to judge by'),
  chance: bilingual('证据不足：按增量排序的收益与随机排序没有可靠差别', 'Not enough evidence: ordering by uplift gains nothing that chance could not'),
  response: bilingual('证据不足：按增量排序并不可靠地优于按响应概率排序', 'Not enough evidence: ordering by uplift is not reliably better than ordering by response'),
  rankable: bilingual('可以按增量排序', 'Customers can be ranked by uplift'),
} as const;

/**
 * `rankable` only where the interval of the Qini excludes zero, and so does that of its lead over ordering by the plain response. Scores must be of models
 * that have not seen the rows.
 */
export function upliftVerdict(rows: UpliftRows, uplift: Float64Array, response: Float64Array, { rng, replicates = 400, level = 0.95 }: VerdictOptions): UpliftVerdict {
  const intervals = qiniIntervals(rows, [uplift, response], { rng, replicates, level });
  const [qini, responseQini] = intervals?.each ?? [];
  const [difference] = intervals?.firstMinus ?? [];
  const common = { qini, responseQini, difference, averageEffect: averageEffect(rows, level), tenths: upliftTable(rows, uplift, 10, level) };
  const refused = qini === undefined || difference === undefined ? WORDS.unknown : !(qini.low > 0) ? WORDS.chance : !(difference.low > 0) ? WORDS.response : undefined;
  return { verdict: refused === undefined ? 'rankable' : 'insufficient_evidence', words: refused ?? WORDS.rankable, ...common };
}
