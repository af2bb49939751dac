/** The grade that marketers see (优 / 良 / 可用 / 不建议使用) and the confidence that every tag of the model carries. */
import type { Task } from '../estimators/contract.ts';
import type { Evaluation } from './evaluation.ts';
import type { Rung } from './define.ts';
import type { TimeSplit } from './splits.ts';
import type { TrainedHead } from './trained.ts';

type Grade = TrainedHead['grade'];

function ladder(value: number, excellent: number, good: number, usable: number): Grade {
  return value >= excellent ? 'excellent' : value >= good ? 'good' : value >= usable ? 'usable' : 'not_recommended';
}

const ORDER: readonly Grade[] = ['excellent', 'good', 'usable', 'not_recommended'];
const worse = (a: Grade, b: Grade): Grade => ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))];

/** From out-of-time ranking and from calibration, whichever is worse; a model that does not beat its baseline is at best usable. */
export function gradeOf(task: Task, evaluation: Evaluation, beatsBaseline: boolean): Grade {
  const metric = (name: string): number | undefined => evaluation.metrics[name]?.value;
  const cap: Grade = beatsBaseline ? 'excellent' : 'usable';
  if (task === 'binary') {
    const error = metric('ece') ?? 1;
    const calibrated: Grade = error <= 0.03 ? 'excellent' : error <= 0.06 ? 'good' : error <= 0.1 ? 'usable' : 'not_recommended';
    return worse(cap, worse(ladder(metric('roc_auc') ?? 0.5, 0.78, 0.7, 0.6), calibrated));
  }
  const missed = Math.abs((metric('coverage_80') ?? 0) - 0.8);
  const covered: Grade = missed <= 0.05 ? 'excellent' : missed <= 0.1 ? 'good' : missed <= 0.15 ? 'usable' : 'not_recommended';
  if (task === 'duration') return worse(cap, worse(ladder(metric('spearman') ?? 0, 0.45, 0.3, 0.15), covered));
  const bias = Math.abs(metric('bias') ?? 1);
  const unbiased: Grade = bias <= 0.1 ? 'excellent' : bias <= 0.2 ? 'good' : bias <= 0.35 ? 'usable' : 'not_recommended';
  return worse(cap, worse(worse(ladder(metric('normalised_gini') ?? 0, 0.6, 0.45, 0.25), unbiased), covered));
}

export function confidenceOf(grade: Grade, rung: Rung, mode: TimeSplit['mode']): TrainedHead['confidence'] {
  if (grade === 'not_recommended' || rung === 'rule' || mode === 'label_free') return 'low';
  return mode === 'three_way' && (grade === 'excellent' || grade === 'good') ? 'high' : 'medium';
}
