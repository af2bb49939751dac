/** T-learner: a model of the treated, a model of the others, and the difference of their predictions (Künzel et al. 2019, §2). */
import { z } from 'zod';
import { baseArtefact, fitBase, outcomeTask, predictBase, rowsWhere, UPLIFT_DEFAULTS, upliftProblem } from './base.ts';
import type { UpliftLearner } from './contract.ts';

const schema = z.object({ kind: z.literal('two_model'), treated: baseArtefact, untreated: baseArtefact });
export type TwoModelArtefact = z.infer<typeof schema>;

export const twoModel: UpliftLearner<TwoModelArtefact> = Object.freeze({
  kind: 'two_model',
  schema,
  defaults: UPLIFT_DEFAULTS,

  fit(train, params, context) {
    const problem = upliftProblem(train);
    if (problem !== undefined) return problem;
    const task = outcomeTask(train.y, params.outcome);
    const side = (t: number) => fitBase(params.outcome, task, train, train.y, rowsWhere(train.y.length, (i) => train.treated[i] === t), { ...context, rng: context.rng.fork('side', t) });
    const untreated = side(0);
    if (!untreated.ok) return untreated;
    const treated = side(1);
    if (!treated.ok) return treated;
    return { ok: true, artefact: { kind: 'two_model', treated: treated.artefact, untreated: untreated.artefact }, report: { rows: train.y.length } };
  },

  predict(artefact, x) {
    const untreated = predictBase(artefact.untreated, x);
    return predictBase(artefact.treated, x).map((value, i) => value - untreated[i]);
  },
} satisfies UpliftLearner<TwoModelArtefact>);
