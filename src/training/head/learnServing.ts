/** What turns raw predictions into what is served, learned from rows that the fits had not seen. */
import { applyCalibration, chooseCalibration, fitConformal } from '../../estimators/calibration/index.ts';
import { finish, PLAIN_SERVING, shifted } from '../../estimators/serving.ts';
import type { Level, Served, Serving } from '../../estimators/serving.ts';
import { candidateMatrix, customerFolds } from '../candidate.ts';
import { datasetRows } from '../dataset.ts';
import { taskOf } from '../define.ts';
import { recalibratedLevels } from '../intervals.ts';
import { matchingLevel } from '../level.ts';
import type { HeadRequest, OutOfSample } from './request.ts';

/**
 * Level, shape and intervals learned from predictions of rows that the fit had not seen, newest period last. Each period is brought to its own
 * level first, so that the shape is about how far predictions spread and not about seasons; the level is the newest period's.
 */
export function servingFrom({ definition, split }: HeadRequest, ...samples: readonly OutOfSample[]): Serving {
  const task = taskOf(definition.target);
  const amounts = samples.map(({ data, raw }) => matchingLevel(task, data.y, raw));
  const level: Level = { source: task === 'duration' ? 'none' : 'newest_period', steps: [{ from: '0000-01-01', amount: amounts[amounts.length - 1] }] };
  if (task === 'duration') return { ...PLAIN_SERVING, level, waiting: { windowDays: split.horizonDays, ...recalibratedLevels(samples, split.horizonDays) } };
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
export function crossFitted(request: HeadRequest, sample: OutOfSample, own: Serving): Served {
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

