import { z } from 'zod';
import { rocAuc } from '../../math/metrics/ranking.ts';
import { argsort, interpolate, isotonicBlocks, logit } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import { binaryProblem, canonicalRows, checkCancelled, columnsNamed, defineEstimator, refuse } from '../rows.ts';

export interface ColumnRuleParams {
  readonly column: string;
  /** Whether the target becomes more likely as the column grows; `auto`: as the training rows say. */
  readonly direction: 'increasing' | 'decreasing' | 'auto';
}

const probability = z.number().gt(0).lt(1);
const ascends = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v >= values[i - 1]);
const schema = z
  .object({
    kind: z.literal('column_rule'),
    column: z.string(),
    /** 1: larger values are likelier; −1: `at` holds the negated values. */
    sign: z.union([z.literal(1), z.literal(-1)]),
    at: z.array(finite).min(1).refine(ascends, 'knots must ascend'),
    probability: z.array(probability).min(1).refine(ascends, 'probabilities must ascend'),
    /** Probability where the column is missing. */
    missing: probability,
    /** Zero point of explanations, log odds. */
    base: finite,
  })
  .refine(({ at, probability }) => at.length === probability.length, 'one probability per knot');
export type ColumnRuleArtefact = z.infer<typeof schema>;

/**
 * One column turned into a probability by isotonic regression: the rule that a shop would write by hand, for example "overdue by more than its usual gap".
 * Missing values have a rate of their own.
 */
export const columnRule = defineEstimator<ColumnRuleArtefact, ColumnRuleParams>({
  kind: 'column_rule',
  tasks: ['binary'],
  schema,
  defaults: { column: 'recency_days', direction: 'auto' },

  fit(train, { column, direction }, context) {
    checkCancelled(context);
    const problem = binaryProblem(train.y, 10);
    if (problem !== undefined) return problem;
    const data = canonicalRows(train);
    const values = data.columns[data.names.indexOf(column)];
    if (values === undefined) return refuse('missing_column', `The rule needs the column ${column}.`);
    const present = Int32Array.from(values.keys()).filter((i) => values[i] === values[i]);
    if (present.length === 0) return refuse('no_columns', `The column ${column} is missing in all ${data.rows} rows.`);
    const pick = (from: Float64Array): Float64Array => Float64Array.from(present, (i) => from[i]);
    const [x, y, w] = [pick(values), pick(data.y), pick(data.weights)];
    const rising = direction === 'auto' ? (rocAuc(y, x) ?? 0.5) >= 0.5 : direction === 'increasing';
    const signed = rising ? x : x.map((v) => -v);
    const order = argsort(signed);
    const sorted = (from: Float64Array): Float64Array => Float64Array.from(order, (i) => from[i]);
    const blocks = isotonicBlocks(sorted(signed), sorted(y), sorted(w));
    const least = 0.5 / (data.totalWeight + 1);
    const bound = (p: number): number => Math.min(Math.max(p, least), 1 - least);
    let [ones, all, missingOnes, missingAll] = [0, 0, 0, 0];
    data.y.forEach((v, i) => {
      const weight = data.weights[i];
      ones += weight * v;
      all += weight;
      if (values[i] === values[i]) return;
      missingOnes += weight * v;
      missingAll += weight;
    });
    const rate = ones / all;
    // Twenty rows of the overall rate: few missing rows should not have an opinion of their own.
    const missing = bound((missingOnes + 20 * rate) / (missingAll + 20));
    const artefact: ColumnRuleArtefact = {
      kind: 'column_rule', column, sign: rising ? 1 : -1, at: [...blocks.x].map((v) => v + 0), probability: [...blocks.y].map(bound), missing, base: logit(bound(rate)),
    };
    return { ok: true, artefact, report: { rows: data.rows, column, rising, steps: blocks.x.length } };
  },

  predict,

  explain(artefact, x) {
    const contribution = predict(artefact, x).map((p) => logit(p) - artefact.base);
    return { scale: 'log_odds', base: artefact.base, columns: [artefact.column], contributions: [contribution] };
  },
});

function predict({ column, sign, at, probability, missing }: ColumnRuleArtefact, x: Parameters<typeof columnsNamed>[0]): Float64Array {
  const [values] = columnsNamed(x, [column]);
  return values.map((v) => (v !== v ? missing : interpolate(at, probability, sign * v)));
}
