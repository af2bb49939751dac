/** Sums and differences of numbers that are known by their logarithms. −Infinity stands for zero. */

/** ln(1 − e^−x) for x > 0, accurate at both ends (Mächler 2012, eq. 7). */
export function log1mexp(x: number): number {
  return x <= Math.LN2 ? Math.log(-Math.expm1(-x)) : Math.log1p(-Math.exp(-x));
}

/** ln(e^a + e^b). */
export function logAddExp(a: number, b: number): number {
  const high = Math.max(a, b);
  if (high === -Infinity || high === Infinity) return high;
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** ln(e^a − e^b) for a ≥ b; −Infinity when they are equal, NaN when a < b. */
export function logSubExp(a: number, b: number): number {
  if (a === b) return -Infinity;
  if (b === -Infinity) return a;
  return a < b ? NaN : a + log1mexp(a - b);
}

/** ln Σ e^values; −Infinity for no values. */
export function logSumExp(values: ArrayLike<number>): number {
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > high) high = values[i];
  if (high === -Infinity || high === Infinity) return high;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - high);
  return high + Math.log(sum);
}

/** 1 / (1 + e^−x) without overflow at either end. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}
