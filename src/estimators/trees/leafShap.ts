/** What one leaf contributes to the columns of its path; the formula stands in treeShap.ts. */

/** Overwritten by every call. */
const POLYNOMIAL = new Float64Array(33);

/** s!(D−1−s)!/D! = 1/(D·C(D−1, s)) at D·32 + s. */
const WEIGHTS = new Float64Array(33 * 32);
for (let depth = 1; depth <= 32; depth++) {
  let choose = 1;
  for (let s = 0; s < depth; s++) {
    WEIGHTS[depth * 32 + s] = 1 / (depth * choose);
    choose = (choose * (depth - 1 - s)) / (s + 1);
  }
}

/**
 * Writes the D contributions for one pattern (bit j set: the row fails path column j) at `offset`. `share[first …]` are the zⱼ.
 *
 * A column that fails is the factor zⱼ alone, one that passes is zⱼ + t. Products are built without divisions, so shares near zero lose no digits.
 */
export function leafContributions(share: Float64Array, first: number, depth: number, value: number, pattern: number, out: Float64Array, offset: number): void {
  const polynomial = POLYNOMIAL;
  for (let i = 0; i < depth; i++) {
    // The product over j ≠ i: failing factors into `scale`, passing ones into the polynomial.
    let scale = value;
    let degree = 0;
    polynomial[0] = 1;
    for (let j = 0; j < depth; j++) {
      if (j === i) continue;
      const zero = share[first + j];
      if ((pattern >>> j) & 1) {
        scale *= zero;
        continue;
      }
      degree++;
      polynomial[degree] = polynomial[degree - 1];
      for (let s = degree - 1; s > 0; s--) polynomial[s] = polynomial[s] * zero + polynomial[s - 1];
      polynomial[0] *= zero;
    }
    let sum = 0;
    for (let s = 0; s <= degree; s++) sum += polynomial[s] * WEIGHTS[depth * 32 + s];
    out[offset + i] = scale * (((pattern >>> i) & 1 ? 0 : 1) - share[first + i]) * sum;
  }
}
