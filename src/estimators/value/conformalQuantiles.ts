/**
 * Conformalised quantile regression (Romano, Patterson & Candès 2019, algorithm 1): boosted trees at both ends of an interval, each interval made wider or narrower by one
 * amount that was learned on rows which the trees had not seen. Where rows are exchangeable an interval of coverage c then holds at least c of them, however wrong the
 * trees are. The ends follow the columns; the residual quantiles of calibration/conformal.ts follow the prediction alone.
 *
 * The trees of the ends are fitted on the earlier rows and never again: the guarantee is of these. The expected amount is of trees of its own, fitted on all rows.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { distribution } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import type { FitContext, FitOutcome, TrainingData } from '../contract.ts';
import { canonicalOrder, checkCancelled, defineEstimator, holdOut, numberProblem, refuse } from '../rows.ts';
import { boostedTrees, type BoostedTreesParams } from '../trees/boostedTrees.ts';
import type { BoostedTreesArtefact } from '../trees/artefact.ts';
import { orderedRows, type WeightedRows } from './parts.ts';

export interface ConformalQuantilesParams {
  readonly trees: number;
  readonly learningRate: number;
  readonly maxLeaves: number;
  readonly minRows: number;
}

/** Coverages of the intervals, narrow first. */
export const CQR_COVERAGES = [0.5, 0.8] as const;
/** Rows (by weight) to fit and to correct on, at least. */
const LEAST_ROWS = 200;

const schema = z.object({
  kind: z.literal('conformal_quantiles'),
  mean: boostedTrees.schema,
  /** In the order of {@link CQR_COVERAGES}: trees at both ends, and what is taken off the low one and added to the high one. */
  intervals: z.array(z.object({ low: boostedTrees.schema, high: boostedTrees.schema, correction: finite })).length(CQR_COVERAGES.length),
  /** Least answer: 0 where no amount was below 0. */
  floor: finite.nullable(),
});
export type ConformalQuantilesArtefact = z.infer<typeof schema>;
type Interval = ConformalQuantilesArtefact['intervals'][number];

export const conformalQuantiles = defineEstimator<ConformalQuantilesArtefact, ConformalQuantilesParams>({
  kind: 'conformal_quantiles',
  tasks: ['amount', 'number'],
  schema,
  defaults: { trees: 200, learningRate: 0.08, maxLeaves: 12, minRows: 50 },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = numberProblem(train.y, LEAST_ROWS);
    if (problem !== undefined) return problem;
    const order = canonicalOrder(train);
    const held = holdOut(order, context.rng.fork('conformal').int(4294967296), 0.25, LEAST_ROWS / 4);
    if (held === undefined) return refuse('too_few_rows', `${order.rows} rows are too few to hold some out for the width of intervals.`);
    const amounts = train.y.every((v) => v >= 0);
    const mean = fitTrees(train, { ...params, objective: amounts ? 'tweedie' : 'squared_error' }, context, 'mean');
    if (!mean.ok) return mean;
    const earlier = orderedRows(order, (i) => held[i] === 0);
    const ends: { low: BoostedTreesArtefact; high: BoostedTreesArtefact }[] = [];
    for (const coverage of CQR_COVERAGES) {
      const low = fitTrees(earlier, { ...params, objective: 'quantile', alpha: (1 - coverage) / 2 }, context, `low ${coverage}`);
      if (!low.ok) return low;
      const high = fitTrees(earlier, { ...params, objective: 'quantile', alpha: (1 + coverage) / 2 }, context, `high ${coverage}`);
      if (!high.ok) return high;
      ends.push({ low: low.artefact, high: high.artefact });
    }
    const later = orderedRows(order, (i) => held[i] === 1);
    const intervals = ends.map((pair, i) => ({ ...pair, correction: correctionOf(pair, later, CQR_COVERAGES[i]) }));
    return {
      ok: true, artefact: { kind: 'conformal_quantiles', mean: mean.artefact, intervals, floor: amounts ? 0 : null },
      report: { rows: order.rows, corrected: later.y.length, corrections: intervals.map(({ correction }) => correction) },
    };
  },

  predict: ({ mean }, x) => boostedTrees.predict(mean, x),

  /** The ends of both intervals; between two of them straight lines, beyond the outer ones flat. */
  quantiles(artefact, x, levels) {
    const ends = endsOf(artefact, x);
    const known = CQR_LEVELS;
    return Float64Array.from({ length: x.rows * levels.length }, (_, i) => {
      const [row, level] = [Math.floor(i / levels.length), levels[i % levels.length]];
      const after = known.findIndex((own) => own >= level);
      if (after <= 0) return ends[after === 0 ? 0 : known.length - 1][row];
      const [from, to] = [ends[after - 1][row], ends[after][row]];
      return Math.min(to, from + ((level - known[after - 1]) / (known[after] - known[after - 1])) * (to - from));
    });
  },

  explain({ mean }, x) {
    const explained = boostedTrees.explain?.(mean, x);
    if (explained === undefined) throw new TypeError('boosted_trees explains nothing');
    return explained;
  },
});

/** Levels of the ends, ascending. */
const CQR_LEVELS: readonly number[] = [...CQR_COVERAGES.map((coverage) => (1 - coverage) / 2), ...CQR_COVERAGES.map((coverage) => (1 + coverage) / 2)].sort((a, b) => a - b);

function fitTrees(train: TrainingData, params: Partial<BoostedTreesParams>, context: FitContext, name: string): FitOutcome<BoostedTreesArtefact> {
  return boostedTrees.fit(train, { ...boostedTrees.defaults, ...params }, { ...context, rng: context.rng.fork(name) });
}

/** The ⌈(n + 1) c⌉-th smallest of max(low − y, y − high), equation 8; a row of weight 2 is two rows. */
function correctionOf({ low, high }: Omit<Interval, 'correction'>, { x, y, weights }: WeightedRows, coverage: number): number {
  const [lows, highs] = [boostedTrees.predict(low, x), boostedTrees.predict(high, x)];
  const { values, cumulative } = distribution(y.map((v, i) => Math.max(lows[i] - v, v - highs[i])), weights);
  const rank = Math.ceil((cumulative[cumulative.length - 1] + 1) * coverage - 1e-9);
  const at = cumulative.findIndex((passed) => passed >= rank - 1e-9);
  return values[at < 0 ? values.length - 1 : at];
}

/** Values at {@link CQR_LEVELS} of every row. Ends that cross, or an inner interval beyond an outer one, are put in order (Chernozhukov, Fernández-Val & Galichon 2010). */
function endsOf({ intervals, floor }: ConformalQuantilesArtefact, x: Matrix): Float64Array[] {
  const all = intervals.flatMap(({ low, high, correction }) => [boostedTrees.predict(low, x).map((v) => v - correction), boostedTrees.predict(high, x).map((v) => v + correction)]);
  const row = new Float64Array(all.length);
  for (let i = 0; i < x.rows; i++) {
    all.forEach((values, k) => { row[k] = Math.max(values[i], floor ?? -Infinity); });
    row.sort();
    all.forEach((values, k) => { values[i] = row[k]; });
  }
  return all;
}
