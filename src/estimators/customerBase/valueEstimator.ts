/** Buy-till-you-die value: expected orders in the horizon × expected spend per order. */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import type { Estimator } from '../contract.ts';
import { AGE, DAYS_PER_WEEK, FREQUENCY, MONETARY, RECENCY, compress, fitRows, missingColumn, requireColumn, trainingHistories } from './history.ts';
import { expectedOrders } from './nbd.ts';
import type { NbdModel } from './nbd.ts';
import { horizonSchema, mapHistories, nbdParamsOf, nbdParamsShape, nbdReport } from './nbdEstimator.ts';
import { fitBetterNbd, fitNbd } from './nbdFit.ts';
import { fitSpend, spendPerOrder, spendSchema } from './spend.ts';

export interface BtydValueParams {
  readonly horizonDays: number;
  /** `better` fits both and keeps the higher likelihood. */
  readonly orders: NbdModel | 'better';
  readonly rows: 'latest_period' | 'all';
  readonly minimumCustomers: number;
  readonly minimumRepeaters: number;
}

const schema = z.strictObject({
  kind: z.literal('btyd_value'),
  orders: z.strictObject({ model: z.enum(['bg_nbd', 'mbg_nbd']), ...nbdParamsShape }),
  spend: spendSchema,
  horizonDays: horizonSchema,
  /** Answer for customers without an order history: the mean answer of the customers it was fitted on. */
  withoutHistory: z.number().nonnegative().finite(),
});
export type BtydValueArtefact = z.infer<typeof schema>;

const COLUMNS = [FREQUENCY, RECENCY, AGE, MONETARY];

function valueOfRows({ orders, spend, horizonDays }: Omit<BtydValueArtefact, 'withoutHistory'>, x: Matrix, otherwise: number): Float64Array {
  const params = nbdParamsOf(orders.model, orders);
  const value = mapHistories(x, (history) => expectedOrders(params, history, horizonDays / DAYS_PER_WEEK), NaN);
  const frequency = requireColumn(x, FREQUENCY);
  const monetary = requireColumn(x, MONETARY);
  for (let row = 0; row < value.length; row++) {
    value[row] = Number.isNaN(value[row]) ? otherwise : value[row] * spendPerOrder(spend, frequency[row], monetary[row]);
  }
  return value;
}

/** Weighted mean of the finite values; equal values are put together first, so that neither the order of rows nor repeats matter. */
function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const finite = values.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
  const { values: [unique], weight } = compress([finite.map((i) => values[i])], finite.map((i) => weights[i]));
  const total = weight.reduce((a, b) => a + b, 0);
  return total > 0 ? unique.reduce((sum, value, i) => sum + weight[i] * value, 0) / total : 0;
}

/** Expected net amount of the repeat order days in the next `horizonDays`. Fitted on history alone: the targets are not used. */
export const btydValue: Estimator<BtydValueArtefact, BtydValueParams> = {
  kind: 'btyd_value',
  tasks: ['amount'],
  schema,
  defaults: { horizonDays: 90, orders: 'better', rows: 'latest_period', minimumCustomers: 10, minimumRepeaters: 5 },
  requiredColumns: COLUMNS,
  fit(train, params, { signal }) {
    const missing = missingColumn(train.x, COLUMNS);
    if (missing !== undefined) return { ok: false, reason: 'missing_column', detail: `The column ${missing} is not in the matrix.` };
    const data = trainingHistories(train, params.rows);
    if (data.totalWeight < params.minimumCustomers) {
      return { ok: false, reason: 'too_few_rows', detail: `${data.totalWeight} customers have an order history; btyd_value needs ${params.minimumCustomers}.` };
    }
    const orders = params.orders === 'better' ? fitBetterNbd(data, signal) : fitNbd(data, params.orders, signal);
    if (!orders.ok) return orders;
    const spend = fitSpend(train, params.rows, params.minimumRepeaters, signal);
    if (!spend.ok) return spend;
    const { model, r, alpha, a, b } = orders.value.params;
    const parts = {
      kind: 'btyd_value' as const,
      orders: { model, unit: 'weeks' as const, r, alpha, a, b },
      spend: spend.value.model,
      horizonDays: params.horizonDays,
    };
    const rows = fitRows(train, params.rows);
    const values = valueOfRows(parts, train.x, NaN);
    const withoutHistory = weightedMean(rows.map((row) => values[row]), rows.map((row) => train.weights?.[row] ?? 1));
    return { ok: true, artefact: { ...parts, withoutHistory }, report: { ...nbdReport(orders.value, data), ...spend.value.report } };
  },
  predict: (artefact, x) => valueOfRows(artefact, x, artefact.withoutHistory),
};
