/**
 * From the one test of a head to what its report shows. Called at the moment when the last period is evaluated, and never again: what is not worked out here
 * cannot be had later without touching the test period twice. Pure; nothing in it names a customer.
 */
import { finish } from '../estimators/serving.ts';
import { candidateMatrix } from './candidate.ts';
import type { CustomerGroups } from './customerGroups.ts';
import { datasetRows } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { contributionsOf } from './diagnostics/contributions.ts';
import { driftOf } from './diagnostics/drift.ts';
import { gainCurve, precisionRecallCurve, rocCurve } from './diagnostics/curves.ts';
import { strongestAlone } from './diagnostics/leaks.ts';
import { periodTable, scoreBins } from './diagnostics/periods.ts';
import type { CandidateDiagnostics, HeadDiagnostics } from './diagnostics/schema.ts';
import { segmentTable } from './diagnostics/segments.ts';
import { survivalCalibration } from './diagnostics/survival.ts';
import { calibrationBins, CENTRES, coverageByTenth, cutoffTable, errorsByTenth } from './diagnostics/tables.ts';
import type { TestedCandidate, TestedHead } from './tested.ts';

/** Learned rows that are predicted again to show how scores move over time, at most. */
const MOST_LEARNED_ROWS = 100_000;

/** What is known beside the test itself. */
export interface Beside {
  /** Channels, categories and attributes of the customers, for the table of segments. */
  readonly groups?: readonly CustomerGroups[];
  /** The customers of the last day, without outcomes: have they moved away from what was learned? */
  readonly present?: Dataset;
}

export function diagnose(tested: TestedHead, { groups = [], present }: Beside = {}): HeadDiagnostics {
  const { task, split, test, winner, baseline, rng } = tested;
  const learned = tested.learned === undefined ? undefined : judgedRows(tested, tested.learned);
  const { served } = winner;
  const cutoffs = split.testCutoffs;
  const distinct = baseline.fitted.candidate.name !== winner.fitted.candidate.name;
  return {
    horizonDays: split.horizonDays,
    task,
    rows: { test: test.y.length, learned: learned?.y.length ?? 0 },
    test: { first: cutoffs[0], last: cutoffs[cutoffs.length - 1], cutoffs: cutoffs.length },
    chosen: candidateDiagnostics(tested, winner),
    baseline: distinct ? candidateDiagnostics(tested, baseline) : null,
    ...(task === 'amount' ? { perfectGain: gainCurve(test.y, test.y) } : {}),
    periods: [...(learned === undefined ? [] : learnedPeriods(tested, learned)), ...periodTable(test, served.prediction, 'test', CENTRES[task])],
    scores: winner.everyone === undefined ? scoreBins(task, test.y, served.prediction) : { ...scoreBins(task, new Float64Array(winner.everyone.length), winner.everyone), of: 'everyone' },
    contributions: contributionsOf(task, winner.fitted, test.x),
    segments: segmentTable(task, test, served.prediction, rng.fork('segments'), groups),
    drift: learned === undefined ? null : driftOf(learned, test, split.windowDays),
    // Everyone who was learned from: who of the present customers will come back is not known yet.
    ...(tested.learned === undefined || present === undefined ? {} : { driftNow: driftOf(tested.learned, present, split.windowDays) }),
    leaks: strongestAlone(task, learned, test),
    cutoffs: task === 'binary' ? cutoffTable(test.y, served.prediction) : null,
    coverage: coverageByTenth(test.y, served),
    errors: task === 'duration' ? errorsByTenth(test.y, served.prediction) : null,
    survival: task === 'duration' ? survivalCalibration(test, winner, split.horizonDays) : null,
  };
}

function candidateDiagnostics({ task, test: { y } }: TestedHead, { fitted, served: { prediction } }: TestedCandidate): CandidateDiagnostics {
  const roc = task === 'binary' ? rocCurve(y, prediction) : undefined;
  const pr = task === 'binary' ? precisionRecallCurve(y, prediction) : undefined;
  return { candidate: fitted.candidate.name, ...(roc === undefined ? {} : { roc }), ...(pr === undefined ? {} : { pr }), gain: gainCurve(y, prediction), calibration: calibrationBins(task, y, prediction) };
}

/** Waiting times are judged on those who came back, in every period. */
function judgedRows({ task }: TestedHead, data: Dataset): Dataset {
  return task === 'duration' ? datasetRows(data, Int32Array.from(data.y.keys()).filter((row) => data.observed?.[row] === 1)) : data;
}

/** The tested fit asked again about what it learned from, at the level of the test: what moves is the customers, not the model. */
function learnedPeriods({ task, split, winner }: TestedHead, learned: Dataset): HeadDiagnostics['periods'] {
  const every = Math.ceil(learned.y.length / MOST_LEARNED_ROWS);
  const rows = every <= 1 ? learned : datasetRows(learned, Int32Array.from(learned.y.keys()).filter((row) => row % every === 0));
  const { estimator, artefact, candidate } = winner.fitted;
  const raw = estimator.predict(artefact, candidateMatrix(rows.x, candidate));
  return periodTable(rows, finish(estimator, task, artefact, winner.serving, rows.x, raw, split.test).prediction, 'learned', CENTRES[task]);
}
