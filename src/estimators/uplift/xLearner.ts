/**
 * X-learner (Künzel et al. 2019, algorithm 3): what each treated customer did beyond what the model of the others expects, and the other way round, become
 * targets of two effect models, which are then weighed by the chance of treatment: τ = e·τ₀ + (1 − e)·τ₁ (eq. 9). Good where one side is much larger.
 */
import { z } from 'zod';
import { finite } from '../codec.ts';
import { baseArtefact, fitBase, foldsOf, outcomeTask, predictBase, propensities, rowsWhere, UPLIFT_DEFAULTS, upliftProblem, within } from './base.ts';
import type { UpliftLearner } from './contract.ts';

const schema = z.object({
  kind: z.literal('x_learner'),
  /** Effect as the treated and as the others teach it. */
  fromTreated: baseArtefact,
  fromUntreated: baseArtefact,
  /** Chance of treatment: the share, or a model of it. */
  share: finite.gt(0).lt(1),
  propensity: baseArtefact.nullable(),
});
export type XLearnerArtefact = z.infer<typeof schema>;

export const xLearner: UpliftLearner<XLearnerArtefact> = Object.freeze({
  kind: 'x_learner',
  schema,
  defaults: UPLIFT_DEFAULTS,

  fit(train, params, context) {
    const problem = upliftProblem(train);
    if (problem !== undefined) return problem;
    const { x, y, treated } = train;
    const task = outcomeTask(y, params.outcome);
    const fold = foldsOf(train, params.folds, context.rng.fork('folds').int(4294967296));
    const chance = propensities(train, params, fold, context);
    if (!chance.ok) return chance;
    const rows = [0, 1].map((t) => rowsWhere(y.length, (i) => treated[i] === t));
    const outcomes = [0, 1].map((t) => fitBase(params.outcome, task, train, y, rows[t], { ...context, rng: context.rng.fork('outcome', t) }));
    const [untreated, of] = outcomes;
    if (!untreated.ok) return untreated;
    if (!of.ok) return of;
    // Rows of a side are strangers to the model of the other, so nothing here has seen its own outcome.
    const [expected0, expected1] = [predictBase(untreated.artefact, x), predictBase(of.artefact, x)];
    const imputed = y.map((v, i) => (treated[i] === 1 ? v - expected0[i] : expected1[i] - v));
    const effects = [0, 1].map((t) => fitBase(params.effect, 'number', train, imputed, rows[t], { ...context, rng: context.rng.fork('effect', t) }));
    const [fromUntreated, fromTreated] = effects;
    if (!fromUntreated.ok) return fromUntreated;
    if (!fromTreated.ok) return fromTreated;
    const { share, model } = chance.artefact;
    return { ok: true, artefact: { kind: 'x_learner', fromTreated: fromTreated.artefact, fromUntreated: fromUntreated.artefact, share, propensity: model }, report: { rows: y.length, share } };
  },

  predict({ fromTreated, fromUntreated, share, propensity }, x) {
    const [one, zero] = [predictBase(fromTreated, x), predictBase(fromUntreated, x)];
    const chances = propensity === null ? undefined : predictBase(propensity, x);
    return one.map((value, i) => {
      const e = chances === undefined ? share : within(chances[i]);
      return e * zero[i] + (1 - e) * value;
    });
  },
} satisfies UpliftLearner<XLearnerArtefact>);
