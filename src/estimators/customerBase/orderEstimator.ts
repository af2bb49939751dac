/**
 * Buy-till-you-die models as estimators. They read order histories only; the targets of the rows are not fitted (k of the regular models is chosen by them), so
 * levels are for calibration on a later period. P(alive) is no output: it calls silent one-time buyers alive and is a poor churn score.
 */
import { throwIfCancelled } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import { checkArtefact } from '../codec.ts';
import type { Estimator, FitOutcome, FitReport } from '../contract.ts';
import { MOST_COVARIATES, covariatesOf, groupsOf, standardise } from './covariates.ts';
import { AGE, DAYS_PER_WEEK, FREQUENCY, RECENCY, SPOKEN, fitRows, missingColumn, readHistories, weightedMedian } from './history.ts';
import type { Histories, History } from './history.ts';
import { maximise } from './maximise.ts';
import type { Maximum } from './maximise.ts';
import type { Group } from './meanLoss.ts';
import { answer, explainRows, historyFor, mapModels, predictRows, quantileRows } from './orderAnswers.ts';
import { modelReader, orderSchema } from './orderArtefact.ts';
import type { OrderArtefact, OrderOutput, Typical } from './orderArtefact.ts';
import { ORDER_KINDS } from './orderKinds.ts';
import type { OrderKindName } from './orderKinds.ts';
import { lossOf, outcomesOf } from './regularity.ts';
import { standardErrorsOf } from './standardErrors.ts';

export interface OrderEstimatorParams {
  /** What `predict` answers, see {@link OrderOutput}. `quantiles` are always days until the next order. */
  readonly output: OrderOutput;
  readonly horizonDays: number;
  /** Rows the likelihood reads: each customer once at the latest cut-off, or all rows. */
  readonly rows: 'latest_period' | 'all';
  /** Fewer customers than this (by weight) are no fit. */
  readonly minimumCustomers: number;
  /** Weak beliefs about means and spreads (family.ts): never, always, or below {@link FEW_CUSTOMERS} customers, where the likelihood alone wanders off. */
  readonly prior: 'none' | 'weak' | 'few';
  /** Columns of static covariates, at most four. Not for bg_bb. */
  readonly covariates: readonly string[];
  /** Regularity of bg_cnbd_k and mbg_cnbd_k: a number, or `choose` the one that answers best about what happened after the cut-off. Others ignore it. */
  readonly k: number | 'choose';
  /** bg_bb: days between opportunities to buy. Exact with 1; longer periods count several orders in one of them once. */
  readonly periodDays: number;
}

export const FEW_CUSTOMERS = 200;
/** Beyond k = 4 gaps are nearly fixed; no shop's customers are. */
const MOST_K = 4;

/** The prior setting as options of a fit. */
export function priorOf<P>(setting: 'none' | 'weak' | 'few', customers: number, weakPrior: P): { readonly prior?: P } {
  return setting === 'weak' || (setting === 'few' && customers < FEW_CUSTOMERS) ? { prior: weakPrior } : {};
}

/** Medians over customers with a repeat order. */
export function typicalOf({ x, tx, T }: Histories, weights: Float64Array): Typical {
  const repeaters = Array.from(x.keys()).filter((i) => x[i] > 0);
  const median = (f: (i: number) => number): number => weightedMedian(Float64Array.from(repeaters, f), Float64Array.from(repeaters, (i) => weights[i]));
  return { orders: median((i) => x[i]), recencyShare: median((i) => (T[i] > 0 ? tx[i] / T[i] : 1)), ageWeeks: median((i) => T[i]) };
}

/** Numbers about a fit that are worth a line in a report. */
export function maximumReport(maximum: Maximum, groups: readonly Group[], penalised: boolean): FitReport {
  const { family, parameters, logLikelihood, iterations, evaluations, gradientNorm, orders } = maximum;
  const standardErrors = standardErrorsOf(maximum);
  return {
    ...Object.fromEntries(family.parameters.map((name, i) => [name, parameters[i]])),
    ...(maximum.gamma.length === 0 ? {} : { covariateEffects: Array.from(maximum.gamma) }),
    logLikelihood, iterations, evaluations, gradientNorm, weakPrior: penalised,
    customers: groups.reduce((sum, { data }) => sum + data.totalWeight, 0), uniqueHistories: groups.reduce((sum, { data }) => sum + data.x.length, 0), repeatOrders: orders,
    ...(standardErrors === undefined ? { onRidge: true } : { standardErrors }),
  };
}

/** E[orders in the next `horizonDays`] of every row, for the tag `orders_next_90d`: an expected count, not a probability. */
export function expectedOrdersOfRows(artefact: OrderArtefact, x: Matrix, horizonDays: number): Float64Array {
  return mapModels(artefact, x, (model, history) => model.expectedOrders(history, horizonDays / DAYS_PER_WEEK), 0);
}

/** Σ e^(−rate t) over all orders after the cut-off of every row, in orders. @param yearlyRate e.g. 0.15: continuous discounting that makes a year worth 1 / 1.15. */
export function discountedOrdersOfRows(artefact: OrderArtefact, x: Matrix, yearlyRate: number): Float64Array {
  const weekly = (Math.log1p(yearlyRate) * DAYS_PER_WEEK) / 365.25;
  return mapModels(artefact, x, (model, history) => model.discountedOrders(history, weekly), 0);
}

function orderEstimator<Kind extends OrderKindName>(name: Kind): Estimator<OrderArtefact<Kind>, OrderEstimatorParams> {
  const kind = ORDER_KINDS[name];
  const required = [FREQUENCY, RECENCY, AGE];
  const schema = orderSchema(name);
  return {
    kind: name,
    tasks: ['binary', 'count', 'duration'],
    schema,
    defaults: { output: 'order', horizonDays: 90, rows: 'latest_period', minimumCustomers: 10, prior: 'few', covariates: [], k: 'choose', periodDays: 7 },
    requiredColumns: required,
    spokenColumns: SPOKEN,
    fit(train, params, { signal }): FitOutcome<OrderArtefact<Kind>> {
      throwIfCancelled(signal, `The fit of ${name}`);
      const { output, horizonDays, periodDays, minimumCustomers, covariates } = params;
      const missing = missingColumn(train.x, [...required, ...covariates]);
      if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
      if (covariates.length > (kind.family(1).scales.length === 0 ? 0 : MOST_COVARIATES)) {
        return { ok: false, reason: 'unsupported_target', detail: `${name} takes at most ${kind.family(1).scales.length === 0 ? 0 : MOST_COVARIATES} covariates, not ${covariates.length}.` };
      }
      const rows = fitRows(train, params.rows);
      const weekly = readHistories(train.x, rows);
      const weights = Float64Array.from(weekly.row, (row) => train.weights?.[row] ?? 1);
      const customers = weights.reduce((a, b) => a + b, 0);
      if (customers < minimumCustomers) return { ok: false, reason: 'too_few_rows', detail: `${customers} customers have an order history; ${name} needs ${minimumCustomers}.` };
      const shape = { kind: name, periodDays };
      const histories = kind.discrete ? mapColumns(weekly, (history) => historyFor(shape, history)) : weekly;
      const terms = standardise(train.x, covariates, weekly.row, weights);
      const groups = groupsOf(histories, weights, covariatesOf(train.x, terms, weekly.row));
      const candidates = kind.regular && params.k === 'choose' ? Array.from({ length: MOST_K }, (_, i) => i + 1) : [kind.regular ? Number(params.k) : 1];
      const outcomes = candidates.length > 1 ? outcomesOf(train, rows) : undefined;
      let best: { maximum: Maximum; k: number; loss: number } | undefined;
      const losses: number[] = [];
      for (const k of candidates) {
        const family = kind.family(k);
        const found = maximise(family, groups, { signal, ...priorOf(params.prior, customers, family.weakPrior) });
        if (!found.ok) {
          if (best === undefined) return found;
          break;
        }
        const loss = outcomes === undefined ? 0 : lossOf(kind.model(found.value.parameters, k, periodDays), outcomes, output, horizonDays);
        losses.push(loss);
        // The simpler story stays unless the next one is better.
        if (best !== undefined && !(loss < best.loss - 1e-9)) break;
        best = { maximum: found.value, k, loss };
      }
      if (best === undefined) return { ok: false, reason: 'not_converged', detail: `${name} was given no k to try.` };
      const { maximum, k } = best;
      const scales = maximum.family.scales.length;
      const draft: OrderArtefact<Kind> = {
        kind: name, unit: 'weeks', output, horizonDays,
        ...Object.fromEntries(maximum.family.parameters.map((parameter, i) => [parameter, maximum.parameters[i]])),
        withoutHistory: 0,
        typical: typicalOf(weekly, weights),
        ...(terms.length === 0 ? {} : { covariates: terms.map((term, j) => ({ ...term, effects: Array.from({ length: scales }, (_, s) => maximum.gamma[s * terms.length + j]) })) }),
        ...(kind.regular ? { k } : {}),
        ...(kind.discrete ? { periodDays } : {}),
      };
      const artefact = checkArtefact({ ...draft, withoutHistory: answerWithout(draft, groups) }, schema);
      const report = { ...maximumReport(maximum, groups, priorOf(params.prior, customers, {}).prior !== undefined), ...(kind.regular ? { k, ...(losses.length > 1 ? { lossByK: losses } : {}) } : {}) };
      return { ok: true, artefact, report };
    },
    predict: predictRows,
    quantiles: quantileRows,
    explain: explainRows,
  };
}

/** Row by row, so that no history outlives its row: a million kept ones cost more than the fit. */
function mapColumns({ x, tx, T }: Histories, f: (history: History) => History): Histories {
  const mapped = { x: new Float64Array(x.length), tx: new Float64Array(x.length), T: new Float64Array(x.length) };
  for (let i = 0; i < x.length; i++) {
    const history = f({ x: x[i], tx: tx[i], T: T[i] });
    mapped.x[i] = history.x;
    mapped.tx[i] = history.tx;
    mapped.T[i] = history.T;
  }
  return mapped;
}

/** The mean answer of the customers of a fit; of dates, which have no mean worth telling, the answer for a new customer. */
function answerWithout(artefact: OrderArtefact, groups: readonly Group[]): number {
  const { output, horizonDays } = artefact;
  const read = modelReader(artefact);
  if (output === 'days') return answer(read((artefact.covariates ?? []).map(() => 0)), { x: 0, tx: 0, T: 0 }, output, horizonDays);
  let [sum, weight] = [0, 0];
  for (const { data, z } of groups) {
    const model = read(z);
    for (let i = 0; i < data.x.length; i++) sum += data.weight[i] * answer(model, { x: data.x[i], tx: data.tx[i], T: data.T[i] }, output, horizonDays);
    weight += data.totalWeight;
  }
  return output === 'orders' ? sum / weight : Math.min(1, Math.max(0, sum / weight));
}

/** P(order in the horizon), its complement, a count or dates by BG/NBD. */
export const bgNbd = orderEstimator('bg_nbd');
/** The same by MBG/NBD, where the first order may be the last. */
export const mbgNbd = orderEstimator('mbg_nbd');
/** BG/CNBD-k: regular gaps, k chosen. */
export const bgCnbdK = orderEstimator('bg_cnbd_k');
/** MBG/CNBD-k. */
export const mbgCnbdK = orderEstimator('mbg_cnbd_k');
/** Pareto/NBD: customers may leave at any time. */
export const paretoNbd = orderEstimator('pareto_nbd');
/** BG/BB: discrete opportunities to buy. */
export const bgBb = orderEstimator('bg_bb');
