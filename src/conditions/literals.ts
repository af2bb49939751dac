/** Literal values that a condition may carry. */
import { z } from 'zod';
import { isExactDecimal } from './decimal.ts';
import { CONDITION_LIMITS as limits } from './limits.ts';

/** PostgreSQL's text has neither NUL nor half of a surrogate pair; comparing such a text would differ between store and memory. */
const storable = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);

export const textLiteral = z.string().min(1).max(limits.textLength).refine(storable, 'must not contain NUL or broken characters');
export const keyLiteral = z.string().min(1).max(limits.keyLength).refine(storable, 'must not contain NUL or broken characters');
export const numberLiteral = z.number().refine(isExactDecimal, 'must have at most 15 digits before and 9 after the point');

const isCalendarDay = (text: string): boolean => {
  const instant = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
};

/** A day as YYYY-MM-DD, from 1900 to 2999. */
export const dateLiteral = z.string().regex(/^(19|2\d)\d\d-\d\d-\d\d$/, 'must be a day written YYYY-MM-DD').refine(isCalendarDay, 'must be a day of the calendar');
export const daysLiteral = z.int().min(1).max(limits.days);

export const textList = z.array(textLiteral).min(1).max(limits.listItems);
export const numberList = z.array(numberLiteral).min(1).max(limits.listItems);
