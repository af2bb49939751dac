/** What order artefacts say about the rows of a matrix: answers, next-order dates, explanations. */
import type { Matrix } from '../../base/matrix.ts';
import { shapleyValues } from '../../math/stats/shapley.ts';
import type { Explanation } from '../contract.ts';
import { AGE, DAYS_PER_WEEK, FREQUENCY, RECENCY } from './history.ts';
import type { History } from './history.ts';
import { UNKNOWN_TYPICAL, askRows, inPeriods, modelReader } from './orderArtefact.ts';
import type { Asked, OrderArtefact, OrderOutput } from './orderArtefact.ts';
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
 * Why a customer's answer differs from that of the typical repeat customer: exact Shapley values of frequency, recency and age (and covariates) on the log-odds scale
 * for probabilities, the log scale for counts and days. Eight evaluations of the model per distinct customer. Recency moves as a share of the age, so that every
 * customer in between is one that could exist. A row without a history is explained by its missing age.
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
      const orders = has(0) ? history.x : typical.orders;
      const T = has(2) ? history.T : typical.ageWeeks;
      const share = has(1) && history.x > 0 ? (history.T > 0 ? history.tx / history.T : 1) : typical.recencyShare;
      const tx = has(0) && has(1) && has(2) ? history.tx : orders === 0 ? 0 : share * T;
      const model = read(z.map((value, j) => (has(3 + j) ? value : 0)));
      return link(answer(model, historyFor(artefact, { x: orders, tx, T }), output, horizonDays));
    });
  const { asked, row, group } = askRows(artefact, x);
  const explained = asked.map(explainOne);
  const base = explained[0]?.none ?? explainOne({ history: { x: typical.orders, tx: typical.recencyShare * typical.ageWeeks, T: typical.ageWeeks }, z: covariates.map(() => 0) }).none;
  const contributions = Array.from({ length: players }, () => new Float64Array(x.rows));
  contributions[2].fill(link(artefact.withoutHistory) - base);
  for (let i = 0; i < row.length; i++) for (let player = 0; player < players; player++) contributions[player][row[i]] = explained[group[i]].values[player];
  return { scale: binary ? 'log_odds' : 'log', base, columns: [FREQUENCY, RECENCY, AGE, ...covariates.map(({ column }) => column)], contributions };
}
