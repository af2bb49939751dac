/** Curves over all thresholds, ties taken together, brought down to a bounded number of points that lie on the curve. */
import { argsort } from '../../math/stats/index.ts';
import { MOST_POINTS } from './schema.ts';

export type Point = [number, number];

/** Rows and outcome per distinct score, highest first. */
interface Step {
  readonly rows: number;
  readonly outcome: number;
}

function steps(outcome: ArrayLike<number>, score: ArrayLike<number>): Step[] {
  const order = argsort(score);
  const found: Step[] = [];
  for (let end = order.length; end > 0; ) {
    let start = end;
    let sum = 0;
    while (start > 0 && score[order[start - 1]] === score[order[end - 1]]) sum += outcome[order[--start]];
    found.push({ rows: end - start, outcome: sum });
    end = start;
  }
  return found;
}

/** At most `most` points: first, last, and the next one after every equal step of the way along the curve. */
export function thinned(points: readonly Point[], most = MOST_POINTS): Point[] {
  if (points.length <= most) return points.map(([x, y]) => [tidy(x), tidy(y)]);
  const way = (i: number): number => Math.abs(points[i][0] - points[i - 1][0]) + Math.abs(points[i][1] - points[i - 1][1]);
  let whole = 0;
  for (let i = 1; i < points.length; i++) whole += way(i);
  const step = whole / (most - 2);
  const kept: Point[] = [points[0]];
  let gone = 0;
  let next = step;
  for (let i = 1; i < points.length - 1; i++) {
    gone += way(i);
    if (gone < next || kept.length >= most - 1) continue;
    kept.push(points[i]);
    next = (Math.floor(gone / step) + 1) * step;
  }
  kept.push(points[points.length - 1]);
  return kept.map(([x, y]) => [tidy(x), tidy(y)]);
}

/** Six significant digits: more than a page can show. */
export function tidy(value: number): number {
  return Number(value.toPrecision(6)) + 0;
}

/** (false positive rate, true positive rate), from (0, 0) to (1, 1). Undefined with one class. */
export function rocCurve(y: ArrayLike<number>, score: ArrayLike<number>): Point[] | undefined {
  const all = steps(y, score);
  const positives = all.reduce((sum, step) => sum + step.outcome, 0);
  const negatives = y.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const points: Point[] = [[0, 0]];
  let [hits, misses] = [0, 0];
  for (const { rows, outcome } of all) {
    hits += outcome;
    misses += rows - outcome;
    points.push([misses / negatives, hits / positives]);
  }
  return thinned(points);
}

/** (recall, precision), recall ascending. Undefined without positives. */
export function precisionRecallCurve(y: ArrayLike<number>, score: ArrayLike<number>): Point[] | undefined {
  const all = steps(y, score);
  const positives = all.reduce((sum, step) => sum + step.outcome, 0);
  if (positives === 0) return undefined;
  const points: Point[] = [];
  let [hits, seen] = [0, 0];
  for (const { rows, outcome } of all) {
    hits += outcome;
    seen += rows;
    // Between two outcomes precision only falls; the point with the outcome is the one that counts.
    if (outcome > 0) points.push([hits / positives, hits / seen]);
  }
  return thinned(points);
}

/** (share of rows, share of the outcome), highest score first, from (0, 0) to (1, 1). Empty where nothing happened. */
export function gainCurve(outcome: ArrayLike<number>, score: ArrayLike<number>): Point[] {
  const all = steps(outcome, score);
  const total = all.reduce((sum, step) => sum + step.outcome, 0);
  if (total <= 0) return [];
  const points: Point[] = [[0, 0]];
  let [seen, reached] = [0, 0];
  for (const step of all) {
    seen += step.rows;
    reached += step.outcome;
    points.push([seen / outcome.length, reached / total]);
  }
  return thinned(points);
}

/** Height of a piecewise linear curve at `x`, ends held. */
export function heightAt(curve: readonly Point[], x: number): number {
  for (let i = 1; i < curve.length; i++) {
    const [[x0, y0], [x1, y1]] = [curve[i - 1], curve[i]];
    if (x <= x1) return x1 > x0 ? y0 + ((y1 - y0) * Math.max(0, x - x0)) / (x1 - x0) : y1;
  }
  return curve[curve.length - 1]?.[1] ?? 0;
}

/** Trapezoidal area under a curve. */
export function areaUnder(curve: readonly Point[]): number {
  let area = 0;
  for (let i = 1; i < curve.length; i++) area += ((curve[i][1] + curve[i - 1][1]) / 2) * (curve[i][0] - curve[i - 1][0]);
  return area;
}
