/**
 * The mean of the log-odds of several classifiers, each counting the same. Members that err in different ways (a line and trees, say) are surer together than either, and nothing is
 * learned but they themselves: no rows are held out and no weights are estimated, which few rows cannot do (docs/adr/averages.md).
 */
import { z } from 'zod';
import { canonicalJson } from '../../base/json.ts';
import type { Matrix } from '../../base/matrix.ts';
import { meanOfLogOdds } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import type { Estimator } from '../contract.ts';
import { checkCancelled, defineEstimator, refuse } from '../rows.ts';
import { addedUp, onLogOdds } from './attribution.ts';
import { fittedMemberSchema, forked, membershipOf } from './membership.ts';
import type { FittedMember, Member, MemberEstimator } from './membership.ts';

export interface AveragedParams {
  /** At least two. In any order; one that is named twice counts twice. */
  readonly members: readonly Member[];
  /** Handed on to members that look ahead by themselves. */
  readonly horizonDays: number;
}

export interface AveragedArtefact {
  readonly kind: 'averaged';
  /** Members' probabilities are kept this far from 0 and 1 before their log-odds are taken. */
  readonly edge: number;
  readonly members: readonly FittedMember[];
}

/** The mean over the estimators that may be its members. */
export function averagedOver(estimators: Readonly<Record<string, MemberEstimator>>): Estimator<AveragedArtefact, AveragedParams> {
  const membership = membershipOf(estimators);
  const schema: z.ZodType<AveragedArtefact> = z
    .object({ kind: z.literal('averaged'), edge: finite.positive().max(0.25), members: z.array(fittedMemberSchema).min(2) })
    .superRefine(({ members }, context) => { membership.check(members, context); });

  return defineEstimator<AveragedArtefact, AveragedParams>({
    kind: 'averaged',
    tasks: ['binary'],
    schema,
    defaults: { members: [], horizonDays: 90 },

    fit(train, { members, horizonDays }, context) {
      checkCancelled(context);
      const unable = members.filter((member) => !membership.able(member, 'binary'));
      if (unable.length > 0) return refuse('unsupported_target', `A mean of log-odds takes classifiers that can be explained, and has ${unable.map(({ estimator }) => estimator.slice(0, 60)).join(', ')}.`);
      if (members.length < 2) return refuse('unsupported_target', `A mean of log-odds needs at least two members and has ${members.length}.`);
      // Members by what they are, each with a stream of that name: the same artefact in whatever order they were named.
      const named = members.map((member) => ({ member, name: canonicalJson({ estimator: member.estimator, params: member.params ?? {} }) })).sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
      const fitted: FittedMember[] = [];
      for (const { member, name } of named) {
        checkCancelled(context);
        const outcome = membership.fit(member, train, horizonDays, forked(context, name));
        // The mean of whoever is left would be another model under the same name.
        if (!outcome.ok) return refuse(outcome.reason, `The member ${member.estimator}: ${outcome.detail}`);
        fitted.push(membership.kept(member, outcome.artefact, train.x));
      }
      const weight = train.weights?.reduce((sum, w) => sum + w, 0) ?? train.x.rows;
      return {
        ok: true,
        // After n rows without the event its estimated chance is ½ ÷ (n + 1) (Krichevsky & Trofimov 1981): rows cannot make anybody surer, but a forest whose trees agree says 0.
        artefact: { kind: 'averaged', edge: 0.5 / (weight + 1), members: fitted },
        report: { rows: train.x.rows, members: named.map(({ member }) => member.estimator).join(', ') },
      };
    },

    predict: ({ edge, members }, x) => meanOfLogOdds(members.map((member) => membership.predict(member, x)), edge),

    explain({ edge, members }, x: Matrix) {
      return addedUp(members.map((member) => ({ times: 1 / members.length, ...onLogOdds(membership.explain(member, x), edge, x.rows) })), x.rows);
    },
  });
}
