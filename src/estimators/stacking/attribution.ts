/** Explanations of members brought to one scale, where an ensemble adds them up. */
import type { Matrix } from '../../base/matrix.ts';
import { boundedLogit, sigmoid } from '../../math/stats/index.ts';
import type { Explanation } from '../contract.ts';
import { namedColumns } from '../rows.ts';

const INVERSE: Readonly<Record<Explanation['scale'], (v: number) => number>> = { identity: (v) => v, log: Math.exp, log_odds: sigmoid };

/** The same explanation on the scale of the prediction. */
export const onOwnScale = (explanation: Explanation, rows: number): Explanation =>
  explanation.scale === 'identity' ? explanation : carried(explanation, 'identity', INVERSE[explanation.scale], rows);

/** The same explanation of a probability on the scale of its log-odds, the probability kept `edge` away from 0 and 1. */
export function onLogOdds(explanation: Explanation, edge: number, rows: number): Explanation {
  const inverse = INVERSE[explanation.scale];
  return carried(explanation, 'log_odds', (v) => boundedLogit(inverse(v), edge), rows);
}

/**
 * Aumann–Shapley values of f(sum) along the straight way from the base (Sundararajan, Taly & Yan 2017, equation 3). f depends on the sum alone, so each contribution is multiplied
 * by the mean slope (f(end) − f(base)) ÷ (end − base), and nothing is lost.
 */
function carried({ base, columns, contributions }: Explanation, scale: Explanation['scale'], f: (sum: number) => number, rows: number): Explanation {
  const start = f(base);
  const slopes = Float64Array.from({ length: rows }, (_, row) => {
    const end = contributions.reduce((sum, values) => sum + values[row], base);
    return end === base ? 0 : (f(end) - start) / (end - base);
  });
  return { scale, base: start, columns, contributions: contributions.map((values) => values.map((v, row) => v * slopes[row])) };
}

/** Explanations of members, at least one and all on one scale, times what each counts. */
export function addedUp(parts: readonly (Explanation & { readonly times: number })[], rows: number): Explanation {
  const columns = [...new Set(parts.flatMap((part) => part.columns))].sort();
  const place = new Map(columns.map((name, c) => [name, c]));
  const contributions = columns.map(() => new Float64Array(rows));
  for (const part of parts) {
    part.columns.forEach((name, c) => {
      const sink = contributions[place.get(name) as number];
      for (let row = 0; row < rows; row++) sink[row] += part.times * part.contributions[c][row];
    });
  }
  return { scale: parts[0].scale, base: parts.reduce((sum, { times, base }) => sum + times * base, 0), columns, contributions };
}

/** Columns up to which all subsets are asked. */
export const MOST_SUBSET_COLUMNS = 6;

/**
 * Exact Shapley values of a model of few columns that explains nothing itself: all 2^m mixtures of the row's values and `typical` ones are asked
 * (baseline Shapley, Sundararajan & Najmi 2020).
 */
export function subsetShapley(predict: (x: Matrix) => Float64Array, x: Matrix, names: readonly string[], typical: readonly number[]): Explanation {
  const own = namedColumns(x, names);
  const m = names.length;
  const asked = Array.from({ length: 1 << m }, (_, subset) =>
    predict({ rows: x.rows, columns: own.map((column, c) => ((subset >> c) & 1 ? column : { ...column, values: new Float64Array(x.rows).fill(typical[c]) })) }));
  // Weight of a subset of size s that does not hold the column: s! (m − s − 1)! / m!.
  const factorial = Array.from({ length: m + 1 }, (_, n) => Array.from({ length: n }, (__, i) => i + 1).reduce((a, b) => a * b, 1));
  const size = (subset: number): number => Array.from({ length: m }, (_, c) => (subset >> c) & 1).reduce((a, b) => a + b, 0);
  const contributions = names.map((_, c) => {
    const values = new Float64Array(x.rows);
    for (let subset = 0; subset < asked.length; subset++) {
      if ((subset >> c) & 1) continue;
      const weight = (factorial[size(subset)] * factorial[m - size(subset) - 1]) / factorial[m];
      const [without, having] = [asked[subset], asked[subset | (1 << c)]];
      for (let row = 0; row < x.rows; row++) values[row] += weight * (having[row] - without[row]);
    }
    return values;
  });
  return { scale: 'identity', base: x.rows === 0 ? 0 : asked[0][0], columns: names, contributions };
}
