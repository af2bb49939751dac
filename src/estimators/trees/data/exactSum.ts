/**
 * Σ of the first `count` values, each rounded to a grid so fine that doubles hold every partial sum exactly: the same for any order of the values.
 * Relative to the largest value the grid is 2⁻⁵² · count or finer.
 */
export function exactSum(values: ArrayLike<number>, count = values.length): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(values[i]));
  if (most === 0) return 0;
  const steps = powerBelow(2 ** 52 / (most * count));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.floor(values[i] * steps + 0.5);
  return sum / steps;
}

/** The largest power of two that is at most `limit`, within what doubles hold well. */
export function powerBelow(limit: number): number {
  return 2 ** Math.max(-500, Math.min(500, Math.floor(Math.log2(limit))));
}
