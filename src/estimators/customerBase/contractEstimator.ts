/** Shifted-beta-geometric as an estimator: cancellations of contracts (memberships, subscriptions) that are renewed every period. */
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import { columnOf } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import { distinctRows } from '../../math/stats/groupRows.ts';
import type { Estimator, TrainingData } from '../contract.ts';
import { FEW_CUSTOMERS } from './orderEstimator.ts';
import { fitRows, requireColumn } from './history.ts';
import { fitSbg, sbgSurvival } from './shiftedBetaGeometric.ts';
import type { ContractRecord, SbgParams } from './shiftedBetaGeometric.ts';

export interface SbgEstimatorParams {
  /** What y is: 1 = cancelled within the horizon, 1 = still a customer after it, or the days until the cancellation (with `observed`). */
  readonly output: 'cancel' | 'renew' | 'days';
  readonly horizonDays: number;
  /** Days of one contract period. */
  readonly periodDays: number;
  /** Column with the age of the contract, in days unless `tenureDays` says how many days one of its units has. */
  readonly tenure: string;
  readonly tenureDays: number;
  readonly rows: 'latest_period' | 'all';
  readonly minimumCustomers: number;
  /** Weak beliefs (a tenth cancels, odds missed by a factor 5; α + β about 5, missed by 4): never, always, or below 200 customers. */
  readonly prior: 'none' | 'weak' | 'few';
}

const WEAK = { cancelling: { typical: 0.1, factor: 5 }, alikeness: { typical: 5, factor: 4 } };
const EDGE = 1e-12;
const LONGEST_DAYS = 1e6;

const positive = z.number().positive().finite();
const schema = z.strictObject({
  kind: z.literal('shifted_beta_geometric'),
  alpha: positive,
  beta: positive,
  output: z.enum(['cancel', 'renew', 'days']),
  horizonDays: z.number().positive().max(36_600),
  periodDays: z.number().positive().max(3_660),
  tenure: z.string(),
  tenureDays: positive,
  /** Periods of the typical contract; contracts of unknown age count as such, and explanations compare with it. */
  typicalTenure: z.number().nonnegative().finite(),
});
export type SbgArtefact = z.infer<typeof schema>;

type Shape = Pick<SbgArtefact, 'periodDays' | 'tenureDays'>;

/** Whole periods survived. */
function periodsOf(value: number, { periodDays, tenureDays }: Shape, otherwise: number): number {
  return value >= 0 && value < Infinity ? Math.floor((value * tenureDays) / periodDays + 1e-9) : otherwise;
}

/** Renewals that fall into the horizon; at least one. */
const renewalsIn = (horizonDays: number, periodDays: number): number => Math.max(1, Math.round(horizonDays / periodDays));

/** Days until a contract of `tenure` periods is cancelled with probability `level`, between one period's start and 10⁶ days. Bisection on whole and fractional periods. */
function daysUntil(params: SbgParams, tenure: number, level: number, periodDays: number): number {
  let [low, high] = [0, LONGEST_DAYS / periodDays];
  if (1 - sbgSurvival(params, tenure, high) <= level) return LONGEST_DAYS;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = i < 30 ? Math.expm1((Math.log1p(low) + Math.log1p(high)) / 2) : (low + high) / 2;
    if (1 - sbgSurvival(params, tenure, middle) < level) low = middle;
    else high = middle;
  }
  return Math.max(1e-3, high * periodDays);
}

function answerOf({ alpha, beta, output, horizonDays, periodDays }: SbgArtefact, tenure: number): number {
  if (output === 'days') return daysUntil({ alpha, beta }, tenure, 0.5, periodDays);
  const stays = Math.min(1 - EDGE, Math.max(EDGE, sbgSurvival({ alpha, beta }, tenure, renewalsIn(horizonDays, periodDays))));
  return output === 'renew' ? stays : 1 - stays;
}

function perTenure(artefact: SbgArtefact, x: Matrix, f: (tenure: number) => readonly number[]): Float64Array[] {
  const values = requireColumn(x, artefact.tenure);
  const seen = new Map<number, readonly number[]>();
  const rows = Array.from(values, (value) => {
    const tenure = periodsOf(value, artefact, artefact.typicalTenure);
    let answers = seen.get(tenure);
    if (answers === undefined) seen.set(tenure, (answers = f(tenure)));
    return answers;
  });
  return Array.from({ length: f(artefact.typicalTenure).length }, (_, j) => Float64Array.from(rows, (answers) => answers[j]));
}

/** Distinct (tenure, target) as contract records. A cancellation inside a horizon of several renewals may have fallen on any of them. */
function recordsOf(train: TrainingData, rows: readonly number[], params: SbgEstimatorParams): { records: ContractRecord[]; typicalTenure: number } {
  const tenures = requireColumn(train.x, params.tenure);
  const known = rows.filter((row) => Number.isFinite(periodsOf(tenures[row], params, NaN)));
  const columns = [(row: number) => periodsOf(tenures[row], params, NaN), (row: number) => train.y[row], (row: number) => train.observed?.[row] ?? 1];
  const { values: [tenure, y, seen], weight } = distinctRows(columns.map((f) => Float64Array.from(known, f)), Float64Array.from(known, (row) => train.weights?.[row] ?? 1));
  const half = weight.reduce((a, b) => a + b, 0) / 2;
  let [passed, typicalTenure] = [0, 0];
  // Sorted by tenure: the row at which half of the weight is passed has the median.
  for (let i = 0; i < weight.length && passed < half; i++) {
    passed += weight[i];
    typicalTenure = tenure[i];
  }
  const renewals = renewalsIn(params.horizonDays, params.periodDays);
  const records = Array.from(weight, (customers, i): ContractRecord => {
    if (params.output === 'days') {
      const survived = Math.floor(y[i] / params.periodDays + 1e-9);
      return { tenure: tenure[i], periods: seen[i] === 1 ? Math.max(0, Math.ceil(y[i] / params.periodDays - 1e-9) - 1) : survived, within: 1, cancelled: seen[i] === 1, customers };
    }
    const cancelled = (y[i] === 1) === (params.output === 'cancel');
    return { tenure: tenure[i], periods: cancelled ? 0 : renewals, within: renewals, cancelled, customers };
  });
  return { records, typicalTenure };
}

/** Cancellation of contracts by tenure alone: the honest baseline of every subscription model, and the curve of residual lifetimes. */
export const shiftedBetaGeometric: Estimator<SbgArtefact, SbgEstimatorParams> = {
  kind: 'shifted_beta_geometric',
  tasks: ['binary', 'duration'],
  schema,
  defaults: { output: 'cancel', horizonDays: 30, periodDays: 30, tenure: 'btyd_age_days', tenureDays: 1, rows: 'all', minimumCustomers: 10, prior: 'few' },
  fit(train, params, { signal }) {
    throwIfCancelled(signal, 'The fit of shifted_beta_geometric');
    const { output, horizonDays, periodDays, tenure, tenureDays, minimumCustomers, prior } = params;
    if (columnOf(train.x, tenure) === undefined) return { ok: false, reason: 'missing_column', detail: `The column ${tenure} is not in the matrix.` };
    const { records, typicalTenure } = recordsOf(train, fitRows(train, params.rows), params);
    const customers = records.reduce((sum, record) => sum + record.customers, 0);
    if (customers < minimumCustomers) return { ok: false, reason: 'too_few_rows', detail: `${customers} contracts have an age; shifted_beta_geometric needs ${minimumCustomers}.` };
    const few = prior === 'weak' || (prior === 'few' && customers < FEW_CUSTOMERS);
    const fit = fitSbg(records, few ? WEAK : {}, signal);
    if (!fit.ok) return fit;
    const { params: found, logLikelihood, iterations, standardErrors } = fit.value;
    return {
      ok: true,
      artefact: { kind: 'shifted_beta_geometric', ...found, output, horizonDays, periodDays, tenure, tenureDays, typicalTenure },
      report: { ...found, logLikelihood, iterations, customers, weakPrior: few, ...(standardErrors === undefined ? { onRidge: true } : { standardErrors }) },
    };
  },
  predict: (artefact, x) => perTenure(artefact, x, (tenure) => [answerOf(artefact, tenure)])[0],
  quantiles(artefact, x, levels) {
    const columns = perTenure(artefact, x, (tenure) => levels.map((level) => daysUntil(artefact, tenure, level, artefact.periodDays)));
    return Float64Array.from({ length: x.rows * levels.length }, (_, i) => columns[i % levels.length][Math.floor(i / levels.length)]);
  },
  explain(artefact, x) {
    const link = artefact.output === 'days' ? Math.log : (p: number) => Math.log(p) - Math.log1p(-p);
    const base = link(answerOf(artefact, artefact.typicalTenure));
    const [contribution] = perTenure(artefact, x, (tenure) => [link(answerOf(artefact, tenure)) - base]);
    return { scale: artefact.output === 'days' ? 'log' : 'log_odds', base, columns: [artefact.tenure], contributions: [contribution] };
  },
};
