/** The predicted next stage, judged out of time: models and transition matrix know what was over at the origin, stages of the month after it are the truth. */
import { MODELS } from '../../models/index.ts';
import { addDays, startOfDay } from '../../src/base/time.ts';
import type { LocalDate } from '../../src/base/time.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { cyclesFrom } from '../../src/jobs/scoring/models.ts';
import { wordsOf } from '../../src/jobs/scoring/deps.ts';
import { accuracy, multiclassLogLoss } from '../../src/math/metrics/multiclass.ts';
import { FACT_FEATURES, factsOf } from '../../src/scoring/facts.ts';
import type { CustomerFacts } from '../../src/scoring/facts.ts';
import { neededFeatures, readyModel } from '../../src/scoring/model.ts';
import type { LoadedModel } from '../../src/scoring/model.ts';
import { scoreFeatures } from '../../src/scoring/scoreFeatures.ts';
import { forecastStage } from '../../src/tags/lifecycle/forecast.ts';
import { DEFAULT_LIFECYCLE, STAGE_CODES } from '../../src/tags/lifecycle/rules.ts';
import type { Stage } from '../../src/tags/lifecycle/rules.ts';
import { lastOrderMs, stageOf } from '../../src/tags/lifecycle/stage.ts';
import type { StageNight, StageState } from '../../src/tags/lifecycle/stage.ts';
import { only, train } from '../../test/e2e/modelKit.ts';
import type { Shop } from '../../test/e2e/modelKit.ts';

const CLASSES = STAGE_CODES.length;
const HORIZON = DEFAULT_LIFECYCLE.forecastDays;
/** Nights before the first pair of the matrix, so that minimum stays and reactivations have a past. */
const WARM_UP = 45;
const PAIRS_EVERY = 7;
const PAIRS = 6;

interface Figures {
  readonly accuracy: number;
  readonly logLoss: number;
  readonly brier: number;
  /** Expected calibration error of the probability of the stage that is named, tenths of equal width. */
  readonly ece: number;
}

export interface NextStageReport {
  readonly rows: number;
  readonly origins: readonly LocalDate[];
  readonly model: Figures;
  readonly matrix: Figures;
  readonly stays: Pick<Figures, 'accuracy' | 'brier'>;
  /** By stage at the origin: rows, and accuracy and log loss of the model and of the matrix. */
  readonly byStage: Readonly<Record<string, { readonly rows: number; readonly accuracy: number; readonly matrixAccuracy: number; readonly logLoss: number; readonly matrixLogLoss: number }>>;
}

interface Night {
  readonly facts: ReadonlyMap<number, CustomerFacts>;
  readonly before: ReadonlyMap<number, StageState>;
  readonly stages: ReadonlyMap<number, Stage>;
  readonly night: StageNight;
}

function figures(y: readonly number[], p: Float64Array): Figures {
  const rows = y.length;
  let brier = 0;
  const bins = Array.from({ length: 10 }, () => ({ n: 0, p: 0, hit: 0 }));
  for (let i = 0; i < rows; i++) {
    let best = 0;
    for (let c = 0; c < CLASSES; c++) {
      const value = p[i * CLASSES + c];
      brier += (value - (c === y[i] ? 1 : 0)) ** 2;
      if (value > p[i * CLASSES + best]) best = c;
    }
    const top = p[i * CLASSES + best];
    const bin = bins[Math.min(9, Math.floor(10 * top))];
    bin.n += 1;
    bin.p += top;
    bin.hit += best === y[i] ? 1 : 0;
  }
  return { accuracy: accuracy(y, p, CLASSES), logLoss: multiclassLogLoss(y, p, CLASSES), brier: brier / rows, ece: bins.reduce((sum, bin) => sum + Math.abs(bin.p - bin.hit), 0) / rows };
}

/** Every night from `first` to `last`, one by one, with the stages of everybody who is known. */
async function runNights(shop: Shop, cycle: LoadedModel, first: LocalDate, last: LocalDate): Promise<Map<LocalDate, Night>> {
  const zone = shop.plan.timeZone;
  const nights = new Map<LocalDate, Night>();
  const states = new Map<number, StageState>();
  const names = [...new Set(neededFeatures([cycle], FACT_FEATURES))];
  let lastCutoff: number | null = null;
  for (let asOf = first; asOf <= last; asOf = addDays(asOf, 1)) {
    const cutoff = startOfDay(asOf, zone);
    const features = await buildFeatures(shop.columns, shop.plan, { asOf: cutoff, names });
    const night: StageNight = { asOf, cutoff, rules: DEFAULT_LIFECYCLE, rulesChanged: false, lastCutoff, startOf: (day) => startOfDay(day, zone) };
    const before = new Map(states);
    const facts = new Map(factsOf(features, cycle, cyclesFrom).map((one, row) => [features.customerIds[row], one]));
    for (const [id, one] of facts) {
      const stage = stageOf(one, states.get(id), night);
      if (stage !== states.get(id)?.stage) states.set(id, { stage, enteredOn: asOf, orders: one.orders, lastOrderMs: lastOrderMs(one, cutoff) });
    }
    nights.set(asOf, { facts, before, night, stages: new Map([...states].map(([id, { stage }]) => [id, stage])) });
    lastCutoff = cutoff;
  }
  return nights;
}

/** Rows of the shop's transition matrix before the origin, with half a customer in every cell. */
function matrixBefore(nights: ReadonlyMap<LocalDate, Night>, origin: LocalDate): Float64Array {
  const counts = new Float64Array(CLASSES * CLASSES).fill(0.5);
  for (let pair = 0; pair < PAIRS; pair++) {
    const to = addDays(origin, -PAIRS_EVERY * pair);
    const [a, b] = [nights.get(addDays(to, -HORIZON)), nights.get(to)];
    for (const [id, stage] of a?.stages ?? []) counts[STAGE_CODES.indexOf(stage) * CLASSES + STAGE_CODES.indexOf(b?.stages.get(id) ?? stage)] += 1;
  }
  for (let s = 0; s < CLASSES; s++) {
    const row = counts.subarray(s * CLASSES, (s + 1) * CLASSES);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let c = 0; c < CLASSES; c++) row[c] /= total;
  }
  return counts;
}

export async function judgeNextStage(shop: Shop, firstOrigin: LocalDate, origins: number, candidates: readonly string[], say: (line: string) => void): Promise<NextStageReport> {
  const models: LoadedModel[] = [];
  for (const name of ['purchase_intent', 'repurchase_cycle']) {
    const definition = MODELS.find((one) => one.name === name);
    if (definition === undefined) throw new Error(`no model ${name}`);
    const content = await train(shop, only(definition, [...candidates, 'personal_cycle'], definition.horizons), firstOrigin);
    say(`${name}: ${content.heads.map(({ horizonDays, candidate }) => `${horizonDays} d ${candidate}`).join(', ')}`);
    models.push(readyModel(name, 1, content, ESTIMATORS));
  }
  const [intent, cycle] = models;
  const from = addDays(firstOrigin, -HORIZON - PAIRS_EVERY * (PAIRS - 1) - WARM_UP);
  const days = Array.from({ length: origins }, (_, i) => addDays(firstOrigin, PAIRS_EVERY * i));
  const nights = await runNights(shop, cycle, from, addDays(days.at(-1) ?? firstOrigin, HORIZON));
  say(`${nights.size} nights`);
  const y: number[] = [];
  const at: number[] = [];
  const [model, matrix, stays]: number[][] = [[], [], []];
  for (const origin of days) {
    const night = nights.get(origin);
    const truth = nights.get(addDays(origin, HORIZON));
    if (night === undefined || truth === undefined) continue;
    const features = await buildFeatures(shop.columns, shop.plan, { asOf: night.night.cutoff, names: neededFeatures([intent], FACT_FEATURES) });
    const scores = scoreFeatures(intent, features, { asOf: origin, words: wordsOf(shop.plan) });
    const rows = matrixBefore(nights, origin);
    for (let row = 0; row < features.customerIds.length; row++) {
      const id = features.customerIds[row];
      const [facts, stage, next] = [night.facts.get(id), night.stages.get(id), truth.stages.get(id)];
      if (scores.eligible[row] === 0 || facts === undefined || stage === undefined || next === undefined) continue;
      const points = scores.heads.map(({ horizonDays, prediction }) => ({ days: horizonDays, probability: prediction[row] }));
      model.push(...forecastStage(facts, night.before.get(id), night.night, points, HORIZON).probabilities);
      const s = STAGE_CODES.indexOf(stage);
      matrix.push(...rows.subarray(s * CLASSES, (s + 1) * CLASSES));
      stays.push(...STAGE_CODES.map((code) => (code === stage ? 1 : 0)));
      y.push(STAGE_CODES.indexOf(next));
      at.push(s);
    }
  }
  const [m, t, k] = [model, matrix, stays].map((values) => Float64Array.from(values));
  const byStage = Object.fromEntries(STAGE_CODES.flatMap((code, s) => {
    const rows = at.flatMap((stage, i) => (stage === s ? [i] : []));
    if (rows.length === 0) return [];
    const part = (p: Float64Array): Figures => figures(rows.map((i) => y[i]), Float64Array.from(rows.flatMap((i) => [...p.subarray(i * CLASSES, (i + 1) * CLASSES)])));
    const [own, other] = [part(m), part(t)];
    return [[code, { rows: rows.length, accuracy: own.accuracy, matrixAccuracy: other.accuracy, logLoss: own.logLoss, matrixLogLoss: other.logLoss }]];
  }));
  const { accuracy: kept, brier } = figures(y, k);
  return { rows: y.length, origins: days, model: figures(y, m), matrix: figures(y, t), stays: { accuracy: kept, brier }, byStage };
}
