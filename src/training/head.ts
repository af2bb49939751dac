/** Trains one head: candidates on early cut-offs, choice and calibration on a period of their own, one test on the last period, then the fit that serves. */
import { throwIfCancelled } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { addDays } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { chooseCalibration, applyCalibration, fitConformal } from '../estimators/calibration/index.ts';
import { finish, PLAIN_SERVING, shifted } from '../estimators/serving.ts';
import type { Level, Served, Serving } from '../estimators/serving.ts';
import type { Task } from '../estimators/contract.ts';
import { candidateMatrix, customerFolds, fitCandidate } from './candidate.ts';
import type { AnyEstimator, Fitted } from './candidate.ts';
import { datasetRows } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { RUNGS, taskOf } from './define.ts';
import type { Candidate, ModelDefinition } from './define.ts';
import { evaluate, selectionLoss } from './evaluation.ts';
import type { Evaluation } from './evaluation.ts';
import { confidenceOf, gradeOf } from './grade.ts';
import { intervalsOf, matchingLevel } from './level.ts';
import { recalibratedLevels } from './intervals.ts';
import { refuseLeaks } from './leakCheck.ts';
import { sameSeasonCutoff, seasonalShift } from './season.ts';
import type { TimeSplit } from './splits.ts';
import type { TestedCandidate, TestedHead } from './tested.ts';
import type { LeaderboardRow, TrainedHead } from './trained.ts';

export interface HeadRequest {
  readonly definition: ModelDefinition;
  readonly split: TimeSplit;
  /** First day that training does not know. */
  readonly end: LocalDate;
  readonly firstEvent: LocalDate;
  /** Stacked rows of the cut-offs. */
  readonly rowsAt: (cutoffs: readonly LocalDate[]) => Promise<Dataset>;
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly rng: Random;
  readonly signal?: AbortSignal;
  /** Threads that one fit may use, 1 when absent. */
  readonly threads?: number;
  readonly onStep?: (step: string) => void;
  /** Called once, when the last period has been evaluated. */
  readonly onTested?: (tested: TestedHead) => void;
  /** Milliseconds, for the leaderboard's seconds only. */
  readonly now?: () => number;
}

/** Raw predictions of a candidate for rows it was not fitted on. */
interface OutOfSample {
  readonly candidate: Candidate;
  readonly data: Dataset;
  readonly raw: Float64Array;
  readonly fitted: Fitted;
}

interface Tried extends OutOfSample {
  readonly serving: Serving;
  readonly loss: Float64Array;
  readonly row: LeaderboardRow;
}

export async function trainHead(request: HeadRequest): Promise<TrainedHead> {
  const { definition, split, rng } = request;
  const task = taskOf(definition.target);
  const train = split.mode === 'label_free' ? undefined : await request.rowsAt(split.train);
  if (train !== undefined && task === 'binary') refuseLeaks(definition.name, train.x, train.y);
  const judged = split.calibration === undefined ? train : cameBack(task, await request.rowsAt([split.calibration]));
  const test = cameBack(task, await request.rowsAt(split.testCutoffs));

  const { tried, failed } = await tryCandidates(request, task, train, judged, test);
  const baseline = tried.find((one) => one.candidate.name === definition.baseline.name);
  const chosen = choose(withErrors(tried.filter((one) => one !== baseline))) ?? baseline;
  if (baseline === undefined || chosen === undefined) {
    const why = failed.map((row) => `${row.candidate}: ${row.failure ?? 'unknown'}`).join('; ');
    throw new NoCandidate(why);
  }

  // The one test: the chosen candidate and its baseline are fitted on everything that was over by then.
  const refitRows = split.mode === 'label_free' ? test : await request.rowsAt(split.refit);
  const atTest = async (one: Tried): Promise<TestedCandidate & { evaluation: Evaluation; raw: Float64Array }> => {
    const fitted = split.mode === 'label_free' ? one.fitted : ((await refit(request, one.candidate, refitRows, rng)) ?? one.fitted);
    const raw = fitted.estimator.predict(fitted.artefact, candidateMatrix(test.x, one.candidate));
    const level = await levelFor(request, fitted, refitRows, one.serving.level, split.test, split.test);
    const serving = { ...one.serving, level };
    const served = finish(fitted.estimator, task, fitted.artefact, serving, test.x, raw, split.test);
    return { served, serving, raw, fitted, evaluation: evaluate(task, { y: test.y, predicted: served.prediction, ...intervalsOf(served) }, rng.fork('test', one.candidate.name)) };
  };
  const chosenTest = await atTest(chosen);
  const baselineTest = chosen === baseline ? chosenTest : await atTest(baseline);
  const wins = chosen !== baseline && meanLoss(task, test, chosenTest.served) < meanLoss(task, test, baselineTest.served);
  const winner = wins ? chosen : baseline;
  const winnerTest = wins ? chosenTest : baselineTest;
  request.onTested?.({ task, split, end: request.end, test, ...(split.mode === 'label_free' ? {} : { learned: refitRows }), winner: winnerTest, baseline: baselineTest, rng: rng.fork('report') });

  // The fit that serves: everything that is over by now, calibrated on periods that the fits before it had not seen.
  const serveRows = split.mode === 'label_free' ? test : await request.rowsAt(split.serve);
  request.onStep?.(`${winner.candidate.name}: final fit`);
  const final = (await refit(request, winner.candidate, serveRows, rng)) ?? winnerTest.fitted;
  const newest: OutOfSample = { candidate: winner.candidate, data: test, raw: winnerTest.raw, fitted: winnerTest.fitted };
  const served = split.mode === 'label_free' ? servingFrom(request, newest) : servingFrom(request, winner, newest);
  const level = await levelFor(request, final, serveRows, served.level, request.end, request.end);

  const grade = gradeOf(task, winnerTest.evaluation, wins);
  return {
    horizonDays: split.horizonDays,
    task,
    candidate: winner.candidate.name,
    rung: winner.candidate.rung,
    estimator: winner.candidate.estimator,
    artefact: final.artefact,
    serving: { ...served, level },
    split: { mode: split.mode, train: [...split.train], ...(split.calibration === undefined ? {} : { calibration: split.calibration }), test: split.test, serve: [...split.serve] },
    rows: { train: train?.y.length ?? 0, calibration: split.calibration === undefined ? 0 : (judged?.y.length ?? 0), test: test.y.length, serve: serveRows.y.length },
    baseRate: mean(test.y),
    typical: medians(serveRows),
    evaluation: winnerTest.evaluation,
    baseline: { candidate: baseline.candidate.name, evaluation: baselineTest.evaluation },
    beatsBaseline: wins,
    leaderboard: [...tried.map((one) => one.row), ...failed].sort((a, b) => (a.loss ?? Infinity) - (b.loss ?? Infinity)),
    grade,
    confidence: confidenceOf(grade, winner.candidate.rung, split.mode),
    warnings: wins ? [] : ['baseline_serves'],
  };
}

/** No candidate could be fitted, the baseline included. */
export class NoCandidate extends Error {}

async function tryCandidates(request: HeadRequest, task: Task, train: Dataset | undefined, judged: Dataset | undefined, test: Dataset): Promise<{ tried: Tried[]; failed: LeaderboardRow[] }> {
  const { definition, rng } = request;
  const tried: Tried[] = [];
  const failed: LeaderboardRow[] = [];
  for (const candidate of [definition.baseline, ...definition.candidates]) {
    throwIfCancelled(request.signal, 'Training');
    request.onStep?.(candidate.name);
    // A turn of the event loop between fits, so that cancelling and progress get through.
    await new Promise((resolve) => setImmediate(resolve));
    const started = request.now?.() ?? 0;
    const tooFew = belowMinimum(definition, candidate, task, train ?? test);
    const result = tooFew ?? (await (train === undefined || judged === undefined ? labelFree(request, candidate, test) : outOfSample(request, candidate, train, judged)));
    const seconds = request.now === undefined ? {} : { seconds: (request.now() - started) / 1000 };
    if ('failure' in result) {
      failed.push({ candidate: candidate.name, rung: candidate.rung, estimator: candidate.estimator, failure: result.failure, metrics: {}, ...seconds });
      continue;
    }
    const serving = servingFrom(request, result);
    const crossed = crossFitted(request, result, serving);
    const judgedOn = { y: result.data.y, predicted: crossed.prediction, ...intervalsOf(crossed) };
    const loss = selectionLoss(task, judgedOn);
    const metrics = Object.fromEntries(Object.entries(evaluate(task, judgedOn, rng, 2).metrics).map(([name, metric]) => [name, metric.value]));
    tried.push({ ...result, serving, loss, row: { candidate: candidate.name, rung: candidate.rung, estimator: candidate.estimator, loss: mean(loss), metrics, ...seconds } });
  }
  return { tried: withErrors(tried), failed };
}

/** Rows and positives from which a network is worth its time: below, trees are as good and train in a quarter of it (bench/neural.bench.ts). */
const NEURAL_ROWS = 20_000;
const NEURAL_POSITIVES = 500;

function belowMinimum(definition: ModelDefinition, candidate: Candidate, task: Task, data: Dataset): { failure: string } | undefined {
  if (candidate.rung === 'rule' || candidate.rung === 'customer_base') return undefined;
  const positives = task === 'binary' ? Math.min(data.y.filter((y) => y === 1).length, data.y.filter((y) => y === 0).length) : data.y.filter((y) => y > 0).length;
  const scale = candidate.rung === 'linear' ? 1 : 4;
  const neural = candidate.rung === 'neural';
  const rows = Math.max(definition.minimum.rows * scale, neural ? NEURAL_ROWS : 0);
  const least = Math.max(definition.minimum.positives * scale, neural ? NEURAL_POSITIVES : 0);
  if (data.y.length >= rows && positives >= least) return undefined;
  return { failure: `needs ${rows} rows and ${least} of the rarer outcome, found ${data.y.length} and ${positives}` };
}

async function outOfSample(request: HeadRequest, candidate: Candidate, train: Dataset, judged: Dataset): Promise<OutOfSample | { failure: string }> {
  const { rng } = request;
  const fitted = await fit(request, candidate, train, rng);
  if ('failure' in fitted) return fitted;
  if (judged !== train) return { candidate, data: judged, raw: fitted.estimator.predict(fitted.artefact, candidateMatrix(judged.x, candidate)), fitted };
  // No period of its own: folds over customers, each predicted by a fit that saw none of its customers.
  const raw = new Float64Array(train.y.length);
  const folds = customerFolds(train, 4, rng.fork('folds'));
  for (const fold of folds) {
    const left = new Set(fold);
    const rest = Int32Array.from(Array.from(train.y.keys()).filter((row) => !left.has(row)));
    const ofFold = await fit(request, candidate, datasetRows(train, rest), rng);
    if ('failure' in ofFold) return ofFold;
    const predicted = ofFold.estimator.predict(ofFold.artefact, candidateMatrix(datasetRows(train, fold).x, candidate));
    fold.forEach((row, i) => (raw[row] = predicted[i]));
  }
  return { candidate, data: train, raw, fitted };
}

/** Candidates that need no labels are fitted on the history before the test cut-off and judged on the test period alone. */
async function labelFree(request: HeadRequest, candidate: Candidate, test: Dataset): Promise<OutOfSample | { failure: string }> {
  if (candidate.rung !== 'customer_base' && candidate.labelFree !== true) return { failure: 'no finished label period before the test period yet' };
  const hidden = { ...test, y: new Float64Array(test.y.length), ...(test.observed === undefined ? {} : { observed: new Uint8Array(test.y.length) }) };
  const fitted = await fit(request, candidate, hidden, request.rng);
  return 'failure' in fitted ? fitted : { candidate, data: test, raw: fitted.estimator.predict(fitted.artefact, candidateMatrix(test.x, candidate)), fitted };
}

async function fit(request: HeadRequest, candidate: Candidate, data: Dataset, rng: Random): Promise<Fitted | { failure: string }> {
  const { estimators, signal, threads } = request;
  const result = await fitCandidate(candidate, data, {
    estimators, horizonDays: request.split.horizonDays, rng: rng.fork(candidate.name), ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }),
  });
  return result.ok ? { candidate, estimator: request.estimators[candidate.estimator], artefact: result.artefact } : { failure: `${result.reason}: ${result.detail}` };
}

async function refit(request: HeadRequest, candidate: Candidate, data: Dataset, rng: Random): Promise<Fitted | undefined> {
  const fitted = await fit(request, candidate, data, rng);
  return 'failure' in fitted ? undefined : fitted;
}

/**
 * Level, shape and intervals learned from predictions of rows that the fit had not seen, newest period last. Each period is brought to its own
 * level first, so that the shape is about how far predictions spread and not about seasons; the level is the newest period's.
 */
function servingFrom({ definition, split }: HeadRequest, ...samples: readonly OutOfSample[]): Serving {
  const task = taskOf(definition.target);
  const amounts = samples.map(({ data, raw }) => matchingLevel(task, data.y, raw));
  const newest = samples[samples.length - 1];
  const level: Level = { source: task === 'duration' ? 'none' : 'newest_period', steps: [{ from: '0000-01-01', amount: amounts[amounts.length - 1] }] };
  if (task === 'duration') return { ...PLAIN_SERVING, level, waiting: { windowDays: split.horizonDays, ...recalibratedLevels(newest.fitted, newest.data, split.horizonDays) } };
  const moved = joined(samples.map(({ raw }, i) => shifted(task, raw, amounts[i])));
  const y = joined(samples.map(({ data }) => data.y));
  return task === 'binary' ? { ...PLAIN_SERVING, level, shape: chooseCalibration(moved, y).calibration } : { ...PLAIN_SERVING, level, conformal: fitConformal(moved, y) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Predictions on the judged rows, each half of the customers served by what the other half taught, so that calibration cannot flatter itself. The halves are
 * the same for every candidate: differences between candidates are then about them, not about how the customers fell.
 */
function crossFitted(request: HeadRequest, sample: OutOfSample, own: Serving): Served {
  const task = taskOf(request.definition.target);
  const { data, fitted, raw, candidate } = sample;
  // Five levels of days cannot flatter: they move all customers alike.
  if (task === 'duration') return finish(fitted.estimator, task, fitted.artefact, own, candidateMatrix(data.x, candidate), raw, request.end);
  const result = new Float64Array(sample.raw.length);
  const [first, second] = customerFolds(sample.data, 2, request.rng.fork('cross'));
  for (const [learn, apply] of [[first, second], [second, first]]) {
    const part: OutOfSample = { ...sample, data: datasetRows(sample.data, learn), raw: Float64Array.from(learn, (row) => sample.raw[row]) };
    const { level, shape } = servingFrom(request, part);
    const moved = shifted(task, Float64Array.from(apply, (row) => sample.raw[row]), level.steps[0].amount);
    const served = shape === null ? moved : applyCalibration(shape, moved);
    apply.forEach((row, i) => (result[row] = served[i]));
  }
  return { prediction: result };
}

/** The season's level where last year shows it, otherwise the newest period's. A season is looked up for the date and for four weeks later. */
async function levelFor(request: HeadRequest, fitted: Fitted, training: Dataset, fallback: Level, date: LocalDate, known: LocalDate): Promise<Level> {
  const task = taskOf(request.definition.target);
  if (request.definition.observations.at !== 'cutoffs' || training.cutoffs.length < 2) return fallback;
  let own: number | undefined;
  const steps: { from: LocalDate; amount: number }[] = [];
  for (const ahead of [0, 28]) {
    const before = sameSeasonCutoff(addDays(date, ahead), known, request.firstEvent, request.split.horizonDays);
    if (before === undefined) break;
    const amount = seasonalShift(task, training, await request.rowsAt([before]));
    if (amount === undefined) break;
    // The season is measured against the training cut-offs, so the model is first brought to their level: customer-base models never saw their labels.
    own ??= matchingLevel(task, training.y, fitted.estimator.predict(fitted.artefact, candidateMatrix(training.x, fitted.candidate)));
    steps.push({ from: ahead === 0 ? '0000-01-01' : addDays(date, ahead / 2), amount: own + amount });
  }
  return steps.length === 0 ? fallback : { source: 'season', steps };
}

/** The simplest rung whose loss is within one standard error of the best; of those, one that can give reasons where there is one. */
function choose(tried: readonly Tried[]): Tried | undefined {
  const close = tried.filter((one) => {
    const { loss, lossErrorToBest } = one.row;
    const best = Math.min(...tried.map((other) => other.row.loss ?? Infinity));
    return loss !== undefined && loss - best <= (lossErrorToBest ?? 0);
  });
  const explaining = close.filter((one) => one.fitted.estimator.explain !== undefined);
  return (explaining.length > 0 ? explaining : close).toSorted((a, b) => RUNGS.indexOf(a.candidate.rung) - RUNGS.indexOf(b.candidate.rung) || (a.row.loss ?? 0) - (b.row.loss ?? 0))[0];
}

/** Adds the standard error of each candidate's paired loss difference to the best one. */
function withErrors(tried: readonly Tried[]): Tried[] {
  if (tried.length === 0) return [];
  const best = [...tried].sort((a, b) => (a.row.loss ?? 0) - (b.row.loss ?? 0))[0];
  return tried.map((one) => {
    const difference = one.loss.map((value, i) => value - best.loss[i]);
    const centre = mean(difference);
    const variance = difference.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, difference.length - 1);
    return { ...one, row: { ...one.row, lossErrorToBest: Math.sqrt(variance / Math.max(1, difference.length)) } };
  });
}

/** Waiting times are judged on those who came back within the window; how likely that is, other models say. */
function cameBack(task: Task, data: Dataset): Dataset {
  if (task !== 'duration') return data;
  return datasetRows(data, Int32Array.from(Array.from(data.y.keys()).filter((row) => data.observed?.[row] === 1)));
}

function meanLoss(task: Task, data: Dataset, served: Served): number {
  return mean(selectionLoss(task, { y: data.y, predicted: served.prediction, ...intervalsOf(served) }));
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Median of every column over its present values. */
function medians(data: Dataset): Record<string, number | null> {
  return Object.fromEntries(
    data.x.columns.map(({ name, values }) => {
      const present = values.filter((value) => !Number.isNaN(value)).sort();
      return [name, present.length === 0 ? null : present[Math.floor((present.length - 1) / 2)]];
    }),
  );
}
