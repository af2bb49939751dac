/** Every candidate fitted on the early cut-offs and judged on rows that it has not seen. */
import { throwIfCancelled } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Task } from '../../estimators/contract.ts';
import { candidateMatrix, customerFolds, fitCandidate } from '../candidate.ts';
import type { Fitted } from '../candidate.ts';
import { datasetRows } from '../dataset.ts';
import type { Dataset } from '../dataset.ts';
import type { Candidate, ModelDefinition } from '../define.ts';
import { evaluate, selectionLoss } from '../evaluation.ts';
import { intervalsOf } from '../level.ts';
import type { LeaderboardRow } from '../trained.ts';
import { waitingScores } from '../waitingScores.ts';
import { withErrors } from './choose.ts';
import { mean } from './rows.ts';
import type { HeadRequest, OutOfSample, Tried } from './request.ts';
import { crossFitted, servingFrom } from './learnServing.ts';

/** @param everyone waiting times: the rows of the judged period with those who did not come back, where it is a period of its own */
export async function tryCandidates(request: HeadRequest, task: Task, train: Dataset | undefined, judged: Dataset | undefined, test: Dataset, everyone?: Dataset): Promise<{ tried: Tried[]; failed: LeaderboardRow[] }> {
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
    const measured = { ...evaluate(task, judgedOn, rng, 2).metrics, ...(everyone === undefined ? {} : waitingScores(result.fitted, everyone, request.split.horizonDays, rng, 0).metrics) };
    const metrics = Object.fromEntries(Object.entries(measured).map(([name, metric]) => [name, metric.value]));
    tried.push({ ...result, serving, loss, row: { candidate: candidate.name, rung: candidate.rung, estimator: candidate.estimator, loss: mean(loss), metrics, ...seconds } });
  }
  return { tried: withErrors(tried), failed };
}

/** Rows and positives from which a network is worth its time: below, trees are as good and fit in a fraction of it (bench/neural.bench.ts). */
const NEURAL_ROWS = 20_000;
const NEURAL_POSITIVES = 500;

/** Why the data do not reach the candidate's rung of the small-data ladder; undefined where they do. */
export function belowMinimum(definition: ModelDefinition, candidate: Candidate, task: Task, data: Dataset): { failure: string } | undefined {
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

/** The fit on other rows; undefined where it fails. */
export async function refit(request: HeadRequest, candidate: Candidate, data: Dataset, rng: Random): Promise<Fitted | undefined> {
  const fitted = await fit(request, candidate, data, rng);
  return 'failure' in fitted ? undefined : fitted;
}

