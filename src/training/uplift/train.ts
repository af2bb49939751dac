/** Learns from one experiment: judged out of fold, calibrated, and fitted once more to everybody. Pure; returns the model and its report. */
import { AppError } from '../../base/errors.ts';
import type { Bilingual } from '../../base/text.ts';
import { takeRows } from '../../base/matrix.ts';
import type { Random } from '../../base/random.ts';
import { estimatorOf } from '../../estimators/index.ts';
import { fitBase, outcomeTask, predictBase, rowsWhere, UPLIFT_DEFAULTS } from '../../estimators/uplift/base.ts';
import { calibrateUplift } from '../../estimators/uplift/calibrate.ts';
import { outOfFoldUplift, UPLIFT_LEARNERS, upliftVerdict } from '../../estimators/uplift/index.ts';
import type { UpliftData, UpliftKind, UpliftParams } from '../../estimators/uplift/index.ts';
import { qiniIntervals } from '../../math/metrics/index.ts';
import { balanceOf } from './balance.ts';
import { MOST_DIFFERENCE } from './report.ts';
import type { UpliftReport } from './report.ts';
import type { UpliftModel } from './trained.ts';

/** The learner that serves (docs/adr/uplift.md): declared, so that nobody chooses the luckiest of four on the data that judge them. */
export const SERVING_LEARNER: UpliftKind = 'two_model';
/** Drawings of the folds for the verdict, and for learners that are only shown beside it. */
const REPEATS = { serving: 3, compared: 1 } as const;
const FOLDS = 5;
const SHOWN_BALANCE = 20;
const GOLDEN_ROWS = 5;

export interface UpliftTraining {
  readonly data: UpliftData;
  /** Declared chance of treatment. */
  readonly chance: number;
  readonly rng: Random;
  readonly signal?: AbortSignal;
}

export interface TrainedUplift {
  readonly model: Pick<UpliftModel, 'rankable' | 'learner' | 'artefact' | 'natural' | 'calibration' | 'averageEffect' | 'golden'>;
  readonly report: Pick<UpliftReport, 'verdict' | 'words' | 'averageEffect' | 'qini' | 'responseQini' | 'lead' | 'learners' | 'tenths' | 'balance' | 'unbalanced' | 'columns'>;
}

const NO_ORDER: Bilingual = { zh: '证据不足：效果与模型的排序不一致', en: 'Not enough evidence: effects do not follow the order of the model' };

/** Logistic sides for outcomes that happen or not, linear ones for amounts, which may be negative. */
export function paramsFor(y: Float64Array): UpliftParams {
  return y.every((v) => v === 0 || v === 1) ? UPLIFT_DEFAULTS : { ...UPLIFT_DEFAULTS, outcome: { kind: 'linear_regression', params: { lambda: 1 } } };
}

const intervalOf = (one: { readonly estimate: number; readonly low: number; readonly high: number; readonly standardError: number } | undefined): UpliftReport['qini'] =>
  one === undefined ? null : { estimate: one.estimate, low: one.low, high: one.high, standardError: one.standardError };

/** @throws AppError `insufficient_data` where the serving learner has nothing to learn from, `cancelled`. */
export function trainUplift({ data, chance, rng, signal }: UpliftTraining): TrainedUplift {
  const params = paramsFor(data.y);
  const context = (name: string) => ({ rng: rng.fork(name), ...(signal === undefined ? {} : { signal }) });
  const serving = UPLIFT_LEARNERS[SERVING_LEARNER];
  const tried = outOfFoldUplift(serving, data, params, context('out of fold'), { folds: FOLDS, repeats: REPEATS.serving });
  if (!tried.ok) throw tooLittle(tried.detail);
  const { uplift, response } = tried.artefact;
  const judged = upliftVerdict(data, uplift, response, { rng: rng.fork('verdict') });
  const calibration = calibrateUplift({ y: data.y, treated: data.treated, chance, score: uplift, response });
  const ordered = calibration !== undefined && calibration.slope > 0;
  const rankable = judged.verdict === 'rankable' && ordered;
  const fit = serving.fit(data, params, context('serving'));
  if (!fit.ok) throw tooLittle(fit.detail);
  const natural = fitBase(params.outcome, outcomeTask(data.y, params.outcome), data, data.y, rowsWhere(data.y.length, (i) => data.treated[i] === 0), context('natural'));
  if (!natural.ok) throw tooLittle(natural.detail);
  const golden = takeRows(data.x, Array.from({ length: Math.min(GOLDEN_ROWS, data.x.rows) }, (_, i) => Math.floor((i * data.x.rows) / GOLDEN_ROWS)));
  const effect = judged.averageEffect;
  const balance = balanceOf(data.x, data.treated);
  return {
    model: {
      rankable, learner: SERVING_LEARNER, artefact: fit.artefact, calibration: calibration ?? null, averageEffect: effect?.effect ?? 0,
      natural: { estimator: natural.artefact.kind, artefact: natural.artefact, mean: meanOf(predictBase(natural.artefact, data.x)) },
      golden: {
        rows: Array.from({ length: golden.rows }, (_, row) => golden.columns.map(({ values }) => (Number.isNaN(values[row]) ? null : values[row]))),
        predictions: [Array.from(serving.predict(fit.artefact, golden)), Array.from(estimatorOf(natural.artefact.kind).predict(natural.artefact, golden))],
      },
    },
    report: {
      verdict: rankable ? 'rankable' : 'insufficient_evidence', words: judged.verdict === 'rankable' && !ordered ? NO_ORDER : judged.words,
      averageEffect: effect === undefined ? null : { estimate: effect.effect, low: effect.low, high: effect.high, standardError: effect.standardError },
      qini: intervalOf(judged.qini), responseQini: intervalOf(judged.responseQini), lead: intervalOf(judged.difference),
      learners: [
        { learner: SERVING_LEARNER, serves: true, repeats: REPEATS.serving, qini: intervalOf(judged.qini) },
        ...(Object.keys(UPLIFT_LEARNERS) as UpliftKind[]).filter((kind) => kind !== SERVING_LEARNER).map((kind) => compared(kind, data, params, rng.fork('compared', kind), signal)),
      ],
      tenths: judged.tenths.map(({ tenth, rows, treated, score, effect: own, low, high }) => ({ tenth, rows, treated, score, effect: own, low, high })),
      balance: balance.slice(0, SHOWN_BALANCE), unbalanced: balance.filter((one) => Math.abs(one.difference) > MOST_DIFFERENCE).length, columns: data.x.columns.length,
    },
  };
}

function compared(kind: UpliftKind, data: UpliftData, params: UpliftParams, rng: Random, signal: AbortSignal | undefined): UpliftReport['learners'][number] {
  const tried = outOfFoldUplift(UPLIFT_LEARNERS[kind], data, params, { rng, ...(signal === undefined ? {} : { signal }) }, { folds: FOLDS, repeats: REPEATS.compared });
  const common = { learner: kind, serves: false, repeats: REPEATS.compared };
  if (!tried.ok) return { ...common, qini: null, failure: tried.detail };
  return { ...common, qini: intervalOf(qiniIntervals(data, [tried.artefact.uplift], { rng: rng.fork('interval') })?.each[0]) };
}

function tooLittle(detail: string): AppError {
  return new AppError('insufficient_data', `Nothing can be learned from this experiment: ${detail}`, { hint: 'Run a larger experiment, or choose an outcome that happens more often.' });
}

const meanOf = (values: Float64Array): number => values.slice().sort().reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
