/**
 * Trains one head: candidates on early cut-offs, choice and calibration on a period of their own, one test on the last period, then the fit that serves. Each step reads the rows
 * of its cut-offs itself and lets them go, so that a million rows are in memory once.
 */
import { standingOf } from './champion/standing.ts';
import { taskOf } from './define.ts';
import { confidenceOf, gradeOf } from './grade.ts';
import { finalFit } from './head/finalFit.ts';
import type { HeadRequest } from './head/request.ts';
import { cameBack, mean } from './head/rows.ts';
import { select } from './head/select.ts';
import { testOnce } from './head/testOnce.ts';
import { recipeOf } from './recipe.ts';
import type { TrainedHead } from './trained.ts';

export { NoCandidate } from './head/select.ts';

export async function trainHead(asked: HeadRequest): Promise<TrainedHead> {
  const { split } = asked;
  const task = taskOf(asked.definition.target);
  const test = cameBack(task, await asked.rowsAt(split.testCutoffs));
  const standing = asked.champion === undefined ? undefined : standingOf(asked.champion, split, test);
  const selected = await select(asked, task, test, standing);
  const { request, baseline, leaderboard, searched, rows } = selected;
  const tested = await testOnce(selected, task, test);
  const final = await finalFit(request, tested, test);
  const { wins, keeps, winner, winnerTest, baselineTest } = tested;
  const grade = gradeOf(task, winnerTest.evaluation, wins);
  return {
    horizonDays: split.horizonDays,
    task,
    candidate: winner.candidate.name,
    rung: winner.candidate.rung,
    estimator: winner.candidate.estimator,
    recipe: recipeOf(winner.candidate, split.horizonDays),
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
