/** Columns that come with an assignment list: quantities where every value is a number, categories otherwise. */
import { AppError } from '../base/errors.ts';
import type { Covariate } from '../store/repositories/experiments.ts';

export const MOST_COVARIATES = 100;
/** A column of texts with more values than this names people, not groups. */
export const MOST_CATEGORIES = 200;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

export interface ReadCovariates {
  /** By name. */
  readonly columns: readonly Covariate[];
  /** In the order of the lines; missing values are absent. */
  readonly rows: readonly Readonly<Record<string, number | string>>[];
}

/** @throws AppError `bad_data` for too many columns, or a column with a different text for nearly everybody. */
export function covariatesOf(lines: readonly Readonly<Record<string, string>>[]): ReadCovariates {
  const names = [...new Set(lines.flatMap((line) => Object.keys(line)))].sort();
  if (names.length > MOST_COVARIATES) throw new AppError('bad_data', `The list has ${names.length} columns besides; at most ${MOST_COVARIATES} are taken.`, { hint: 'Name those that were known before the assignment with --covariates.' });
  const columns = names.map((name): Covariate => {
    const values = new Set<string>();
    for (const line of lines) {
      const text = line[name]?.trim() ?? '';
      if (text !== '') values.add(text);
    }
    const kind = [...values].every((text) => NUMBER.test(text)) ? 'quantity' : 'category';
    if (kind === 'category' && values.size > MOST_CATEGORIES) throw new AppError('bad_data', `The column ${name} has ${values.size} different texts; a column of groups has at most ${MOST_CATEGORIES}.`, { hint: 'Leave it out of --covariates.' });
    return { name, kind };
  });
  const rows = lines.map((line) => Object.fromEntries(columns.flatMap(({ name, kind }) => {
    const text = line[name]?.trim() ?? '';
    return text === '' ? [] : [[name, kind === 'quantity' ? Number(text) : text]];
  })));
  return { columns, rows };
}

export function sameCovariates(a: readonly Covariate[], b: readonly Covariate[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
