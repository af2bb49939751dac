/**
 * What an estimator is shown of a flat file. Everything that is learned (knots, levels, rates) is learned from the rows of the fit alone.
 * `trees`: columns as they are; `linear`: quantities with hinges at their quantiles, codes and categories as one 0/1 column per level.
 */
import type { Column, Matrix } from '../../base/matrix.ts';
import { distribution, weightedQuantile } from '../../math/stats/index.ts';

/** Rows of any part of the file as the estimator sees them. */
export type View = (x: Matrix) => Matrix;

export type ViewName = 'trees' | 'linear';

/** Quantiles at which the slope of a quantity may change. */
const KNOTS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
/** Distinct values that a quantity must have for hinges. */
const LEAST_DISTINCT = 12;
/** Rows that a level must have for a column of its own, and the most levels that get one. */
const LEVEL_ROWS = 10;
const MOST_LEVELS = 60;
/** Rows of the overall rate that are mixed into the rate of a level. */
const PRIOR_ROWS = 20;

/** @param y the target of the rows (binary, a number, or a class: then its place), for rates of levels */
export function fitView(name: ViewName, x: Matrix, y: Float64Array, fewValues: ReadonlySet<string>): View {
  const parts = x.columns.map((column) => (name === 'trees' ? treeColumn(column, y) : linearColumns(column, y, fewValues.has(column.name))));
  return ({ rows, columns }) => {
    const byName = new Map(columns.map((column) => [column.name, column.values]));
    return { rows, columns: x.columns.flatMap((column, c) => parts[c](byName.get(column.name) ?? new Float64Array(rows).fill(Number.NaN))) };
  };
}

type Part = (values: Float64Array) => Column[];

/** Categories as the smoothed mean of the target among their rows: their best order for one split (Fisher 1958). */
function treeColumn({ name, values, categories }: Column, y: Float64Array): Part {
  if (categories === undefined) return (given) => [{ name, values: given }];
  const rate = levelRates(values, y);
  return (given) => [{ name, values: given.map((place) => (place === place ? rate(place) : Number.NaN)) }];
}

function linearColumns({ name, values, categories }: Column, y: Float64Array, fewValues: boolean): Part {
  if (categories !== undefined) {
    const levels = commonLevels(values);
    const rate = levels.length < MOST_LEVELS && levels.length === new Set(values).size ? undefined : levelRates(values, y);
    return (given) => [
      ...levels.map((level) => ({ name: `${name} = ${categories[level] ?? level}`, values: given.map((place) => (place === level ? 1 : 0)) })),
      ...(rate === undefined ? [] : [{ name: `${name} rate`, values: given.map(rate) }]),
      ...(values.some(Number.isNaN) ? [{ name: `${name} missing`, values: given.map((place) => (place === place ? 0 : 1)) }] : []),
    ];
  }
  if (fewValues) {
    const levels = commonLevels(values);
    return (given) => [{ name, values: given }, ...levels.map((level) => ({ name: `${name} = ${level}`, values: given.map((value) => (value === level ? 1 : 0)) }))];
  }
  const hinges = hingesOf(values);
  return (given) => [{ name, values: given }, ...hinges.map((hinge, i) => ({ name: `${name} hinge ${i + 1}`, values: given.map(hinge) }))];
}

/** Levels with enough rows, the most frequent ones, in ascending order. */
function commonLevels(values: Float64Array): number[] {
  const counts = new Map<number, number>();
  for (const value of values) if (value === value) counts.set(value, (counts.get(value) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= LEVEL_ROWS).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_LEVELS);
  return kept.map(([level]) => level).sort((a, b) => a - b);
}

function levelRates(values: Float64Array, y: Float64Array): (place: number) => number {
  const sums = new Map<number, { sum: number; rows: number }>();
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += y[i];
    const known = sums.get(values[i]) ?? { sum: 0, rows: 0 };
    sums.set(values[i], { sum: known.sum + y[i], rows: known.rows + 1 });
  }
  const overall = total / Math.max(1, values.length);
  return (place) => {
    const known = sums.get(place);
    return known === undefined ? overall : (known.sum + PRIOR_ROWS * overall) / (known.rows + PRIOR_ROWS);
  };
}

/** max(0, v − knot) ÷ spread at the distinct quantiles; a missing value counts as the median, the flag of the plain column tells. */
function hingesOf(values: Float64Array): ((value: number) => number)[] {
  const present = distribution(values, undefined);
  if (present.values.length < LEAST_DISTINCT) return [];
  const knots = [...new Set(KNOTS.map((level) => weightedQuantile(present, level)))];
  const middle = weightedQuantile(present, 0.5);
  const last = present.values[present.values.length - 1];
  return knots.filter((knot) => knot > present.values[0] && knot < last).map((knot) => (value: number) => Math.max(0, (value === value ? value : middle) - knot));
}
