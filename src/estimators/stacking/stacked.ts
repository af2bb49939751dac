/**
 * A blend of other estimators. Its weights are learned on the latest period, which the members' trial fits had not seen, and it is kept only where it beats the best member there
 * by more than one standard error; otherwise the best member alone is the model. The members that count are then fitted on all rows.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { hashUniform } from '../../math/stats/index.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { finite } from '../codec.ts';
import type { Estimator } from '../contract.ts';
import { amountProblem, binaryProblem, canonicalOrder, checkCancelled, defineEstimator, holdOut, refuse } from '../rows.ts';
import { conformalOn } from '../value/amounts.ts';
import { addedUp, onOwnScale } from './attribution.ts';
import { fittedMemberSchema, forked, membershipOf } from './membership.ts';
import type { Member, MemberEstimator } from './membership.ts';
import { factorTo, tryMembers } from './trials.ts';
import { fitStack } from './weights.ts';

export interface StackedParams {
  readonly members: readonly Member[];
  /** Handed on to members that look ahead by themselves. */
  readonly horizonDays: number;
}

const memberSchema = fittedMemberSchema.extend({
  weight: finite.positive().max(1),
  /** What the member's predictions are multiplied by before they are blended: brings a model that never saw the target to its level. 1 for probabilities. */
  factor: finite.positive(),
});

export interface StackedArtefact {
  readonly kind: 'stacked';
  readonly task: 'amount' | 'binary';
  readonly members: readonly z.infer<typeof memberSchema>[];
  readonly conformal?: z.infer<typeof conformalSchema> | undefined;
}

/** The stack over the estimators that may be its members. */
export function stackedOver(estimators: Readonly<Record<string, MemberEstimator>>): Estimator<StackedArtefact, StackedParams> {
  const membership = membershipOf(estimators);
  const schema: z.ZodType<StackedArtefact> = z
    .object({ kind: z.literal('stacked'), task: z.enum(['amount', 'binary']), members: z.array(memberSchema).min(1), conformal: conformalSchema.optional() })
    .superRefine(({ members }, context) => {
      membership.check(members, context);
      if (Math.abs(members.reduce((sum, { weight }) => sum + weight, 0) - 1) > 1e-9) context.addIssue({ code: 'custom', message: 'the weights do not sum to 1' });
    });

  function predict({ members }: Pick<StackedArtefact, 'members'>, x: Matrix): Float64Array {
    const sum = new Float64Array(x.rows);
    for (const member of members) {
      const own = membership.predict(member, x);
      for (let row = 0; row < x.rows; row++) sum[row] += member.weight * member.factor * own[row];
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
      const able = members.filter((member) => membership.able(member, task));
      if (able.length < 2) return refuse('unsupported_target', `A stack for ${task} needs at least two members that do that and can be explained, and has ${able.length} of ${members.length}.`);
      const order = canonicalOrder(train);
      const held = holdOut(order, context.rng.fork('stack').int(4294967296), 0.25, 100);
      if (held === undefined) return refuse('too_few_rows', `${order.rows} rows are too few to hold some out for the weights of a stack.`);
      const { tried, y, weights: rowWeights, hashes } = tryMembers(able, order, train, held, {
        fit: (member, data, k) => membership.fit(member, data, horizonDays, forked(context, `trial ${k}`)),
        predict: ({ estimator }, artefact, x) => membership.predict({ estimator, artefact }, x), level: task === 'amount' ? factorTo : () => 1,
      });
      if (tried.length === 0) return refuse('not_converged', `None of ${able.length} members of the stack could be fitted.`);
      const halves = hashes.map((hash) => (hashUniform(hash, 17) < 0.5 ? 0 : 1));
      const stack = fitStack(task, tried.map(({ predicted }) => predicted), y, rowWeights, halves);
      const weights = stack.wins ? stack.weights : tried.map((_, k) => (k === stack.best ? 1 : 0));
      const kept = tried.flatMap(({ member, factor, place }, k) => {
        if (weights[k] === 0) return [];
        const outcome = membership.fit(member, train, horizonDays, forked(context, `member ${place}`));
        return outcome.ok ? [{ ...membership.kept(member, outcome.artefact, train.x), weight: weights[k], factor }] : [];
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
      const parts = members.map((member) => ({ times: member.weight * member.factor, ...onOwnScale(membership.explain(member, x), x.rows) }));
      return addedUp(parts, x.rows);
    },
  });
}
