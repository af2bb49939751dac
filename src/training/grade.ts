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

/**
 * Calibration error beyond chance: with few rows, tenths of a perfect model differ from what happened too. Root of the debiased squared error over the bins,
 * Σ w [(p̄ − ȳ)² − ȳ(1 − ȳ)/(n − 1)] (Kumar, Liang & Ma 2019, "Verified Uncertainty Calibration", section 5), and never more than the plain error.
 */
export function calibrationErrorBeyondChance({ metrics, calibration, rows }: Pick<Evaluation, 'metrics' | 'calibration' | 'rows'>): number {
  const plain = metrics.ece?.value ?? 1;
  if (calibration.some((bin) => bin.rows < 2)) return plain;
  const squared = calibration.reduce((sum, bin) => sum + (bin.rows / rows) * ((bin.predicted - bin.actual) ** 2 - (bin.actual * (1 - bin.actual)) / (bin.rows - 1)), 0);
  return calibration.length === 0 ? plain : Math.min(plain, Math.sqrt(Math.max(0, squared)));
}

const calibrationGrade = (error: number): Grade => (error <= 0.03 ? 'excellent' : error <= 0.06 ? 'good' : error <= 0.1 ? 'usable' : 'not_recommended');

/** From out-of-time ranking and from calibration, whichever is worse; a model that does not beat its baseline is at best usable. */
export function gradeOf(task: Task, evaluation: Evaluation, beatsBaseline: boolean): Grade {
  const metric = (name: string): number | undefined => evaluation.metrics[name]?.value;
  const cap: Grade = beatsBaseline ? 'excellent' : 'usable';
  if (task === 'binary') {
    const [plain, beyondChance] = [calibrationGrade(metric('ece') ?? 1), calibrationGrade(calibrationErrorBeyondChance(evaluation))];
    // One step at most: few rows excuse an error, and do not prove that there is none.
    const calibrated = worse(beyondChance, ORDER[Math.max(0, ORDER.indexOf(plain) - 1)]);
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
