/** A flat file from columns to a leaderboard: outer folds (or one test) of the whole procedure, so that the figures are of rows that took no part in choosing. */
import { seededRandom } from '../../base/random.ts';
import type { AnyEstimator } from '../candidate.ts';
import { baselinesOf } from './baselines.ts';
import type { Baseline } from './baselines.ts';
import { BLEND, fitEnsemble } from './ensemble.ts';
import type { EnsembleOutcome } from './ensemble.ts';
import { predictionFold, splitPlan } from './plan.ts';
import type { OuterFold, SplitMode } from './plan.ts';
import { membersFor, portfolioOf } from './portfolio.ts';
import type { Member } from './portfolio.ts';
import type { TableProblem } from './problem.ts';
import { scoresOf } from './scores.ts';
import type { Score, ScoredPart } from './scores.ts';

export interface RunRequest {
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly folds: number;
  readonly seed: number;
  /** Whether rows of a second file without targets are predicted too. */
  readonly unlabelled?: boolean;
  readonly signal?: AbortSignal;
  readonly threads?: number;
  readonly onFit?: (done: number, total: number, name: string) => void;
}

export interface LeaderboardEntry {
  readonly name: string;
  /** `selected`: what the procedure chose in each fold; `baseline`: what any model must beat. */
  readonly role: 'selected' | 'blend' | 'member' | 'baseline';
  readonly estimator?: string;
  /** Columns that a baseline looked at, by fold. */
  readonly columns?: readonly string[];
  readonly metrics: Readonly<Record<string, Score>>;
  /** Why it has no metrics. */
  readonly failure?: string;
}

export interface TableResult {
  readonly mode: SplitMode;
  readonly rows: { readonly train: number; readonly test: number };
  /** `selected` first, then by loss. */
  readonly leaderboard: readonly LeaderboardEntry[];
  /** Whether `selected` had a smaller loss than every baseline. */
  readonly beatsBaselines: boolean;
  /** What was chosen in each fold, the simplest that was within one standard error of the best there, and the weights of the blend. */
  readonly choices: readonly { readonly chosen: string; readonly simplest: string; readonly weights?: Readonly<Record<string, number>> }[];
  /** Rows that were predicted by fits that had not seen them, in file order: of the file, or of a second one that has no targets (fold −1). */
  readonly predicted: { readonly rows: Int32Array; readonly fold: Int32Array; /** row-major rows × classes for `multiclass` */ readonly values: Float64Array };
}

export async function runTable(problem: TableProblem, request: RunRequest): Promise<TableResult> {
  const rng = seededRandom(request.seed, 'table');
  const plan = splitPlan(problem, request.folds, request.seed, rng);
  const width = problem.task === 'multiclass' ? (problem.classes?.length ?? 1) : 1;
  const portfolio = portfolioOf(problem.task).filter(({ estimator }) => request.estimators[estimator]?.tasks.includes(problem.task));
  const extra = request.unlabelled !== true || problem.unlabelledRows.length === 0 ? [] : [predictionFold(problem, request.seed, rng)];
  const total = [...plan.folds, ...extra].reduce((sum, fold) => sum + membersFor(problem, portfolio, fold.train).reduce((fits, { refit }) => fits + fold.inner.length + (refit || fold.refit !== undefined ? 1 : 0), 0), 0);
  let done = 0;
  const parts = new Map<string, { parts: ScoredPart[]; member?: Member; role: LeaderboardEntry['role']; columns: string[] }>();
  const failures = new Map<string, { member: Member; detail: string }>();
  const choices: TableResult['choices'][number][] = [];
  const collected: { row: number; fold: number; at: number; from: Float64Array }[] = [];
  const fit = async (fold: OuterFold, f: number): Promise<EnsembleOutcome> =>
    fitEnsemble(problem, membersFor(problem, portfolio, fold.train), fold, {
      estimators: request.estimators, rng: rng.fork('fold', f),
      ...(request.signal === undefined ? {} : { signal: request.signal }), ...(request.threads === undefined ? {} : { threads: request.threads }),
      onFit: (name) => { request.onFit?.(Math.min(done++, total - 1), total, name); },
    });
  const servedBy = (outcome: EnsembleOutcome, baselines: readonly Baseline[]): { readonly name: string; readonly predicted: Float64Array } => {
    const chosen = outcome.chosen === BLEND ? outcome.blend?.test : outcome.members.find(({ member }) => member.name === outcome.chosen)?.test;
    const fallback = baselines.find(({ name }) => name === outcome.chosen) ?? baselines[0];
    return chosen === undefined ? { name: fallback.name, predicted: fallback.test } : { name: outcome.chosen, predicted: chosen };
  };
  for (const [f, fold] of plan.folds.entries()) {
    const y = Float64Array.from(fold.test, (row) => problem.y[row]);
    const outcome = await fit(fold, f);
    const add = (name: string, role: LeaderboardEntry['role'], predicted: Float64Array, more: { member?: Member; column?: string } = {}): void => {
      const known = parts.get(name) ?? { parts: [], role, columns: [], ...(more.member === undefined ? {} : { member: more.member }) };
      known.parts.push({ y, predicted });
      if (more.column !== undefined) known.columns.push(more.column);
      parts.set(name, known);
    };
    const baselines = baselinesOf(problem, fold.train, fold.test);
    const served = servedBy(outcome, baselines);
    add('selected', 'selected', served.predicted);
    if (outcome.blend !== undefined) add(BLEND, 'blend', outcome.blend.test);
    for (const { member, test } of outcome.members) add(member.name, 'member', test, { member });
    for (const baseline of baselines) add(baseline.name, 'baseline', baseline.test, baseline.column === undefined ? {} : { column: baseline.column });
    for (const failure of outcome.failures) failures.set(failure.member.name, failure);
    choices.push({ chosen: served.name, simplest: outcome.simplest === '' ? served.name : outcome.simplest, ...(outcome.blend === undefined ? {} : { weights: outcome.blend.weights }) });
    if (extra.length === 0) fold.test.forEach((row, at) => collected.push({ row, fold: f, at, from: served.predicted }));
  }
  for (const fold of extra) {
    const { predicted } = servedBy(await fit(fold, plan.folds.length), baselinesOf(problem, fold.train, fold.test));
    fold.test.forEach((row, at) => collected.push({ row, fold: -1, at, from: predicted }));
  }
  request.onFit?.(total, total, '');
  const entries: LeaderboardEntry[] = [...parts].map(([name, { parts: scored, role, member, columns }]) => ({
    name, role, ...(member === undefined ? {} : { estimator: member.estimator }), ...(columns.length === 0 ? {} : { columns: [...new Set(columns)] }), metrics: scoresOf(problem.task, width, scored, rng.fork('scores', name)),
  }));
  for (const [name, { member, detail }] of failures) if (!parts.has(name)) entries.push({ name, role: 'member', estimator: member.estimator, metrics: {}, failure: detail });
  collected.sort((a, b) => a.row - b.row);
  const values = new Float64Array(collected.length * width);
  collected.forEach(({ from, at }, i) => { values.set(from.subarray(at * width, (at + 1) * width), i * width); });
  return {
    mode: plan.mode,
    rows: { train: plan.mode === 'time' ? plan.folds[0].train.length : problem.trainRows.length, test: plan.mode === 'time' || plan.mode === 'test_file' ? plan.folds[0].test.length : problem.trainRows.length },
    leaderboard: sorted(entries), beatsBaselines: entries.every((entry) => entry.role !== 'baseline' || lossOf(entry) > lossOf(entries[0])), choices,
    predicted: { rows: Int32Array.from(collected, ({ row }) => row), fold: Int32Array.from(collected, ({ fold }) => fold), values },
  };
}

const ROLES: readonly LeaderboardEntry['role'][] = ['selected', 'blend', 'member', 'baseline'];

const lossOf = ({ metrics }: LeaderboardEntry): number => (metrics.log_loss ?? metrics.rmse)?.value ?? Infinity;

/** By log loss, or root mean squared error; `selected` first, failures last. */
function sorted(entries: readonly LeaderboardEntry[]): LeaderboardEntry[] {
  return [...entries].sort((a, b) => Number(b.role === 'selected') - Number(a.role === 'selected') || lossOf(a) - lossOf(b) || ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
}
