/**
 * Doubly-robust learner (Kennedy 2020, algorithm 1): outcome models and the chance of treatment, all out of fold, make one number per row whose mean at x is
 * the effect at x, if either is right: φ = μ₁ − μ₀ + (t − e)/(e(1 − e))·(y − μ_t). A model of φ is the answer.
 */
import { z } from 'zod';
import { baseArtefact, crossFit, fitBase, foldsOf, outcomeTask, predictBase, propensities, rowsWhere, UPLIFT_DEFAULTS, upliftProblem } from './base.ts';
import type { UpliftLearner } from './contract.ts';

const schema = z.object({ kind: z.literal('doubly_robust'), effect: baseArtefact });
export type DoublyRobustArtefact = z.infer<typeof schema>;

export const doublyRobust: UpliftLearner<DoublyRobustArtefact> = Object.freeze({
  kind: 'doubly_robust',
  schema,
  defaults: UPLIFT_DEFAULTS,

  fit(train, params, context) {
    const problem = upliftProblem(train);
    if (problem !== undefined) return problem;
    const { y, treated } = train;
    const task = outcomeTask(y, params.outcome);
    const fold = foldsOf(train, params.folds, context.rng.fork('folds').int(4294967296));
    const chance = propensities(train, params, fold, context);
    if (!chance.ok) return chance;
    const expected: Float64Array[] = [];
    for (const t of [0, 1]) {
      const crossed = crossFit(train, fold, (i) => treated[i] === t, (rows) => fitBase(params.outcome, task, train, y, rows, { ...context, rng: context.rng.fork('outcome', t) }));
      if (!crossed.ok) return crossed;
      expected.push(crossed.artefact);
    }
    const { chances } = chance.artefact;
    const pseudo = y.map((v, i) => {
      const [e, t] = [chances[i], treated[i]];
      return expected[1][i] - expected[0][i] + ((t - e) / (e * (1 - e))) * (v - expected[t][i]);
    });
    const effect = fitBase(params.effect, 'number', train, pseudo, rowsWhere(y.length, () => true), { ...context, rng: context.rng.fork('effect') });
    if (!effect.ok) return effect;
    const average = pseudo.slice().sort().reduce((sum, v) => sum + v, 0) / y.length;
    return { ok: true, artefact: { kind: 'doubly_robust', effect: effect.artefact }, report: { rows: y.length, averageEffect: average } };
  },

  predict: ({ effect }, x) => predictBase(effect, x),
} satisfies UpliftLearner<DoublyRobustArtefact>);
