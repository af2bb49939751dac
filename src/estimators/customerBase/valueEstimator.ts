/** Buy-till-you-die value: expected orders in the horizon × expected spend per order. */
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import { distinctRows, groupRows } from '../../math/stats/groupRows.ts';
import { shapleyValues } from '../../math/stats/shapley.ts';
import type { Estimator, Explanation } from '../contract.ts';
import { AGE, DAYS_PER_WEEK, EXPLAINED, FREQUENCY, MONETARY, RECENCY, SPOKEN, fitRows, missingColumn, readHistories, requireColumn, trainingHistories } from './history.ts';
import type { History } from './history.ts';
import { fitBetterNbd, fitNbd } from './nbdFit.ts';
import { mixedHistory, spokenContributions } from './orderAnswers.ts';
import { horizonSchema, typicalSchema } from './orderArtefact.ts';
import { maximumReport, priorOf, typicalOf } from './orderEstimator.ts';
import { ORDER_KINDS } from './orderKinds.ts';
import { orderModelOf } from './orderModel.ts';
import type { OrderModel, OrderParams } from './orderModel.ts';
import { fitPareto } from './paretoFit.ts';
import { fitSpend, spendPerOrder, spendSchema, typicalSpend } from './spend.ts';

const ORDER_MODELS = ['bg_nbd', 'mbg_nbd', 'pareto_nbd'] as const;

export interface BtydValueParams {
  readonly horizonDays: number;
  /** `better` fits BG/NBD and MBG/NBD and keeps the higher likelihood. */
  readonly orders: (typeof ORDER_MODELS)[number] | 'better';
  readonly rows: 'latest_period' | 'all';
  readonly minimumCustomers: number;
  readonly minimumRepeaters: number;
  /** Weak beliefs below 200 customers, always or never; see {@link OrderEstimatorParams}. */
  readonly prior: 'none' | 'weak' | 'few';
}

const positive = z.number().positive().finite();
const nbdShape = { unit: z.literal('weeks'), r: positive, alpha: positive, a: positive, b: positive };
const ordersSchema = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('bg_nbd'), ...nbdShape }),
  z.strictObject({ model: z.literal('mbg_nbd'), ...nbdShape }),
  z.strictObject({ model: z.literal('pareto_nbd'), unit: z.literal('weeks'), r: positive, alpha: positive, s: positive, beta: positive }),
]);

const schema = z.strictObject({
  kind: z.literal('btyd_value'),
  orders: ordersSchema,
  spend: spendSchema,
  horizonDays: horizonSchema,
  /** Answer for customers without an order history: the mean answer of the customers it was fitted on. */
  withoutHistory: z.number().nonnegative().finite(),
  /** The typical repeat customer, with whom explanations compare. */
  typical: typicalSchema.extend({ spend: positive }).optional(),
});
export type BtydValueArtefact = z.infer<typeof schema>;

const COLUMNS = [FREQUENCY, RECENCY, AGE, MONETARY];

/** Spend of each row, and a function of its order history computed once per distinct history. */
function askRows<T>(x: Matrix, f: (history: History) => T): { readonly row: Int32Array; readonly of: (i: number) => T } {
  const { x: orders, tx, T, row } = readHistories(x);
  const { group, firsts } = groupRows([orders, tx, T], row.length);
  const values = Array.from(firsts, (i) => f({ x: orders[i], tx: tx[i], T: T[i] }));
  return { row, of: (i) => values[group[i]] };
}

/** Expected spend per order × `orders` of each row's history. */
function timesSpend(spend: BtydValueArtefact['spend'], x: Matrix, orders: (history: History) => number, otherwise: number): Float64Array {
  const [frequency, monetary] = [requireColumn(x, FREQUENCY), requireColumn(x, MONETARY)];
  const { row, of } = askRows(x, orders);
  const out = new Float64Array(x.rows).fill(otherwise);
  for (let i = 0; i < row.length; i++) out[row[i]] = of(i) * spendPerOrder(spend, frequency[row[i]], monetary[row[i]]);
  return out;
}

function valueOfRows({ orders, spend, horizonDays }: Pick<BtydValueArtefact, 'orders' | 'spend' | 'horizonDays'>, x: Matrix, otherwise: number): Float64Array {
  const model = orderModelOf(orders);
  return timesSpend(spend, x, (history) => model.expectedOrders(history, horizonDays / DAYS_PER_WEEK), otherwise);
}

/**
 * Discounted expected residual value of every row: discounted orders over all time × expected spend per order, in money; 0 without a history.
 * Pareto/NBD takes one integral per distinct history, BG/NBD one with a continued fraction inside: up to a millisecond.
 * @param yearlyRate e.g. 0.15: money a year ahead counts 1 / 1.15.
 */
export function discountedValueOfRows({ orders, spend }: BtydValueArtefact, x: Matrix, yearlyRate: number): Float64Array {
  const model = orderModelOf(orders);
  const weekly = (Math.log1p(yearlyRate) * DAYS_PER_WEEK) / 365.25;
  return timesSpend(spend, x, (history) => model.discountedOrders(history, weekly), 0);
}

/** Artefacts that were saved before explanations existed compare with this customer. */
const UNKNOWN_TYPICAL = { orders: 2, recencyShare: 0.6, ageWeeks: 26 };

/**
 * Why a customer is worth more or less than the typical repeat customer, in money: exact Shapley values of repeat order days, usual gap, silence (docs of explainRows) and spend.
 * Expected orders are needed for eight mixtures per distinct history, expected spend for four per row. A row without a history is explained by its silence.
 */
function explainValue(artefact: BtydValueArtefact, x: Matrix): Explanation {
  const { orders, spend, horizonDays, withoutHistory } = artefact;
  const typical = artefact.typical ?? { ...UNKNOWN_TYPICAL, spend: spendPerOrder(spend, 0, 0) };
  const model: OrderModel = orderModelOf(orders);
  const weeks = horizonDays / DAYS_PER_WEEK;
  const [frequency, monetary] = [requireColumn(x, FREQUENCY), requireColumn(x, MONETARY)];
  const mixtures = (history: History): { history: History; counts: Float64Array } =>
    ({ history, counts: Float64Array.from({ length: 8 }, (_, mask) => model.expectedOrders(mixedHistory(history, typical, mask), weeks)) });
  const base = mixtures({ x: 0, tx: 0, T: 0 }).counts[0] * spendPerOrder(spend, typical.orders, typical.spend);
  const spoken = spokenContributions(x.rows, withoutHistory - base);
  const ofSpend = new Float64Array(x.rows);
  const { row, of } = askRows(x, mixtures);
  for (let i = 0; i < row.length; i++) {
    const at = row[i];
    const { history, counts } = of(i);
    const spends = [[typical.orders, typical.spend], [frequency[at], typical.spend], [typical.orders, monetary[at]], [frequency[at], monetary[at]]].map(([n, m]) => spendPerOrder(spend, n, m));
    const { values } = shapleyValues(4, (mask) => counts[mask & 7] * spends[(mask & 1) + (mask >> 3) * 2]);
    spoken.set(at, history, values);
    ofSpend[at] = values[3];
  }
  return { scale: 'identity', base, columns: [...EXPLAINED, MONETARY], contributions: [...spoken.columns, ofSpend] };
}

/** Weighted mean of the finite values; equal values are put together first, so that neither the order of rows nor repeats matter. */
function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const finite = values.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
  const { values: [unique], weight } = distinctRows([finite.map((i) => values[i])], finite.map((i) => weights[i]));
  const total = weight.reduce((a, b) => a + b, 0);
  return total > 0 ? unique.reduce((sum, value, i) => sum + weight[i] * value, 0) / total : 0;
}

/** Expected net amount of the repeat order days in the next `horizonDays`. Fitted on history alone: the targets are not used. */
export const btydValue: Estimator<BtydValueArtefact, BtydValueParams> = {
  kind: 'btyd_value',
  tasks: ['amount'],
  schema,
  defaults: { horizonDays: 90, orders: 'better', rows: 'latest_period', minimumCustomers: 10, minimumRepeaters: 5, prior: 'few' },
  requiredColumns: COLUMNS,
  spokenColumns: SPOKEN,
  fit(train, params, { signal }) {
    throwIfCancelled(signal, 'The fit of btyd_value');
    const missing = missingColumn(train.x, COLUMNS);
    if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
    const data = trainingHistories(train, params.rows);
    if (data.totalWeight < params.minimumCustomers) {
      return { ok: false, reason: 'too_few_rows', detail: `${data.totalWeight} customers have an order history; btyd_value needs ${params.minimumCustomers}.` };
    }
    const family = ORDER_KINDS[params.orders === 'better' ? 'bg_nbd' : params.orders].family(1);
    const options = { signal, ...priorOf(params.prior, data.totalWeight, family.weakPrior) };
    const orders = params.orders === 'better' ? fitBetterNbd(data, options) : params.orders === 'pareto_nbd' ? fitPareto(data, options) : fitNbd(data, params.orders, options);
    if (!orders.ok) return orders;
    const spend = fitSpend(train, params.rows, params.minimumRepeaters, signal);
    if (!spend.ok) return spend;
    const parts = { kind: 'btyd_value' as const, orders: ordersOf(orders.value.params), spend: spend.value.model, horizonDays: params.horizonDays };
    const rows = fitRows(train, params.rows);
    const values = valueOfRows(parts, train.x, NaN);
    const withoutHistory = weightedMean(rows.map((row) => values[row]), rows.map((row) => train.weights?.[row] ?? 1));
    const typical = { ...typicalOf(data, data.weight), spend: typicalSpend(train, rows) };
    const report = { ordersBy: parts.orders.model, ...maximumReport(orders.value.maximum, [{ data, z: [] }], options.prior !== undefined), ...spend.value.report };
    return { ok: true, artefact: { ...parts, withoutHistory, typical }, report };
  },
  predict: (artefact, x) => valueOfRows(artefact, x, artefact.withoutHistory),
  explain: explainValue,
};

function ordersOf(params: OrderParams): BtydValueArtefact['orders'] {
  if (params.model === 'pareto_nbd') return { ...params, unit: 'weeks' };
  const { model, r, alpha, a, b } = params;
  return { model, unit: 'weeks', r, alpha, a, b };
}
