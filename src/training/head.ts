/** Trains one head: candidates on early cut-offs, choice and calibration on a period of their own, one test on the last period, then the fit that serves. */
import { finish } from '../estimators/serving.ts';
import { candidateMatrix } from './candidate.ts';
import type { Dataset } from './dataset.ts';
import { taskOf } from './define.ts';
import { evaluate } from './evaluation.ts';
import type { Evaluation } from './evaluation.ts';
import { confidenceOf, gradeOf } from './grade.ts';
import { choose, withErrors } from './head/choose.ts';
import { servingFrom } from './head/learnServing.ts';
import type { HeadRequest, OutOfSample, Tried } from './head/request.ts';
import { cameBack, mean, meanLoss, medians } from './head/rows.ts';
import { levelFor } from './head/seasonLevel.ts';
import { refit, tryCandidates } from './head/tryCandidates.ts';
import { refuseLeaks } from './leakCheck.ts';
import { intervalsOf } from './level.ts';
import { search } from './search/search.ts';
import type { Found } from './search/search.ts';
import type { TestedCandidate } from './tested.ts';
import type { TrainedHead } from './trained.ts';
import { wholeWait } from './wholeWait.ts';

export async function trainHead(asked: HeadRequest): Promise<TrainedHead> {
  const { split, rng } = asked;
  const task = taskOf(asked.definition.target);
  const train = split.mode === 'label_free' ? undefined : await asked.rowsAt(split.train);
  if (train !== undefined && task === 'binary') refuseLeaks(asked.definition.name, train.x, train.y);
  const searched = train === undefined ? undefined : await searchFirst(asked, train);
  const request = searched === undefined ? asked : { ...asked, definition: { ...asked.definition, candidates: [...asked.definition.candidates, ...searched.candidates] } };
  const { definition } = request;
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
    const evaluation = evaluate(task, { y: test.y, predicted: served.prediction, ...intervalsOf(served) }, rng.fork('test', one.candidate.name));
    return { served, serving, raw, fitted, evaluation: { ...evaluation, metrics: { ...evaluation.metrics, ...(task === 'duration' ? await wholeWait(split, request.rowsAt, one.fitted, fitted) : {}) } } };
  };
  const chosenTest = await atTest(chosen);
  const baselineTest = chosen === baseline ? chosenTest : await atTest(baseline);
  const wins = chosen !== baseline && meanLoss(task, test, chosenTest.served) < meanLoss(task, test, baselineTest.served);
  const keeps = wins || request.keepCandidate === true;
  const winner = keeps ? chosen : baseline;
  const winnerTest = keeps ? chosenTest : baselineTest;
  await request.onTested?.({ task, split, end: request.end, test, ...(split.mode === 'label_free' ? {} : { learned: refitRows }), winner: winnerTest, baseline: baselineTest, rng: rng.fork('report') });

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
    ...(searched === undefined ? {} : { search: { ...searched.report, found: searched.report.found.map((one) => ({ ...one })) } }),
    grade,
    confidence: confidenceOf(grade, winner.candidate.rung, split.mode),
    warnings: wins ? [] : [keeps ? 'baseline_is_better' : 'baseline_serves'],
  };
}

/** Looks for better parameters within the training rows, where that was asked for. */
async function searchFirst(request: HeadRequest, train: Dataset): Promise<Found | undefined> {
  const { definition, split, estimators, rng, signal, threads, onStep, now } = request;
  if (request.search === undefined) return undefined;
  const found = await search({
    ...request.search, definition, train, estimators, horizonDays: split.horizonDays, rng: rng.fork('search'),
    ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }), ...(onStep === undefined ? {} : { onStep }), ...(now === undefined ? {} : { now }),
  });
  if (found !== undefined) request.onFound?.(found.candidates);
  return found;
}

/** No candidate could be fitted, the baseline included. */
export class NoCandidate extends Error {}
