/** What no JSON body may hold, whatever its schema: too many levels, and keys that reach into prototypes. */
import { AppError } from '../../base/errors.ts';

/** Conditions of the deepest kind need about 30 levels. */
export const MAX_DEPTH = 64;
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

export function isPrototypeKey(key: string): boolean {
  return PROTOTYPE_KEYS.includes(key);
}

/**
 * Walks without recursion, so that depth cannot exhaust the stack.
 * @throws AppError `invalid_input`
 */
export function guardJson(value: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > MAX_DEPTH) throw new AppError('invalid_input', `The body has more than ${MAX_DEPTH} levels.`, { details: { limit: MAX_DEPTH }, hint: 'Nest less deeply.' });
    for (const key of Object.keys(next.value)) {
      if (isPrototypeKey(key)) throw new AppError('invalid_input', 'The body has a key that is never accepted (__proto__, constructor or prototype).', { hint: 'Remove the key.' });
      waiting.push({ value: (next.value as Record<string, unknown>)[key], depth: next.depth + 1 });
    }
  }
}
