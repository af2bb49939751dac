/** Baseline of the repurchase task: the shop's typical wait, given how long the customer has been silent. */
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import type { Estimator } from '../contract.ts';
import type { Outcome } from './gapFit.ts';
import { SILENCE, rhythmColumn, rhythmOf } from './rhythm.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';

const positive = z.number().positive().finite();
const curveSchema = z.strictObject({
  /** Ascending days at which the survival curve steps down. */
  days: z.array(positive),
  /** P(no order yet) just after each step, in (0, 1), non-increasing, same length. */
  survival: z.array(z.number().min(0).max(1)),
  /** Rate per day of the exponential tail after the last step. */
  tailRate: positive,
});
type Curve = z.infer<typeof curveSchema>;

const globalGapSchema = z
  .strictObject({
    kind: z.literal('global_gap'),
    /** Ascending days of silence that separate the classes. */
    edges: z.array(z.number().nonnegative().finite()),
    curves: z.array(curveSchema).min(1),
  })
  .refine(({ edges, curves }) => curves.length === edges.length + 1, 'one curve more than edges')
  .refine(({ curves }) => curves.every(({ days, survival }) => days.length === survival.length), 'one survival value per step');
export type GlobalGapArtefact = z.infer<typeof globalGapSchema>;

export interface GlobalGapParams {
  /** Classes of silence with about equally many rows. */
  readonly classes: number;
  readonly minimumRows: number;
}

const MAX_STEPS = 200;

/** Kaplan–Meier (1958) curve of weighted outcomes, thinned to at most {@link MAX_STEPS} steps, with an exponential tail at the mean rate of the class. */
function kaplanMeier(outcomes: readonly Outcome[]): Curve {
  const sorted = [...outcomes].sort((a, b) => a.days - b.days || Number(b.seen) - Number(a.seen) || a.weight - b.weight);
  let atRisk = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let orders = 0;
  let waited = 0;
  let survival = 1;
  const steps: { days: number; survival: number }[] = [];
  for (let i = 0; i < sorted.length; ) {
    const { days } = sorted[i];
    let [died, left] = [0, 0];
    for (; i < sorted.length && sorted[i].days === days; i++) {
      left += sorted[i].weight;
      if (sorted[i].seen) died += sorted[i].weight;
    }
    if (died > 0) {
      survival *= Math.max(0, 1 - died / atRisk);
      steps.push({ days, survival });
    }
    atRisk -= left;
    orders += died;
    waited += left * days;
  }
  const kept = steps.length <= MAX_STEPS ? steps : Array.from({ length: MAX_STEPS }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (MAX_STEPS - 1))]);
  // Half an order keeps the tail finite in a class that saw none.
  return { days: kept.map((s) => s.days), survival: kept.map((s) => s.survival), tailRate: Math.max(orders, 0.5) / waited };
}

/** First day on which at least `level` have ordered; in the tail beyond the last step when the curve stays above. */
function curveQuantile({ days, survival, tailRate }: Curve, level: number): number {
  const target = 1 - level;
  const step = survival.findIndex((s) => s <= target + 1e-12);
  if (step >= 0) return days[step];
  const last = days.at(-1) ?? 0;
  return last + Math.log((survival.at(-1) ?? 1) / target) / tailRate;
}

function silenceOf(x: Matrix): (row: number) => number {
  const values = rhythmColumn(x, SILENCE);
  return (row) => (values[row] > 0 ? values[row] : 0);
}

function globalQuantiles({ edges, curves }: GlobalGapArtefact, x: Matrix, levels: readonly number[]): Float64Array {
  const silence = silenceOf(x);
  const table = curves.map((curve) => levels.map((level) => curveQuantile(curve, level)));
  const out = new Float64Array(x.rows * levels.length);
  for (let row = 0; row < x.rows; row++) {
    const above = edges.filter((edge) => silence(row) >= edge).length;
    out.set(table[above], row * levels.length);
  }
  return out;
}

/** Median wait of the training rows that had been silent about as long (Kaplan–Meier by class of silence). Knows nothing of the customer's own rhythm. */
export const globalGap: Estimator<GlobalGapArtefact, GlobalGapParams> = {
  kind: 'global_gap',
  tasks: ['duration'],
  schema: globalGapSchema,
  defaults: { classes: 5, minimumRows: 5 },
  requiredColumns: [SILENCE],
  fit(train, { classes, minimumRows }, { signal }) {
    throwIfCancelled(signal, 'The fit of global_gap');
    const values = columnOf(train.x, SILENCE);
    if (values === undefined) return { ok: false, reason: 'missing_column', detail: `The column ${SILENCE} is not in the matrix.` };
    const silence = silenceOf(train.x);
    const outcomes: Outcome[] = [];
    for (let row = 0; row < train.x.rows; row++) {
      if (!(train.y[row] > 0)) continue;
      const rhythm = rhythmOf(NaN, 0, NaN, NaN, silence(row));
      outcomes.push({ rhythm, days: train.y[row], seen: train.observed?.[row] !== 0, weight: train.weights?.[row] ?? 1 });
    }
    outcomes.sort((a, b) => a.rhythm.silence - b.rhythm.silence || a.weight - b.weight);
    const total = outcomes.reduce((sum, { weight }) => sum + weight, 0);
    if (total < minimumRows) return { ok: false, reason: 'too_few_rows', detail: `${total} rows with a next order or a wait; the baseline needs ${minimumRows}.` };
    if (!outcomes.some(({ seen }) => seen)) return { ok: false, reason: 'one_class', detail: `None of ${total} rows saw the next order.` };
    const edges = silenceEdges(outcomes, classes, total);
    const curves = Array.from({ length: edges.length + 1 }, (_, k) =>
      kaplanMeier(outcomes.filter(({ rhythm }) => rhythm.silence >= (edges[k - 1] ?? -1) && rhythm.silence < (edges[k] ?? Infinity))),
    );
    return { ok: true, artefact: { kind: 'global_gap', edges, curves }, report: { rows: total, classes: curves.length } };
  },
  predict: (artefact, x) => globalQuantiles(artefact, x, [0.5]),
  quantiles: globalQuantiles,
};

/** Distinct weighted quantiles of silence that leave no class empty. `outcomes` ascend in silence; rows of equal silence stay in one class. */
function silenceEdges(outcomes: readonly Outcome[], classes: number, total: number): number[] {
  const edges: number[] = [];
  let below = 0;
  for (let i = 0; i < outcomes.length; ) {
    const { silence } = outcomes[i].rhythm;
    if (i > 0 && edges.length < classes - 1 && below >= ((edges.length + 1) * total) / classes) edges.push(silence);
    for (; i < outcomes.length && outcomes[i].rhythm.silence === silence; i++) below += outcomes[i].weight;
  }
  return edges;
}
