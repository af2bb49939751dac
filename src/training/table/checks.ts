/** Columns of a flat file that know the answer, and columns that only look useful. Found on the training rows; a clear leak stops the run, a suspicion is a warning. */
import { AppError } from '../../base/errors.ts';
import type { Column } from '../../base/matrix.ts';
import { rocAuc, spearman } from '../../math/metrics/index.ts';
import { LEAK_AUC } from '../leakCheck.ts';
import { isWhole } from './kinds.ts';
import type { TableProblem } from './problem.ts';

export interface TableWarning {
  readonly code: 'possible_leak' | 'identifier_like' | 'mostly_missing' | 'few_rows' | 'rare_class' | 'unread_rows' | 'no_target' | 'missing_columns' | 'not_tested';
  readonly column?: string;
  readonly message: string;
}

/** Rows of the rarer class (or of all) below which a perfect column may be chance. */
const LEAST_ROWS = 20;
const LEAK_CORRELATION = 0.995;
/** Chance that so many equal outcomes are no accident. */
const SURE = 1e-9;
const MOSTLY_MISSING = 0.95;

/** @throws AppError `leak_suspected`, unless the column is in `kept` */
export function checkColumns(problem: TableProblem, kept: readonly string[]): TableWarning[] {
  const rows = problem.trainRows;
  const y = Float64Array.from(rows, (row) => problem.y[row]);
  const leaks: { column: string; measure: string; value: number }[] = [];
  const warnings: TableWarning[] = [];
  for (const column of problem.x.columns) {
    const values = Float64Array.from(rows, (row) => column.values[row]);
    const leak = leakOf(problem, column, values, y);
    if (leak !== undefined && !kept.includes(column.name)) leaks.push({ column: column.name, ...leak });
    const telling = leak === undefined ? tellingValue(problem, column, values, y) : undefined;
    if (telling !== undefined) warnings.push({ code: 'possible_leak', column: column.name, message: telling });
    const missing = values.filter((value) => value !== value).length;
    if (missing > MOSTLY_MISSING * values.length) warnings.push({ code: 'mostly_missing', column: column.name, message: `"${column.name}" is missing in ${((100 * missing) / values.length).toFixed(1)} % of the rows.` });
    if (!kept.includes(column.name) && allDifferent(values)) warnings.push({ code: 'identifier_like', column: column.name, message: `"${column.name}" is a whole number that never repeats: leave it out with --drop if it only names the rows.` });
  }
  if (leaks.length > 0) {
    const named = leaks.slice(0, 5).map(({ column, measure, value }) => `${column} (${measure} ${value.toFixed(4)})`).join(', ');
    throw new AppError('leak_suspected', `${leaks.length} column(s) alone give the answer: ${named}.`, {
      details: { leaks },
      hint: `Is the value known before the outcome? If not, leave it out: --drop ${leaks.map(({ column }) => column).join(',')}. If it is, say so: --keep ${leaks.map(({ column }) => column).join(',')}.`,
    });
  }
  return warnings;
}

function leakOf(problem: TableProblem, column: Column, values: Float64Array, y: Float64Array): { measure: string; value: number } | undefined {
  if (problem.task === 'multiclass') return undefined;
  const ordered = column.categories === undefined ? values : byRate(values, y);
  if (problem.task !== 'binary') {
    const present = Int32Array.from(ordered.keys()).filter((i) => ordered[i] === ordered[i]);
    if (present.length < Math.max(LEAST_ROWS, y.length / 2) || column.categories !== undefined) return undefined;
    const correlation = spearman(Float64Array.from(present, (i) => ordered[i]), Float64Array.from(present, (i) => y[i])) ?? 0;
    return Math.abs(correlation) > LEAK_CORRELATION ? { measure: 'rank correlation', value: correlation } : undefined;
  }
  const positives = y.reduce((sum, value) => sum + value, 0);
  if (Math.min(positives, y.length - positives) < LEAST_ROWS) return undefined;
  let least = Infinity;
  for (const value of ordered) if (value < least) least = value;
  const auc = rocAuc(y, ordered.map((value) => (value === value ? value : (Number.isFinite(least) ? least : 0) - 1))) ?? 0.5;
  return Math.max(auc, 1 - auc) > LEAK_AUC ? { measure: 'AUC', value: Math.max(auc, 1 - auc) } : undefined;
}

/** Levels as the mean of the target among their rows, levels of a few rows as the overall mean. */
function byRate(values: Float64Array, y: Float64Array): Float64Array {
  const sums = new Map<number, { sum: number; rows: number }>();
  values.forEach((place, i) => {
    const known = sums.get(place) ?? { sum: 0, rows: 0 };
    sums.set(place, { sum: known.sum + y[i], rows: known.rows + 1 });
  });
  const overall = y.reduce((sum, value) => sum + value, 0) / Math.max(1, y.length);
  return values.map((place) => {
    const known = sums.get(place);
    return known === undefined || known.rows < 10 ? overall : known.sum / known.rows;
  });
}

/** Every row with a value other than the usual one has the same outcome: an order amount in a table of visits, a refund date in a table of complaints. */
function tellingValue(problem: TableProblem, column: Column, values: Float64Array, y: Float64Array): string | undefined {
  if (problem.task !== 'binary') return undefined;
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [usual, times] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  const others = values.length - times;
  if (others < LEAST_ROWS || times < values.length / 2) return undefined;
  let positives = 0;
  for (let i = 0; i < values.length; i++) if (!Object.is(values[i], usual) && values[i] !== usual) positives += y[i];
  const rate = y.reduce((sum, value) => sum + value, 0) / y.length;
  const label = problem.classes?.[positives === others ? 1 : 0] ?? '';
  const share = positives === others ? rate : positives === 0 ? 1 - rate : 1;
  if (others * Math.log(share) > Math.log(SURE)) return undefined;
  return `All ${others} rows with an unusual value of "${column.name}" have the outcome ${label}: it may have been written down afterwards. Leave it out with --drop if so.`;
}

function allDifferent(values: Float64Array): boolean {
  return values.length >= 50 && values.every(isWhole) && new Set(values).size === values.length;
}
