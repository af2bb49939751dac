/** Small dense linear algebra: symmetric positive definite systems, row-major in a Float64Array of n × n. */

/** Lower Cholesky factor L with A = L Lᵀ (row-major, zeros above), or undefined when A is not positive definite. */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = matrix[i * n + j] - rowProduct(lower, i * n, j * n, j);
      if (i === j) {
        if (!(sum > 0)) return undefined;
        lower[i * n + i] = Math.sqrt(sum);
      } else lower[i * n + j] = sum / lower[j * n + j];
    }
  }
  return lower;
}

/** Σ a[p + k]·a[q + k] over k < count, in four running sums: one alone would wait for itself. */
function rowProduct(a: Float64Array, p: number, q: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += a[p + k] * a[q + k];
    s1 += a[p + k + 1] * a[q + k + 1];
    s2 += a[p + k + 2] * a[q + k + 2];
    s3 += a[p + k + 3] * a[q + k + 3];
  }
  for (; k < count; k++) s0 += a[p + k] * a[q + k];
  return s0 + s1 + (s2 + s3);
}

/** x with A x = b from the Cholesky factor of A. */
export function choleskySolve(lower: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= lower[i * n + k] * x[k];
    x[i] = sum / lower[i * n + i];
  }
  // Along the rows of L, as they lie in memory, and not down its columns.
  for (let i = n - 1; i >= 0; i--) {
    x[i] /= lower[i * n + i];
    const solved = x[i];
    for (let k = 0; k < i; k++) x[k] -= lower[i * n + k] * solved;
  }
  return x;
}

/** Inverse of a symmetric positive definite matrix, or undefined when it is not one. */
export function inverseSpd(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = cholesky(matrix, n);
  if (lower === undefined) return undefined;
  const inverse = new Float64Array(n * n);
  const unit = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    unit.fill(0);
    unit[j] = 1;
    const column = choleskySolve(lower, n, unit);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i];
  }
  return inverse;
}

/** Σ_i matrix[i, column] · vector[i] of a square row-major matrix. */
export function columnDot(matrix: Float64Array, column: number, vector: Float64Array): number {
  const n = vector.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * n + column] * vector[i];
  return sum;
}

/** Jᵀ A J of n × n matrices: a quadratic form in other coordinates. */
export function congruence(jacobian: Float64Array, matrix: Float64Array, n: number): Float64Array {
  const half = new Float64Array(n * n);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) half[i * n + j] += matrix[i * n + k] * jacobian[k * n + j];
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) out[i * n + j] += jacobian[k * n + i] * half[k * n + j];
  return out;
}
