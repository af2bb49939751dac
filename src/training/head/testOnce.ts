/** The second step of a head: the chosen candidate and its baseline, fitted on everything that was over by the test cut-off, tested once. */
import { finish } from '../../estimators/serving.ts';
import type { Task } from '../../estimators/contract.ts';
import { candidateMatrix } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import { evaluate } from '../evaluation.ts';
import type { Evaluation } from '../evaluation.ts';
import { intervalsOf } from '../level.ts';
import type { TestedCandidate } from '../tested.ts';
import { judgedSample } from '../waitingScores.ts';
import { wholeWait } from '../wholeWait.ts';
import type { HeadRequest, Tried } from './request.ts';
import { meanLoss } from './rows.ts';
import { compared } from './rival.ts';
import { levelFor } from './seasonLevel.ts';
import type { Selected } from './select.ts';
import { refit } from './tryCandidates.ts';

export type AtTest = TestedCandidate & { readonly evaluation: Evaluation; readonly raw: Float64Array };

export interface TestedOnce {
  /** The chosen candidate has a smaller loss than the baseline. */
  readonly wins: boolean;
  /** It serves: because it wins, or because it was asked for. */
  readonly keeps: boolean;
  readonly winner: Tried;
  readonly winnerTest: AtTest;
  readonly baselineTest: AtTest;
}

/** The rows of the earlier cut-offs live in here and nowhere longer. */
export async function testOnce({ request, chosen, baseline, rival }: Selected, task: Task, test: Dataset): Promise<TestedOnce> {
  const { split, rng } = request;
  const learned = split.mode === 'label_free' ? test : await request.rowsAt(split.refit);
  // A customer has one row per cut-off, and as many as there were visits.
  const visits = request.definition.observations.at === 'visit';
  const asTested = async (one: Tried, by: HeadRequest): Promise<TestedCandidate & { readonly raw: Float64Array }> => {
    const fitted = split.mode === 'label_free' ? one.fitted : ((await refit(by, one.candidate, learned, rng)) ?? one.fitted);
    const raw = fitted.estimator.predict(fitted.artefact, candidateMatrix(test.x, one.candidate));
    const serving = { ...one.serving, level: await levelFor(by, fitted, learned, one.serving.level, split.test, split.test) };
    return { served: finish(fitted.estimator, task, fitted.artefact, serving, test.x, raw, split.test), serving, raw, fitted };
  };
  const atTest = async (one: Tried): Promise<AtTest> => {
    const tested = await asTested(one, request);
    const { served, fitted } = tested;
    const evaluation = evaluate(task, { y: test.y, predicted: served.prediction, ...intervalsOf(served), ...(visits ? { groups: test.customerIds } : {}) }, rng.fork('test', one.candidate.name));
    if (task !== 'duration') return { ...tested, evaluation };
    const all = await request.rowsAt(split.testCutoffs);
    const { metrics, brier } = await wholeWait(split, request.rowsAt, all, one.fitted, fitted, rng.fork('waiting', one.candidate.name));
    const { x } = judgedSample(all);
    const everyone = finish(fitted.estimator, task, fitted.artefact, tested.serving, x, fitted.estimator.predict(fitted.artefact, candidateMatrix(x, one.candidate)), split.test).prediction;
    return { ...tested, evaluation: { ...evaluation, metrics: { ...evaluation.metrics, ...metrics } }, everyone, ...(brier === undefined ? {} : { brier }) };
  };
  const chosenTest = await atTest(chosen);
  const baselineTest = chosen === baseline ? chosenTest : await atTest(baseline);
  const wins = chosen !== baseline && meanLoss(task, test, chosenTest.served) < meanLoss(task, test, baselineTest.served);
  const keeps = wins || request.keepCandidate === true;
  const [winner, winnerTest] = keeps ? [chosen, chosenTest] : [baseline, baselineTest];
  const comparison = rival === undefined ? undefined : await compared(rival, request, { task, test, winner: winnerTest, known: [chosenTest, baselineTest] }, asTested);
  await request.onTested?.({
    task, split, end: request.end, test, ...(split.mode === 'label_free' ? {} : { learned }), winner: winnerTest, baseline: baselineTest, rng: rng.fork('report'), ...(comparison === undefined ? {} : { comparison }),
  });
  return { wins, keeps, winner, winnerTest, baselineTest };
}
