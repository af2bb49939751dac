/** The saved form of order models, and how the rows of a matrix are asked. */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { groupRows } from '../../math/stats/groupRows.ts';
import { MOST_COVARIATES, covariateSchema, covariatesOf } from './covariates.ts';
import type { CovariateTerm } from './covariates.ts';
import { DAYS_PER_WEEK, readHistories } from './history.ts';
import type { History } from './history.ts';
import { ORDER_KINDS } from './orderKinds.ts';
import type { OrderKindName } from './orderKinds.ts';
import type { OrderModel } from './orderModel.ts';

/** What `predict` answers: P(an order in the horizon), its complement, the expected number of orders in it, or the median days until the next one. */
export const OUTPUTS = ['order', 'no_order', 'orders', 'days'] as const;
export type OrderOutput = (typeof OUTPUTS)[number];

/** The typical repeat customer, with whom explanations compare: medians over customers with a repeat order. */
export const typicalSchema = z.strictObject({
  orders: z.number().positive().finite(),
  /** t_x / T. */
  recencyShare: z.number().min(0).max(1),
  ageWeeks: z.number().nonnegative().finite(),
});
export type Typical = z.infer<typeof typicalSchema>;

/** Of artefacts that were saved before explanations existed. */
export const UNKNOWN_TYPICAL: Typical = { orders: 2, recencyShare: 0.6, ageWeeks: 26 };

/** What all order artefacts hold; the parameters stand beside it under their textbook names, see {@link parametersOf}. */
export interface OrderArtefact<Kind extends OrderKindName = OrderKindName> {
  readonly kind: Kind;
  /** Of the parameters; times in the parameters of bg_bb are opportunities, one every `periodDays`. */
  readonly unit: 'weeks';
  readonly output: OrderOutput;
  readonly horizonDays: number;
  /** Answer for customers without an order history: the mean answer of the customers it was fitted on; days: the answer for a new customer. */
  readonly withoutHistory: number;
  readonly typical?: Typical;
  readonly covariates?: readonly CovariateTerm[];
  readonly k?: number;
  readonly periodDays?: number;
}

const positive = z.number().positive().finite();
export const horizonSchema = z.number().positive().max(3660);
export const regularitySchema = z.int().min(1).max(20);

export function orderSchema<Kind extends OrderKindName>(kind: Kind): z.ZodType<OrderArtefact<Kind>> {
  const { regular, discrete } = ORDER_KINDS[kind];
  const { parameters, scales } = ORDER_KINDS[kind].family(1);
  const schema: z.ZodType = z
    .strictObject({
      kind: z.literal(kind),
      unit: z.literal('weeks'),
      ...Object.fromEntries(parameters.map((name) => [name, positive])),
      output: z.enum(OUTPUTS),
      horizonDays: horizonSchema,
      withoutHistory: z.number().nonnegative().finite(),
      typical: typicalSchema.optional(),
      covariates: z.array(covariateSchema).max(MOST_COVARIATES).optional(),
      ...(regular ? { k: regularitySchema } : {}),
      ...(discrete ? { periodDays: z.number().positive().max(366) } : {}),
    })
    .refine(({ output, withoutHistory }) => (output !== 'order' && output !== 'no_order') || withoutHistory <= 1, 'a probability is at most 1')
    .refine(({ covariates = [] }) => covariates.every(({ effects }) => effects.length === scales.length), 'one effect per scaled parameter');
  return schema as z.ZodType<OrderArtefact<Kind>>;
}

/** Parameters in the order of the family. */
export function parametersOf(artefact: OrderArtefact): Float64Array {
  const values: Readonly<Record<string, unknown>> = { ...artefact };
  return Float64Array.from(ORDER_KINDS[artefact.kind].family(1).parameters, (name) => Number(values[name]));
}

/** The order model of customers with standardised covariates `z`. */
export function modelOf(artefact: OrderArtefact, z: readonly number[]): OrderModel {
  const kind = ORDER_KINDS[artefact.kind];
  const parameters = parametersOf(artefact);
  kind.family(1).scales.forEach(({ index, sign }, scale) =>
    artefact.covariates?.forEach(({ effects }, j) => { parameters[index] *= Math.exp(sign * effects[scale] * z[j]); }));
  return kind.model(parameters, artefact.k ?? 1, artefact.periodDays ?? DAYS_PER_WEEK);
}

/** Opportunities in place of weeks: whole periods passed, the one of the last order, at most one order in each. */
export function inPeriods({ x, tx, T }: History, periodDays: number): History {
  const n = Math.floor((T * DAYS_PER_WEEK) / periodDays + 1e-9);
  const last = Math.min(n, Math.ceil((tx * DAYS_PER_WEEK) / periodDays - 1e-9));
  const used = Math.min(x, last);
  return { x: used, tx: used === 0 ? 0 : last, T: n };
}

/** One distinct customer of a matrix: history in weeks, standardised covariates. */
export interface Asked {
  readonly history: History;
  readonly z: readonly number[];
}

/** The distinct customers of a matrix and which rows they stand for; rows without a history belong to none. */
export function askRows(artefact: OrderArtefact, matrix: Matrix): { readonly asked: readonly Asked[]; readonly row: Int32Array; readonly group: Int32Array } {
  const { x, tx, T, row } = readHistories(matrix);
  const columns = covariatesOf(matrix, artefact.covariates ?? [], row);
  const { group, firsts } = groupRows([x, tx, T, ...columns], row.length);
  return { asked: Array.from(firsts, (i) => ({ history: { x: x[i], tx: tx[i], T: T[i] }, z: columns.map((column) => column[i]) })), row, group };
}

/** Asks one model after the other, keeping the last one: without covariates there is only one. */
export function modelReader(artefact: OrderArtefact): (z: readonly number[]) => OrderModel {
  if ((artefact.covariates ?? []).length === 0) {
    const model = modelOf(artefact, []);
    return () => model;
  }
  return (z) => modelOf(artefact, z);
}
