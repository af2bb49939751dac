/** Cox's partial likelihood with Breslow's rule for ties (Cox 1972; Breslow 1974): rows are compared with all that still wait when an event comes. */
import { argsort } from '../../../math/stats/index.ts';
import { exactSum, powerBelow } from '../data/exactSum.ts';
import type { Objective, Targets } from './objective.ts';

/** Steps of the baseline hazard that an artefact keeps. */
const MOST_STEPS = 512;

interface RiskSets {
  /** exp(score − shift), on a grid on which sums of them are exact. */
  readonly risk: Float64Array;
  readonly shift: number;
  /** Per day of events, ascending: the day, Σ weights of its events, Σ w·risk of all that still wait. */
  readonly days: Float64Array;
  readonly events: Float64Array;
  readonly waiting: Float64Array;
}

export function cox({ y, weights, observed }: Targets): Objective {
  const weight = (i: number): number => (weights === undefined ? 1 : weights[i]);
  const seen = (i: number): boolean => observed === undefined || observed[i] === 1;
  const orders = new WeakMap<Int32Array, Int32Array>();
  const byDay = (rows: Int32Array): Int32Array => {
    let order = orders.get(rows);
    if (order === undefined) {
      const places = argsort(Float64Array.from(rows, (i) => y[i]));
      order = places.map((place) => rows[place]);
      orders.set(rows, order);
    }
    return order;
  };
  const riskSets = (scores: Float64Array, rows: Int32Array): RiskSets => {
    const order = byDay(rows);
    let shift = -Infinity;
    for (let k = 0; k < order.length; k++) shift = Math.max(shift, scores[order[k]]);
    const risk = new Float64Array(y.length);
    let total = 0;
    for (let k = 0; k < order.length; k++) total = Math.max(total, weight(order[k]));
    const steps = powerBelow(2 ** 51 / (total * Math.max(order.length, 1)));
    for (let k = 0; k < order.length; k++) risk[order[k]] = Math.max(1, Math.floor(Math.exp(scores[order[k]] - shift) * weight(order[k]) * steps + 0.5)) / steps;
    const [days, events, waiting]: [number[], number[], number[]] = [[], [], []];
    let still = 0;
    for (let end = order.length; end > 0; ) {
      const day = y[order[end - 1]];
      let start = end;
      const gone: number[] = [];
      while (start > 0 && y[order[start - 1]] === day) {
        start--;
        still += risk[order[start]];
        if (seen(order[start])) gone.push(weight(order[start]));
      }
      if (gone.length > 0) {
        days.push(day);
        events.push(exactSum(gone));
        waiting.push(still);
      }
      end = start;
    }
    return { risk, shift, days: Float64Array.from(days.toReversed()), events: Float64Array.from(events.toReversed()), waiting: Float64Array.from(waiting.toReversed()) };
  };
  let first = new Float64Array(0);
  let second = new Float64Array(0);
  return {
    name: 'cox',
    outputs: 1,
    base: () => Float64Array.of(0),
    prepare([scores], rows) {
      if (first.length === 0) [first, second] = [new Float64Array(y.length), new Float64Array(y.length)];
      const { risk, days, events, waiting } = riskSets(scores, rows);
      let [hazard, squares, k] = [0, 0, 0];
      for (const i of byDay(rows)) {
        for (; k < days.length && days[k] <= y[i]; k++) {
          hazard += events[k] / waiting[k];
          squares += events[k] / (waiting[k] * waiting[k]);
        }
        // Per unit of weight: risk carries the row's own.
        const own = risk[i] / weight(i);
        first[i] = own * hazard - (seen(i) ? 1 : 0);
        second[i] = Math.max(own * hazard - own * own * squares, 1e-16);
      }
    },
    write(_, __, rows, count, gradients, hessians) {
      for (let k = 0; k < count; k++) {
        gradients[rows[k]] = first[rows[k]];
        hessians[rows[k]] = second[rows[k]];
      }
    },
    loss([scores], rows) {
      const { days, events, waiting, shift } = riskSets(scores, rows);
      const own = exactSum(Float64Array.from(rows, (i) => (seen(i) ? weight(i) * (scores[i] - shift) : 0)));
      let sets = 0;
      let total = 0;
      for (let k = 0; k < days.length; k++) {
        sets += events[k] * Math.log(waiting[k]);
        total += events[k];
      }
      return total === 0 ? 0 : (sets - own) / total;
    },
    fitted([scores], rows) {
      const { days, events, waiting, shift } = riskSets(scores, rows);
      const hazard = new Float64Array(days.length);
      let sum = 0;
      for (let k = 0; k < days.length; k++) {
        sum += (events[k] / waiting[k]) * Math.exp(-shift);
        hazard[k] = sum;
      }
      const keep = Int32Array.from(new Set(Array.from({ length: Math.min(MOST_STEPS, days.length) }, (_, s) => Math.round((s * (days.length - 1)) / Math.max(1, Math.min(MOST_STEPS, days.length) - 1)))));
      return { name: 'cox', baseline: { days: Float64Array.from(keep, (k) => days[k]), hazard: Float64Array.from(keep, (k) => hazard[k]) } };
    },
  };
}
