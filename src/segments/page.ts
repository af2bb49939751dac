/** Pages of customers in order of store id. */
import { AppError } from '../base/errors.ts';

export interface PageOptions {
  /** Rows of a page, 1 to {@link MAX_PAGE}. */
  readonly limit: number;
  /** Store id after which the page begins. */
  readonly after?: number;
}

export const MAX_PAGE = 1_000;

/** @throws AppError `invalid_input` */
export function checkPage({ limit, after }: PageOptions): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_PAGE) throw new AppError('invalid_input', `A page has 1 to ${MAX_PAGE} rows.`, { hint: 'Ask for fewer rows and follow `next`.' });
  if (after !== undefined && (!Number.isSafeInteger(after) || after < 0)) throw new AppError('invalid_input', 'The cursor of the page is not one that a page gave.', { hint: 'Begin again without `after`.' });
}
