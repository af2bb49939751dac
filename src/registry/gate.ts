/** Whether a newly trained version may serve by itself. Anything else needs a person: `tagcast models promote`. */
import type { TrainedHead, TrainedModel } from '../training/trained.ts';

export interface GateAnswer {
  readonly pass: boolean;
  /** What decided, with numbers. */
  readonly why: string;
}

/** The metric that decides per task, and whether less is better. */
const DECIDING = { binary: { metric: 'log_loss', lessIsBetter: true }, amount: { metric: 'normalised_gini', lessIsBetter: false }, duration: { metric: 'spearman', lessIsBetter: false } } as const;

type HeadEvaluation = TrainedHead['evaluation'];

/** The version that serves now; `evaluation` is its primary head measured on the candidate's test period, where the trainer did that. */
export interface ServingModel {
  readonly content: Pick<TrainedModel, 'heads'>;
  readonly evaluation?: HeadEvaluation;
}

/**
 * A version with a head that was kept although its baseline is better never passes by itself. A first version passes unless its grade is "not recommended". A later one must be better on the same test period: both were tested on it,
 * or the trainer measured the serving version there.
 */
export function promotionGate(candidate: Pick<TrainedModel, 'heads'>, serving: ServingModel | undefined): GateAnswer {
  const [head] = candidate.heads;
  if (head.grade === 'not_recommended') return { pass: false, why: 'its grade on the test period is "not recommended"' };
  const beaten = candidate.heads.find(({ warnings }) => warnings.includes('baseline_is_better'));
  if (beaten !== undefined) return { pass: false, why: `its baseline ${beaten.baseline.candidate} is better on the test period of ${beaten.horizonDays} days` };
  if (serving === undefined) return { pass: true, why: 'first version, and its grade is usable or better' };
  const [old] = serving.content.heads;
  const there = serving.evaluation ?? (old.split.test === head.split.test && old.horizonDays === head.horizonDays ? old.evaluation : undefined);
  if (there === undefined) return { pass: false, why: `the serving version was tested on ${old.split.test} and the new one on ${head.split.test}: not comparable` };
  const { metric, lessIsBetter } = DECIDING[head.task];
  const before = there.metrics[metric]?.value;
  const after = head.evaluation.metrics[metric]?.value;
  if (before === undefined || after === undefined) return { pass: false, why: `${metric} was not measured for both versions` };
  const better = lessIsBetter ? after < before : after > before;
  return { pass: better, why: `${metric} on ${head.split.test}: ${before.toPrecision(4)} → ${after.toPrecision(4)}` };
}
