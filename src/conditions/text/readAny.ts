/** A condition as people hand it in: text, or JSON. */
import { parseCondition } from '../parse.ts';
import type { Condition } from '../schema.ts';
import { readCondition } from './read.ts';

/** @throws AppError `invalid_input` naming the place */
export function readAnyCondition(value: unknown): Condition {
  return typeof value === 'string' ? readCondition(value) : parseCondition(value);
}
