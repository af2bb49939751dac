import { InvalidArgumentError } from 'commander';

/** An option that is a whole number, 0 or above. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}
