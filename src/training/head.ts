/**
 * Trains one head: candidates on early cut-offs, choice and calibration on a period of their own, one test on the last period, then the fit that serves. Each step reads the rows
 * of its cut-offs itself and lets them go, so that a million rows are in memory once.
 */
import { taskOf } from './define.ts';
import { confidenceOf, gradeOf } from './grade.ts';
import { finalFit } from './head/finalFit.ts';
import type { HeadRequest } from './head/request.ts';
import { cameBack, mean } from './head/rows.ts';
import { select } from './head/select.ts';
import { testOnce } from './head/testOnce.ts';
import type { TrainedHead } from './trained.ts';

export { NoCandidate } from './head/select.ts';

export async function trainHead(asked: HeadRequest): Promise<TrainedHead> {
  const { split } = asked;
  const task = taskOf(asked.definition.target);
  const test = cameBack(task, await asked.rowsAt(split.testCutoffs));
  const { request, chosen, baseline, leaderboard, searched, rows } = await select(asked, task, test);
  const tested = await testOnce(request, task, chosen, baseline, test);
  const final = await finalFit(request, tested, test);
  const { wins, keeps, winner, winnerTest, baselineTest } = tested;
  const grade = gradeOf(task, winnerTest.evaluation, wins);
  return {
    horizonDays: split.horizonDays,
    task,
    candidate: winner.candidate.name,
    rung: winner.candidate.rung,
    estimator: winner.candidate.estimator,
    artefact: final.fitted.artefact,
    serving: final.serving,
    split: { mode: split.mode, train: [...split.train], ...(split.calibration === undefined ? {} : { calibration: split.calibration }), test: split.test, serve: [...split.serve] },
    rows: { ...rows, test: test.y.length, serve: final.rows },
    baseRate: mean(test.y),
    typical: final.typical,
    evaluation: winnerTest.evaluation,
    baseline: { candidate: baseline.candidate.name, evaluation: baselineTest.evaluation },
    beatsBaseline: wins,
    leaderboard: [...leaderboard],
    ...(searched === undefined ? {} : { search: { ...searched.report, found: searched.report.found.map((one) => ({ ...one })) } }),
    grade,
    confidence: confidenceOf(grade, winner.candidate.rung, split.mode),
    warnings: wins ? [] : [keeps ? 'baseline_is_better' : 'baseline_serves'],
  };
}
