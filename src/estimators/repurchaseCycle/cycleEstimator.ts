/** Repurchase cycle: when the next order comes, given the customer's own rhythm and the silence so far. */
import { z } from 'zod';
import type { Estimator, RowDistributions, TrainingData } from '../contract.ts';
import { sharedQuantiles } from '../rows.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import { fitGapModel } from './gapFit.ts';
import type { Outcome } from './gapFit.ts';
import { cycleOf, gapDistribution, gapSurvival, remainingLevel, remainingQuantiles } from './gapModel.ts';
import { fitGroups, groupsSchema } from './groups.ts';
import type { CycleGroups } from './groups.ts';
import { RHYTHM_COLUMNS, rhythmReader } from './rhythm.ts';
import type { Rhythm } from './rhythm.ts';

export interface RepurchaseCycleParams {
  /** Gaps' worth of prior on a personal coefficient of variation. */
  readonly cv2PriorGaps: number;
  /** Coefficient of variation below which a customer is regular, and above which irregular. */
  readonly regularBelow: number;
  readonly irregularAbove: number;
  /** At most this many rows are read by the likelihood, evenly over the range of outcomes. */
  readonly maxRows: number;
  /** Column of the group (a category) whose typical gap a customer with few gaps is shrunk to; empty: the shop's. */
  readonly groupColumn: string;
  readonly minimumRows: number;
  /** Fewer seen orders (by weight) than this are no fit. */
  readonly minimumOrders: number;
}

const positive = z.number().positive().finite();
const schema = z.strictObject({
  kind: z.literal('repurchase_cycle'),
  gap: z.strictObject({
    shape: positive, alikeness: positive, scaleDays: positive, regularityEffect: z.number().nonnegative().finite(), recentWeight: z.number().min(0).max(1),
    memoryGaps: positive, lapseA: positive, lapseB: positive, lapsedDays: positive, storeCv2: positive, cv2PriorGaps: positive,
  }),
  regularBelow: positive,
  irregularAbove: positive,
  /** Rhythms of groups of customers, where a column tells them. */
  groups: groupsSchema.optional(),
}).refine((artefact) => artefact.regularBelow <= artefact.irregularAbove, 'regularBelow must not exceed irregularAbove');
export type RepurchaseCycleArtefact = z.infer<typeof schema>;

/** 规律 / 一般 / 不规律 */
export type Regularity = 'regular' | 'average' | 'irregular';

export interface PersonalCycle {
  /** Typical days between orders of this customer while they still buy, > 0. */
  readonly cycleDays: number;
  /** Weight of the own gaps in it, in [0, 1): 0 is the typical gap of the shop, or of the own group, alone. */
  readonly ownWeight: number;
  /** What the rest of the weight is on. */
  readonly shrunkTo: 'group' | 'shop';
  /** Gaps seen; with none, regularity is the shop's. */
  readonly gaps: number;
  /** Shrunken coefficient of variation of the gaps. */
  readonly dispersion: number;
  readonly regularity: Regularity;
  /** Share of customers with this history and silence who are past buying in the model's eyes, in (0, 1). Not a churn score: see the churn model. */
  readonly lapsedShare: number;
}

/** The personal cycle of a row, or of a rhythm taken from one. */
export function personalCycle({ gap, regularBelow, irregularAbove }: RepurchaseCycleArtefact, rhythm: Rhythm): PersonalCycle {
  const distribution = gapDistribution(gap, rhythm);
  const dispersion = Math.sqrt(distribution.cv2);
  const survival = gapSurvival(distribution, rhythm.silence);
  return {
    cycleDays: cycleOf(distribution),
    ownWeight: distribution.ownWeight,
    shrunkTo: (rhythm.ratio ?? 1) === 1 ? 'shop' : 'group',
    gaps: rhythm.gaps,
    dispersion,
    regularity: dispersion < regularBelow ? 'regular' : dispersion > irregularAbove ? 'irregular' : 'average',
    lapsedShare: (distribution.lapsed * distribution.lapsedDays) / (distribution.lapsedDays + rhythm.silence) / survival,
  };
}

/** The personal cycle of every row of a matrix. */
export function personalCycles(artefact: RepurchaseCycleArtefact, x: Matrix): PersonalCycle[] {
  const read = rhythmReader(x, artefact.groups);
  return Array.from({ length: x.rows }, (_, row) => personalCycle(artefact, read(row)));
}

/** P(no order within `days` after the cut-off | rhythm, silence): the survival curve of the next order. */
export function survivalAfter({ gap }: RepurchaseCycleArtefact, rhythm: Rhythm, days: number): number {
  const distribution = gapDistribution(gap, rhythm);
  return gapSurvival(distribution, rhythm.silence + days) / gapSurvival(distribution, rhythm.silence);
}

/** Groups from the gaps of the training rows. */
function groupsOf(train: TrainingData, column: string): CycleGroups {
  const read = rhythmReader(train.x);
  const rows = Array.from({ length: train.x.rows }, (_, row) => ({ row, rhythm: read(row), weight: train.weights?.[row] ?? 1 }));
  return fitGroups(train.x, column, rows.flatMap(({ row, rhythm, weight }) => (rhythm.gaps > 0 ? [{ row, logMean: Math.log(rhythm.mean), weight }] : [])));
}

/** Rows with a positive finite target, as the likelihood reads them. */
export function outcomesOf(train: TrainingData, groups?: CycleGroups): Outcome[] {
  const read = rhythmReader(train.x, groups);
  const outcomes: Outcome[] = [];
  for (let row = 0; row < train.x.rows; row++) {
    const days = train.y[row];
    if (!(days > 0)) continue;
    outcomes.push({ rhythm: read(row), days, seen: train.observed?.[row] !== 0, weight: train.weights?.[row] ?? 1 });
  }
  return outcomes;
}

/** The remaining time of every row: of the gap model, given the silence. */
function distributionOf({ gap, groups }: RepurchaseCycleArtefact, x: Matrix): RowDistributions {
  const read = rhythmReader(x, groups);
  return {
    rows: x.rows,
    cdf: (values) => values.map((value, row) => {
      const rhythm = read(row);
      return remainingLevel(gapDistribution(gap, rhythm), rhythm.silence, value);
    }),
    quantiles(levels, perRow) {
      const out = new Float64Array(x.rows * perRow);
      for (let row = 0; row < x.rows; row++) {
        const rhythm = read(row);
        remainingQuantiles(gapDistribution(gap, rhythm), rhythm.silence, levels, row * perRow, perRow, out);
      }
      return out;
    },
  };
}

export const repurchaseCycle: Estimator<RepurchaseCycleArtefact, RepurchaseCycleParams> = {
  kind: 'repurchase_cycle',
  tasks: ['duration'],
  schema,
  defaults: { cv2PriorGaps: 4, regularBelow: 0.5, irregularAbove: 0.85, maxRows: 4000, groupColumn: '', minimumRows: 20, minimumOrders: 10 },
  requiredColumns: RHYTHM_COLUMNS,
  fit(train, params, { rng, signal }) {
    const missing = RHYTHM_COLUMNS.find((name) => !train.x.columns.some((column) => column.name === name));
    if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
    if (params.groupColumn !== '' && columnOf(train.x, params.groupColumn) === undefined) return { ok: false, reason: 'missing_column', detail: `The column ${params.groupColumn} of the groups is not in the matrix.` };
    const groups = params.groupColumn === '' ? undefined : groupsOf(train, params.groupColumn);
    const outcomes = outcomesOf(train, groups);
    const rows = outcomes.reduce((sum, outcome) => sum + outcome.weight, 0);
    const orders = outcomes.reduce((sum, outcome) => sum + (outcome.seen ? outcome.weight : 0), 0);
    if (rows < params.minimumRows) return { ok: false, reason: 'too_few_rows', detail: `${rows} rows with a next order or a wait; the repurchase model needs ${params.minimumRows}.` };
    if (orders < params.minimumOrders) {
      return { ok: false, reason: orders === 0 ? 'one_class' : 'too_few_rows', detail: `${orders} of ${rows} rows saw the next order; the repurchase model needs ${params.minimumOrders}.` };
    }
    const fit = fitGapModel(outcomes, params, rng.fork('repurchase_cycle'), signal);
    if (!fit.ok) return fit;
    const { model, ...report } = fit.value;
    const artefact: RepurchaseCycleArtefact = {
      kind: 'repurchase_cycle', gap: model, regularBelow: params.regularBelow, irregularAbove: params.irregularAbove, ...(groups === undefined ? {} : { groups }),
    };
    return { ok: true, artefact, report: { ...report, orders, storeCycleDays: (model.shape * model.scaleDays) / model.alikeness, ...model } };
  },
  predict: (artefact, x) => sharedQuantiles(distributionOf(artefact, x), [0.5]),
  quantiles: (artefact, x, levels) => sharedQuantiles(distributionOf(artefact, x), levels),
  distribution: distributionOf,
};
