/**
 * What an estimator is shown of a flat file, learned from the rows of the fit alone. `trees`: columns as they are, categories as the mean target of their level.
 * `linear`: categories as they are, quantities with hinges at their quantiles, whole numbers with few values as a number and as a category.
 */
import type { Column, Matrix } from '../../base/matrix.ts';
import { distribution, weightedQuantile } from '../../math/stats/index.ts';

/** Rows of any part of the file as the estimator sees them. */
export type View = (x: Matrix) => Matrix;

export type ViewName = 'trees' | 'linear';

/** Quantiles at which the slope of a quantity may change: sharp bends, which splines smooth away, are common (a discount from 10 visits on). */
const KNOTS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
/** Distinct values that a quantity must have for hinges. */
const LEAST_DISTINCT = 12;
/** Rows of the overall rate that are mixed into the rate of a level. */
const PRIOR_ROWS = 20;

/** @param y the target of the rows (binary, a number, or a class: then its place), for rates of levels */
export function fitView(name: ViewName, x: Matrix, y: Float64Array, fewValues: ReadonlySet<string>): View {
  const parts = x.columns.map((column) => (name === 'trees' ? treeColumn(column, y) : linearColumns(column, fewValues.has(column.name))));
  return ({ rows, columns }) => {
    const byName = new Map(columns.map((column) => [column.name, column]));
    return { rows, columns: x.columns.flatMap((column, c) => parts[c](byName.get(column.name) ?? { ...column, values: new Float64Array(rows).fill(Number.NaN) })) };
  };
}

type Part = (given: Column) => Column[];

/** Categories as the smoothed mean of the target among their rows: their best order for one split (Fisher 1958). */
function treeColumn({ name, values, categories }: Column, y: Float64Array): Part {
  if (categories === undefined) return (given) => [given];
  const rate = levelRates(values, y);
  return (given) => [{ name, values: given.values.map((place) => (place === place ? rate(place) : Number.NaN)) }];
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

function linearColumns({ name, values, categories }: Column, fewValues: boolean): Part {
  if (categories !== undefined) return (given) => [given];
  if (fewValues) {
    const levels = [...new Set(values)].filter((value) => value === value).sort((a, b) => a - b);
    const place = new Map(levels.map((level, i) => [level, i]));
    const codes = levels.map(String);
    return (given) => [given, { name: `${name} as a code`, values: given.values.map((value) => place.get(value) ?? Number.NaN), categories: codes }];
  }
  const hinges = hingesOf(values);
  return (given) => [given, ...hinges.map((hinge, i) => ({ name: `${name} hinge ${i + 1}`, values: given.values.map(hinge) }))];
}

/** max(0, v − knot) at the distinct quantiles; a missing value counts as the median, the flag of the plain column tells. */
function hingesOf(values: Float64Array): ((value: number) => number)[] {
  const present = distribution(values, undefined);
  if (present.values.length < LEAST_DISTINCT) return [];
  const knots = [...new Set(KNOTS.map((level) => weightedQuantile(present, level)))];
  const middle = weightedQuantile(present, 0.5);
  const last = present.values[present.values.length - 1];
  return knots.filter((knot) => knot > present.values[0] && knot < last).map((knot) => (value: number) => Math.max(0, (value === value ? value : middle) - knot));
}
