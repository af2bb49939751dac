/** What the members of a stack say of rows that their trial fits had not seen, and at which level. */
import type { Matrix } from '../../base/matrix.ts';
import { distribution, weightedQuantile } from '../../math/stats/index.ts';
import type { FitOutcome, TrainingData } from '../contract.ts';
import type { CanonicalOrder } from '../rows.ts';
import type { Member } from './membership.ts';

/** A level is moved by at most this much. */
const MOST_LOG_FACTOR = 1.5;

interface StackRows extends TrainingData {
  readonly weights: Float64Array;
  readonly hashes: Float64Array;
}

/** Rows in canonical order with their own periods. */
function stackRows(order: CanonicalOrder, train: TrainingData, keep: (row: number) => boolean): StackRows {
  const rows = Int32Array.from(order.y.keys()).filter(keep);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]);
  return {
    x: { rows: rows.length, columns: order.columns.map((column) => ({ ...column, values: pick(order.take(column.values)) })) },
    y: pick(order.y), weights: pick(order.weights), hashes: pick(order.hashes),
    ...(train.period === undefined ? {} : { period: Int32Array.from(pick(order.take(train.period))) }),
    ...(order.grouped ? { groups: pick(order.owners) } : {}),
  };
}

export interface Trials {
  /** Members that could be fitted on the rows that are not held, at their place among all, with their level and predictions of the held rows. */
  readonly tried: readonly { readonly member: Member; readonly place: number; readonly factor: number; readonly predicted: Float64Array }[];
  /** Of the held rows, in canonical order. */
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly hashes: Float64Array;
}

/** What the members say of the held rows without having seen them. Only numbers per row outlive it: the copies of the two sides would stand beside whatever is fitted next. */
export function tryMembers<Artefact>(members: readonly Member[], order: CanonicalOrder, train: TrainingData, held: Uint8Array, by: {
  readonly fit: (member: Member, data: TrainingData, place: number) => FitOutcome<Artefact>;
  readonly predict: (member: Member, artefact: Artefact, x: Matrix) => Float64Array;
  readonly level: (predicted: Float64Array, y: Float64Array, weights: Float64Array) => number;
}): Trials {
  const [earlier, later] = [0, 1].map((side) => stackRows(order, train, (i) => held[i] === side));
  const tried = members.flatMap((member, place) => {
    const outcome = by.fit(member, earlier, place);
    if (!outcome.ok) return [];
    const raw = by.predict(member, outcome.artefact, later.x);
    const factor = by.level(raw, later.y, later.weights);
    return [{ member, place, factor, predicted: raw.map((v) => factor * v) }];
  });
  return { tried, y: later.y, weights: later.weights, hashes: later.hashes };
}

/**
 * Σ w·y ÷ Σ w·predicted, the total of y half with and half without its largest half percent cut back: one giant order is no level. 1 where the two differ by less than
 * two standard errors of the total: a member that has learned its level keeps it, and one that never saw the target (a customer-base model) is brought to it.
 */
export function factorTo(predicted: Float64Array, y: Float64Array, weights: Float64Array): number {
  const cap = weightedQuantile(distribution(y, weights), 0.995);
  const total = (values: Float64Array, of: (v: number) => number): number => values.reduce((sum, v, row) => sum + weights[row] * of(v), 0);
  const wanted = total(y, (v) => (v + Math.min(v, cap)) / 2);
  const found = total(predicted, (v) => v);
  if (!(wanted > 0 && found > 0)) return 1;
  const rows = weights.reduce((sum, w) => sum + w, 0);
  const relativeError = Math.sqrt(Math.max(total(y, (v) => v * v) / rows - (wanted / rows) ** 2, 0) / rows) / (wanted / rows);
  const log = Math.log(wanted / found);
  return Math.abs(log) < 2 * relativeError ? 1 : Math.exp(Math.max(-MOST_LOG_FACTOR, Math.min(MOST_LOG_FACTOR, log)));
}
