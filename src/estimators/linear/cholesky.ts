/**
 * Cholesky factor L of a symmetric positive definite matrix (n × n, row-major, lower triangle read), A = L·Lᵀ, written over a copy.
 * Undefined when a pivot is not positive.
 */
export function choleskyFactor(a: Float64Array, n: number): Float64Array | undefined {
  const l = a.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = l[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i === j) {
        if (!(sum > 0)) return undefined;
        l[i * n + i] = Math.sqrt(sum);
      } else {
        l[i * n + j] = sum / l[j * n + j];
      }
    }
  }
  return l;
}

/** Solution of L·Lᵀ·s = b (n). */
export function choleskySolve(l: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const s = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = s[i];
    for (let k = 0; k < i; k++) sum -= l[i * n + k] * s[k];
    s[i] = sum / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = s[i];
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * s[k];
    s[i] = sum / l[i * n + i];
  }
  return s;
}
