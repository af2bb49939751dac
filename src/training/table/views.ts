/**
 * What an estimator is shown of a flat file, learned from the rows of the fit alone. `plain`: the columns as they are. `linear`: quantities with hinges at their quantiles, whole
 * numbers with few values as a number and as a category.
 */
import type { Column, Matrix } from '../../base/matrix.ts';
import { distribution, weightedQuantile } from '../../math/stats/index.ts';

/** Rows of any part of the file as the estimator sees them. */
export type View = (x: Matrix) => Matrix;

export type ViewName = 'plain' | 'linear';

/** Quantiles at which the slope of a quantity may change: sharp bends, which splines smooth away, are common (a discount from 10 visits on). */
export const KNOTS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
/** Distinct values that a quantity must have for hinges. */
const LEAST_DISTINCT = 12;
/** Rows that are looked at to tell quantities from a few values. */
const SEEN_ROWS = 5000;

/** @param fewValues columns whose whole numbers may be codes */
export function fitView(name: ViewName, x: Matrix, fewValues: ReadonlySet<string>): View {
  if (name === 'plain') return (given) => given;
  // With more bends than rows a penalty could not choose among them, and the work grows with their cube.
  const bends = x.columns.length * KNOTS.length <= x.rows;
  const parts = new Map(x.columns.map((column) => [column.name, linearColumns(column, fewValues.has(column.name), bends)]));
  return ({ rows, columns }) => ({ rows, columns: columns.flatMap((column) => parts.get(column.name)?.(column) ?? [column]) });
}

/** Columns that a linear model would see bent, or as codes. */
export function bentColumns({ columns }: Matrix, fewValues: ReadonlySet<string>): number {
  return columns.filter(({ name, values, categories }) => fewValues.has(name) || (categories === undefined && new Set(values.subarray(0, SEEN_ROWS)).size >= LEAST_DISTINCT)).length;
}

type Part = (given: Column) => Column[];

function linearColumns({ name, values, categories }: Column, fewValues: boolean, bends: boolean): Part {
  if (categories !== undefined) return (given) => [given];
  if (fewValues) {
    const levels = [...new Set(values)].filter((value) => value === value).sort((a, b) => a - b);
    const place = new Map(levels.map((level, i) => [level, i]));
    const codes = levels.map(String);
    return (given) => [given, { name: `${name} as a code`, values: given.values.map((value) => place.get(value) ?? Number.NaN), categories: codes }];
  }
  const hinges = bends ? hingesOf(values) : [];
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
