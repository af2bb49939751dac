/** Integrals over (0, 1) that are known by the logarithm of the integrand. */

const HALF_WIDTH = 12;
const NEGLIGIBLE = 45;
const MAX_HALVINGS = 9;

/**
 * ln ∫₀¹ f(u) du by the tanh-sinh rule (Takahasi & Mori 1974) in log space.
 * @param logIntegrand ln(u (1 − u) f(u)) given ln u and ln(1 − u). The factor u (1 − u) belongs to the substitution; passing both
 *   logarithms keeps full accuracy at the ends, so that u^(a−1) with a tiny exponent a neither underflows nor is cut off.
 * The step is halved until two sums agree to 1e-14, or to the rounding of logarithms as large as the integrand's, or 9 times.
 */
export function logIntegrateUnit(logIntegrand: (logU: number, log1mU: number) => number): number {
  const at = (tau: number): number => {
    const s = Math.PI * Math.sinh(tau);
    // ln(1 + e^s) and ln(1 + e^−s), each without overflow.
    const tail = Math.log1p(Math.exp(-Math.abs(s)));
    const logU = s > 0 ? -tail : s - tail;
    const log1mU = s > 0 ? -s - tail : -tail;
    return logIntegrand(logU, log1mU) + Math.log(Math.PI * Math.cosh(tau));
  };
  let step = 0.25;
  let peak = -Infinity;
  let sum = 0;
  const add = (value: number): void => {
    if (!(value > peak - NEGLIGIBLE)) return;
    if (value > peak) {
      sum = sum * Math.exp(peak - value) + 1;
      peak = value;
    } else sum += Math.exp(value - peak);
  };
  for (let tau = -HALF_WIDTH; tau <= HALF_WIDTH; tau += step) add(at(tau));
  let previous = peak + Math.log(sum * step);
  for (let halving = 0; halving < MAX_HALVINGS; halving++) {
    for (let tau = -HALF_WIDTH + step / 2; tau < HALF_WIDTH; tau += step) add(at(tau));
    step /= 2;
    const current = peak + Math.log(sum * step);
    if (Math.abs(current - previous) < Math.max(1e-14, 1e-15 * Math.abs(peak))) return current;
    previous = current;
  }
  return previous;
}
