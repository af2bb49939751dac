/**
 * Next order by discrete-time hazards: boosted trees ask, bin by bin of waiting time, whether an order comes now, given the silence so far. The renewal model of
 * `repurchase_cycle` is fitted first and is one of their columns, so that they only learn what the rhythm alone does not say.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import type { RowDistributions, TrainingData } from '../contract.ts';
import { RHYTHM_COLUMNS, rhythmReader } from '../repurchaseCycle/rhythm.ts';
import { repurchaseCycle } from '../repurchaseCycle/cycleEstimator.ts';
import { canonicalOrder, checkCancelled, defineEstimator, namedColumns, refuse, sharedQuantiles } from '../rows.ts';
import type { CanonicalOrder } from '../rows.ts';
import { boostedTrees } from '../trees/boostedTrees.ts';
import { binEnds, curveLevel, curveQuantiles } from './bins.ts';
import { BIN_COLUMNS, expandedBlock, expandedPairs, personPeriods } from './personPeriods.ts';

export interface HazardTreesParams {
  /** Most bins of waiting time; each holds about equally many orders. */
  readonly bins: number;
  /** Most rows × bins that are built: memory and time stay bounded, rows without an order are thinned and weigh the more. */
  readonly maxPersonPeriods: number;
  readonly trees: number;
  readonly learningRate: number;
  readonly maxLeaves: number;
  /** Least person-periods (by weight) in a leaf. */
  readonly minRows: number;
  readonly columnSample: number;
  /** As in `repurchase_cycle`: column of the group whose rhythm a customer with few gaps is shrunk to. */
  readonly groupColumn: string;
  readonly minimumRows: number;
  /** Seen orders (by weight) below which there is nothing to grow on. */
  readonly minimumOrders: number;
}

const schema = z
  .object({
    kind: z.literal('hazard_trees'),
    /** Columns of the customer that the trees read, beside the rhythm and the bin. */
    columns: z.array(z.string()),
    ends: z.array(z.number().positive().finite()).min(1).max(255).refine((ends) => ends.every((end, k) => k === 0 || end > ends[k - 1]), 'bins must ascend'),
    cycle: repurchaseCycle.schema,
    hazard: boostedTrees.schema,
  })
  .refine(({ columns, hazard }) => hazard.forest.columns.every((name) => columns.includes(name) || (BIN_COLUMNS as readonly string[]).includes(name)), 'the trees read a column that is not there')
  .refine(({ hazard }) => hazard.objective.name === 'log_loss', 'hazards are probabilities');
export type HazardTreesArtefact = z.infer<typeof schema>;

/** Rows × bins that are predicted at a time: what a prediction needs in memory does not grow with the shop. */
const BLOCK_ROWS = 2048;
/** Carries `observed` through the canonical order; sorts before every name. */
const SEEN = '\u0000seen';

export const hazardTrees = defineEstimator<HazardTreesArtefact, HazardTreesParams>({
  kind: 'hazard_trees',
  tasks: ['duration'],
  schema,
  defaults: { bins: 16, maxPersonPeriods: 300_000, trees: 200, learningRate: 0.06, maxLeaves: 6, minRows: 150, columnSample: 0.5, groupColumn: '', minimumRows: 200, minimumOrders: 100 },
  requiredColumns: RHYTHM_COLUMNS,

  fit(train, params, context) {
    checkCancelled(context);
    const missing = RHYTHM_COLUMNS.find((name) => !train.x.columns.some((column) => column.name === name));
    if (missing !== undefined) return refuse('missing_column', `The column ${missing} is not in the matrix.`);
    const data = censoredRows(train);
    const [{ values: seen }, ...columns] = data.columns.map((column) => ({ ...column, values: data.take(column.values) }));
    const orders = seen.reduce((sum, v, i) => sum + v * data.weights[i], 0);
    if (data.totalWeight < params.minimumRows) return refuse('too_few_rows', `${data.totalWeight} rows with a next order or a wait; hazards need ${params.minimumRows}.`);
    if (orders < params.minimumOrders) return refuse(orders === 0 ? 'one_class' : 'too_few_rows', `${orders} of ${data.totalWeight} rows saw the next order; hazards need ${params.minimumOrders}.`);
    const cycle = repurchaseCycle.fit(train, { ...repurchaseCycle.defaults, groupColumn: params.groupColumn }, { ...context, rng: context.rng.fork('cycle') });
    if (!cycle.ok) return cycle;
    const x: Matrix = { rows: data.rows, columns };
    const ends = binEnds(data.y, Uint8Array.from(seen), data.weights, params.bins);
    const pairs = personPeriods(data, seen, ends, params.maxPersonPeriods, context.rng.fork('thin').int(4294967296));
    const hazard = boostedTrees.fit(
      {
        x: expandedPairs(columns, rhythmReader(x, cycle.artefact.groups), cycle.artefact.gap, ends, pairs),
        y: pairs.y,
        weights: pairs.weights,
        // Only the latest period is told from the others; without periods the trees hold rows out by themselves.
        ...(data.latestFrom === data.rows ? {} : { period: Int32Array.from(pairs.rows, (row) => (row >= data.latestFrom ? 1 : 0)) }),
        // All waiting days of a customer stand together.
        ...(data.grouped ? { groups: Float64Array.from(pairs.rows, (row) => data.owners[row]) } : {}),
      },
      { ...boostedTrees.defaults, trees: params.trees, learningRate: params.learningRate, maxLeaves: params.maxLeaves, minRows: params.minRows, columnSample: params.columnSample },
      { ...context, rng: context.rng.fork('hazard') },
    );
    if (!hazard.ok) return hazard;
    const artefact: HazardTreesArtefact = {
      kind: 'hazard_trees', columns: hazard.artefact.forest.columns.filter((name) => !(BIN_COLUMNS as readonly string[]).includes(name)), ends, cycle: cycle.artefact, hazard: hazard.artefact,
    };
    return { ok: true, artefact, report: { rows: data.rows, orders, bins: ends.length, personPeriods: pairs.rows.length, keptShare: pairs.kept, trees: Number(hazard.report.trees) } };
  },

  predict: (artefact, x) => sharedQuantiles(distributionOf(artefact, x), [0.5]),
  quantiles: (artefact, x, levels) => sharedQuantiles(distributionOf(artefact, x), levels),
  distribution: distributionOf,
});

/** Rows with a positive wait in canonical order, `observed` as their first column. */
function censoredRows({ x, y, observed, weights, period, groups }: TrainingData): CanonicalOrder {
  const kept = Int32Array.from(y.keys()).filter((row) => y[row] > 0);
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(kept, (row) => values[row]);
  const seen = Float64Array.from(kept, (row) => (observed?.[row] === 0 ? 0 : 1));
  return canonicalOrder({
    x: { rows: kept.length, columns: [{ name: SEEN, values: seen }, ...x.columns.map((column) => ({ ...column, values: pick(column.values) }))] },
    y: pick(y),
    ...(weights === undefined ? {} : { weights: pick(weights) }),
    ...(period === undefined ? {} : { period: Int32Array.from(kept, (row) => period[row]) }),
    ...(groups === undefined ? {} : { groups: pick(groups) }),
  });
}

function distributionOf(artefact: HazardTreesArtefact, x: Matrix): RowDistributions {
  const { ends } = artefact;
  const hazards = hazardsOf(artefact, x);
  return {
    rows: x.rows,
    cdf: (values) => values.map((value, row) => curveLevel(ends, hazards, row * ends.length, value)),
    quantiles(levels, perRow) {
      const out = new Float64Array(x.rows * perRow);
      for (let row = 0; row < x.rows; row++) curveQuantiles(ends, hazards, row * ends.length, levels, row * perRow, perRow, out);
      return out;
    },
  };
}

/** Hazards, row-major rows × bins; rows are expanded a block at a time. */
function hazardsOf({ columns, ends, cycle, hazard }: HazardTreesArtefact, x: Matrix): Float64Array {
  const own = namedColumns(x, columns);
  const rhythm = rhythmReader(x, cycle.groups);
  const step = Math.max(1, Math.floor(BLOCK_ROWS / ends.length));
  const hazards = new Float64Array(x.rows * ends.length);
  for (let from = 0; from < x.rows; from += step) {
    const until = Math.min(x.rows, from + step);
    hazards.set(boostedTrees.predict(hazard, expandedBlock(own, rhythm, cycle.gap, ends, from, until)), from * ends.length);
  }
  return hazards;
}
