/** From what came over the wire to what a schema gives out, or an error that names every place without repeating what was sent there. */
import type { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { isPrototypeKey } from './guard.ts';

export type InputPlace = 'path' | 'query' | 'body';

export interface InputIssue {
  /** E.g. `query.limit` or `body.events[3].amount`. */
  readonly path: string;
  readonly message: string;
}

const PLAIN_KEY = /^[\w.-]{1,64}$/;

function pathText(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = String(part);
    return `${text}.${PLAIN_KEY.test(key) ? key : '…'}`;
  }, place);
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const names = issue.keys.filter((key) => PLAIN_KEY.test(key)).slice(0, 5);
  return names.length === 0 ? 'has a key that does not belong here' : `has keys that do not belong here: ${names.join(', ')}`;
}

/** At most ten issues, in words. */
export function issuesOf(error: z.ZodError, place: string): InputIssue[] {
  return error.issues.slice(0, 10).map((issue) => ({ path: pathText(place, issue.path), message: messageOf(issue) }));
}

/** @throws AppError `invalid_input` with `details.issues` */
export function checkInput<S extends z.ZodType>(schema: S, value: unknown, place: InputPlace): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error, place);
  throw new AppError('invalid_input', `The ${place} is not as this route needs it: ${issues[0].path}: ${issues[0].message}`, {
    details: { issues },
    hint: place === 'query' && parsed.error.issues.some((issue) => issue.code === 'invalid_type') ? 'Give every query parameter once, as plain text. /docs lists the parameters of every route.' : '/docs lists the parameters and fields of every route.',
  });
}

/** Query parameters as the simple parser reads them; an array is a parameter that was given twice, and its schema refuses it. */
export function checkQuery<S extends z.ZodType>(schema: S, query: Readonly<Record<string, unknown>>): z.output<S> {
  if (Object.keys(query).some(isPrototypeKey)) throw new AppError('invalid_input', 'The query has a parameter that is never accepted (__proto__, constructor or prototype).', { hint: 'Remove the parameter.' });
  return checkInput(schema, { ...query }, 'query');
}
