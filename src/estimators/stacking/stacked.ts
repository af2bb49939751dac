/**
 * A blend of other estimators. Its weights are learned on the latest period, which the members' trial fits had not seen, and it is kept only where it beats the best member there
 * by more than one standard error; otherwise the best member alone is the model. The members that count are then fitted on all rows.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { hashUniform } from '../../math/stats/index.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { finite } from '../codec.ts';
import type { Estimator, TrainingData } from '../contract.ts';
import { amountProblem, binaryProblem, canonicalOrder, checkCancelled, defineEstimator, holdOut, refuse } from '../rows.ts';
import { conformalOn } from '../value/amounts.ts';
import { onOwnScale, subsetShapley } from './attribution.ts';
import { addedUp, explainable, factorTo, forked, tryMembers, typicalOf } from './members.ts';
import type { MemberEstimator, StackMember } from './members.ts';
import { fitStack } from './weights.ts';

type AnyArtefact = { readonly kind: string };

export interface StackedParams {
  readonly members: readonly StackMember[];
  /** Handed on to members that look ahead by themselves. */
  readonly horizonDays: number;
}

const memberSchema = z.object({
  estimator: z.string(),
  weight: finite.positive().max(1),
  /** What the member's predictions are multiplied by before they are blended: brings a model that never saw the target to its level. 1 for probabilities. */
  factor: finite.positive(),
  artefact: z.looseObject({ kind: z.string() }),
  /** Medians of the columns that the member asks for, where it explains nothing itself. */
  typical: z.array(finite).optional(),
});

export interface StackedArtefact {
  readonly kind: 'stacked';
  readonly task: 'amount' | 'binary';
  readonly members: readonly z.infer<typeof memberSchema>[];
  readonly conformal?: z.infer<typeof conformalSchema> | undefined;
}

/** The stack over the estimators that may be its members. */
export function stackedOver(estimators: Readonly<Record<string, MemberEstimator>>): Estimator<StackedArtefact, StackedParams> {
  const of = (kind: string): MemberEstimator | undefined => (Object.hasOwn(estimators, kind) ? estimators[kind] : undefined);
  const schema: z.ZodType<StackedArtefact> = z
    .object({ kind: z.literal('stacked'), task: z.enum(['amount', 'binary']), members: z.array(memberSchema).min(1), conformal: conformalSchema.optional() })
    .superRefine(({ members }, context) => {
      members.forEach(({ estimator, artefact }, i) => {
        if (of(estimator)?.schema.safeParse(artefact).success !== true) context.addIssue({ code: 'custom', path: ['members', i], message: `the member ${estimator.slice(0, 60)} is damaged or not known` });
      });
      if (Math.abs(members.reduce((sum, { weight }) => sum + weight, 0) - 1) > 1e-9) context.addIssue({ code: 'custom', message: 'the weights do not sum to 1' });
    });
  const required = (kind: string): MemberEstimator => {
    const found = of(kind);
    if (found === undefined) throw new TypeError(`the stack has a member ${kind} that is no estimator`);
    return found;
  };

  function predict({ members }: Pick<StackedArtefact, 'members'>, x: Matrix): Float64Array {
    const sum = new Float64Array(x.rows);
    for (const { estimator, weight, factor, artefact } of members) {
      const own = required(estimator).predict(artefact, x);
      for (let row = 0; row < x.rows; row++) sum[row] += weight * factor * own[row];
    }
    return sum;
  }

  return defineEstimator<StackedArtefact, StackedParams>({
    kind: 'stacked',
    tasks: ['amount', 'binary'],
    schema,
    defaults: { members: [], horizonDays: 90 },

    fit(train, { members, horizonDays }, context) {
      checkCancelled(context);
      const task = train.y.every((v) => v === 0 || v === 1) ? 'binary' : 'amount';
      const problem = task === 'binary' ? binaryProblem(train.y, 200) : amountProblem(train.y, 200);
      if (problem !== undefined) return problem;
      const able = members.filter(({ estimator }) => explainable(of(estimator)) && of(estimator)?.tasks.includes(task));
      if (able.length < 2) return refuse('unsupported_target', `A stack for ${task} needs at least two members that do that and can be explained, and has ${able.length} of ${members.length}.`);
      const order = canonicalOrder(train);
      const held = holdOut(order, context.rng.fork('stack').int(4294967296), 0.25, 100);
      if (held === undefined) return refuse('too_few_rows', `${order.rows} rows are too few to hold some out for the weights of a stack.`);
      const fitMember = (member: StackMember, data: TrainingData, name: string): AnyArtefact | undefined => {
        const estimator = required(member.estimator);
        const defaults = typeof estimator.defaults === 'object' && estimator.defaults !== null ? estimator.defaults : {};
        const outcome = estimator.fit(data, { ...defaults, ...('horizonDays' in defaults ? { horizonDays } : {}), ...member.params }, forked(context, name));
        return outcome.ok ? outcome.artefact : undefined;
      };
      const { tried, y, weights: rowWeights, hashes } = tryMembers(able, order, train, held, {
        fit: (member, data, k) => fitMember(member, data, `trial ${k}`), predict: ({ estimator }, artefact, x) => required(estimator).predict(artefact, x), level: task === 'amount' ? factorTo : () => 1,
      });
      if (tried.length === 0) return refuse('not_converged', `None of ${able.length} members of the stack could be fitted.`);
      const halves = hashes.map((hash) => (hashUniform(hash, 17) < 0.5 ? 0 : 1));
      const stack = fitStack(task, tried.map(({ predicted }) => predicted), y, rowWeights, halves);
      const weights = stack.wins ? stack.weights : tried.map((_, k) => (k === stack.best ? 1 : 0));
      const kept = tried.flatMap(({ member, factor, place }, k) => {
        if (weights[k] === 0) return [];
        const artefact = fitMember(member, train, `member ${place}`);
        return artefact === undefined ? [] : [{ estimator: member.estimator, weight: weights[k], factor, artefact, ...typicalOf(required(member.estimator), train.x) }];
      });
      if (kept.length === 0) return refuse('not_converged', 'The members of the stack could not be fitted on all rows.');
      const total = kept.reduce((sum, { weight }) => sum + weight, 0);
      const trial = y.map((_, row) => tried.reduce((sum, { predicted }, k) => sum + weights[k] * predicted[row], 0));
      const conformal = task === 'amount' ? conformalOn(trial, y) : undefined;
      return {
        ok: true,
        artefact: { kind: 'stacked', task, members: kept.map((member) => ({ ...member, weight: member.weight / total })), ...(conformal === undefined ? {} : { conformal }) },
        report: {
          rows: order.rows, wins: stack.wins, gain: stack.gain, gainError: stack.gainError, best: tried[stack.best].member.estimator,
          blend: tried.map(({ member }, k) => `${member.estimator} ${stack.weights[k].toFixed(3)}`).join(', '),
        },
      };
    },

    predict,

    quantiles(artefact, x, levels) {
      const predicted = predict(artefact, x);
      if (artefact.conformal !== undefined) return applyConformal(artefact.conformal, predicted, levels);
      // A probability p of 1: the quantile is 1 above the level 1 − p. An amount without a learned spread: the expected amount.
      return Float64Array.from({ length: x.rows * levels.length }, (_, i) => {
        const value = predicted[Math.floor(i / levels.length)];
        return artefact.task === 'amount' ? value : levels[i % levels.length] > 1 - value ? 1 : 0;
      });
    },

    explain({ members }, x) {
      const parts = members.map(({ estimator, weight, factor, artefact, typical }) => {
        const own = required(estimator);
        const explained = own.explain?.(artefact, x) ?? subsetShapley((rows) => own.predict(artefact, rows), x, own.requiredColumns ?? [], typical ?? []);
        return { times: weight * factor, ...onOwnScale(explained, x.rows) };
      });
      return addedUp(parts, x.rows);
    },
  });
}
