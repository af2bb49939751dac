/** What order artefacts say about the rows of a matrix: answers, next-order dates, explanations. */
import type { Matrix } from '../../base/matrix.ts';
import { shapleyValues } from '../../math/stats/shapley.ts';
import type { Explanation } from '../contract.ts';
import { DAYS_PER_WEEK, EXPLAINED } from './history.ts';
import type { History } from './history.ts';
import { UNKNOWN_TYPICAL, askRows, inPeriods, modelReader } from './orderArtefact.ts';
import type { Asked, OrderArtefact, OrderOutput, Typical } from './orderArtefact.ts';
import { ORDER_KINDS } from './orderKinds.ts';
import { nextOrderWeeks } from './orderModel.ts';
import type { OrderModel } from './orderModel.ts';

/** Probabilities keep this distance from 0 and 1, so that their log-odds are finite. */
const EDGE = 1e-12;
/** The least expected count. */
const LEAST = 1e-12;

const NEWCOMER: History = { x: 0, tx: 0, T: 0 };

/** A history in the unit of the model. */
export function historyFor({ kind, periodDays = DAYS_PER_WEEK }: Pick<OrderArtefact, 'kind' | 'periodDays'>, history: History): History {
  return ORDER_KINDS[kind].discrete ? inPeriods(history, periodDays) : history;
}

/** One answer. `history` is in the unit of the model. */
export function answer(model: OrderModel, history: History, output: OrderOutput, horizonDays: number): number {
  const weeks = horizonDays / DAYS_PER_WEEK;
  if (output === 'orders') return Math.max(LEAST, model.expectedOrders(history, weeks));
  if (output === 'days') return DAYS_PER_WEEK * nextOrderWeeks(model, history, [0.5])[0];
  const ordering = Math.min(1 - EDGE, Math.max(EDGE, model.pActive(history, weeks)));
  return output === 'order' ? ordering : 1 - ordering;
}

/** `f` of every row's model and history, computed once per distinct customer; `otherwise` for rows without a history. */
export function mapModels(artefact: OrderArtefact, x: Matrix, f: (model: OrderModel, history: History) => number, otherwise: number): Float64Array {
  const { asked, row, group } = askRows(artefact, x);
  const read = modelReader(artefact);
  const values = Float64Array.from(asked, ({ history, z }) => f(read(z), historyFor(artefact, history)));
  const out = new Float64Array(x.rows).fill(otherwise);
  for (let i = 0; i < row.length; i++) out[row[i]] = values[group[i]];
  return out;
}

export function predictRows(artefact: OrderArtefact, x: Matrix): Float64Array {
  const { output, horizonDays } = artefact;
  return mapModels(artefact, x, (model, history) => answer(model, history, output, horizonDays), artefact.withoutHistory);
}

/** Days until the next order at each level, row-major; 10⁶ days stand for "never". Rows without a history are asked as new customers. */
export function quantileRows(artefact: OrderArtefact, x: Matrix, levels: readonly number[]): Float64Array {
  const { asked, row, group } = askRows(artefact, x);
  const read = modelReader(artefact);
  const days = ({ history, z }: Asked): number[] => nextOrderWeeks(read(z), historyFor(artefact, history), levels).map((weeks) => DAYS_PER_WEEK * weeks);
  const table = asked.map(days);
  const newcomer = row.length < x.rows ? days({ history: NEWCOMER, z: (artefact.covariates ?? []).map(() => 0) }) : [];
  const groupOfRow = new Int32Array(x.rows).fill(-1);
  for (let i = 0; i < row.length; i++) groupOfRow[row[i]] = group[i];
  const out = new Float64Array(x.rows * levels.length);
  for (let i = 0; i < x.rows; i++) out.set(groupOfRow[i] < 0 ? newcomer : table[groupOfRow[i]], i * levels.length);
  return out;
}

const logit = (p: number): number => Math.log(p) - Math.log1p(-p);

/**
 * Typical values of three numbers, `mask` says which of them are the customer's own: 1 repeat order days, 2 the usual gap, 4 the silence. Silence is counted in usual
 * gaps, because three weeks say one thing of somebody who comes every week and another of somebody who comes twice a year; a one-time buyer has no gap, and keeps days.
 */
export function mixedHistory(history: History, typical: Typical, mask: number): History {
  const [ownOrders, ownGap, ownSilence] = [(mask & 1) > 0, (mask & 2) > 0, (mask & 4) > 0];
  const { x, tx, T } = history;
  const repeated = x > 0 && tx > 0;
  const typicalGap = Math.max(1e-6, (typical.recencyShare * typical.ageWeeks) / Math.max(1, typical.orders));
  const gap = ownGap && repeated ? tx / x : typicalGap;
  const ownSilenceOf = repeated ? ((T - tx) * x) / tx * gap : T - tx;
  const silence = ownSilence ? ownSilenceOf : (1 - typical.recencyShare) * typical.ageWeeks * (gap / typicalGap);
  const orders = ownOrders ? x : typical.orders;
  // Not multiplied out where nothing is mixed, so that an explanation ends at the very prediction.
  const last = ownOrders && ownGap ? tx : orders * gap;
  return { x: orders, tx: last, T: ownOrders && ownGap && ownSilence ? T : last + silence };
}

/** Contributions of repeat order days, gap and silence by the name of what is told: of repeat buyers the silence in gaps, of the others in days. {@link EXPLAINED} in order. */
export function spokenContributions(rows: number, historyless: number): { readonly columns: Float64Array[]; readonly set: (row: number, history: History, values: Float64Array) => void } {
  const columns = EXPLAINED.map(() => new Float64Array(rows));
  columns[3].fill(historyless);
  return {
    columns,
    set(row, { x, tx }, values) {
      const repeated = x > 0 && tx > 0;
      columns[0][row] = values[0];
      columns[1][row] = values[1];
      columns[2][row] = repeated ? values[2] : 0;
      columns[3][row] = repeated ? 0 : values[2];
    },
  };
}

/**
 * Why a customer's answer differs from that of the typical repeat customer: exact Shapley values on the log-odds scale for probabilities, the log scale for counts and
 * days. What is compared is what people say of a customer, and what together makes the history: how many repeat order days, the usual gap between them (t_x ÷ x), and
 * the silence since (T − t_x) in such gaps; then covariates. Every mixture is a customer who could exist. Eight evaluations of the model per distinct customer. A row
 * without a history is explained by its silence.
 */
export function explainRows(artefact: OrderArtefact, x: Matrix): Explanation {
  const { output, horizonDays, typical = UNKNOWN_TYPICAL, covariates = [] } = artefact;
  const binary = output === 'order' || output === 'no_order';
  const link = binary ? logit : Math.log;
  const read = modelReader(artefact);
  const players = 3 + covariates.length;
  const explainOne = ({ history, z }: Asked): { none: number; values: Float64Array } =>
    shapleyValues(players, (mask) => {
      const has = (player: number): boolean => (mask >> player) % 2 === 1;
      const model = read(z.map((value, j) => (has(3 + j) ? value : 0)));
      return link(answer(model, historyFor(artefact, mixedHistory(history, typical, mask)), output, horizonDays));
    });
  const { asked, row, group } = askRows(artefact, x);
  const explained = asked.map(explainOne);
  const base = explained[0]?.none ?? explainOne({ history: { x: typical.orders, tx: typical.recencyShare * typical.ageWeeks, T: typical.ageWeeks }, z: covariates.map(() => 0) }).none;
  const spoken = spokenContributions(x.rows, link(artefact.withoutHistory) - base);
  const effects = covariates.map(() => new Float64Array(x.rows));
  for (let i = 0; i < row.length; i++) {
    const { values } = explained[group[i]];
    spoken.set(row[i], asked[group[i]].history, values);
    effects.forEach((effect, j) => { effect[row[i]] = values[3 + j]; });
  }
  return { scale: binary ? 'log_odds' : 'log', base, columns: [...EXPLAINED, ...covariates.map(({ column }) => column)], contributions: [...spoken.columns, ...effects] };
}
