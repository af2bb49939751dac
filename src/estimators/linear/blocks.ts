/**
 * Products of the terms of a block of rows. A block is term-major, `BLOCK` numbers per term; the number of terms is a multiple of four (zeros behind the last), so that tiles
 * of two by four are taken together.
 */
import { BLOCK } from '../preprocessing/design.ts';

/** A binding of this module: where modules are objects, as in tests, one read through an import in every step of these loops would take most of their time. */
const STRIDE = BLOCK;

export const padded = (terms: number): number => (terms + 3) & ~3;

/** Adds Σ c·termₛ·termₜ for t ≤ s (and a few beyond, within the tile) to the lower triangle of `products` (padded squared, row-major). `scratch` holds two terms. */
export function blockProducts(block: Float64Array, c: Float64Array, count: number, size: number, products: Float64Array, scratch: Float64Array): void {
  for (let s = 0; s < size; s += 2) {
    const [p, q] = [s * STRIDE, (s + 1) * STRIDE];
    for (let i = 0; i < count; i++) {
      scratch[i] = c[i] * block[p + i];
      scratch[STRIDE + i] = c[i] * block[q + i];
    }
    for (let t = 0; t <= s + 1; t += 4) {
      const at = t * STRIDE;
      let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < count; i++) {
        const from = at + i;
        const [u, v] = [scratch[i], scratch[STRIDE + i]];
        const x0 = block[from];
        const x1 = block[from + STRIDE];
        const x2 = block[from + 2 * STRIDE];
        const x3 = block[from + 3 * STRIDE];
        a0 += u * x0;
        a1 += u * x1;
        a2 += u * x2;
        a3 += u * x3;
        b0 += v * x0;
        b1 += v * x1;
        b2 += v * x2;
        b3 += v * x3;
      }
      const [row, next] = [s * size + t, (s + 1) * size + t];
      products[row] += a0;
      products[row + 1] += a1;
      products[row + 2] += a2;
      products[row + 3] += a3;
      products[next] += b0;
      products[next + 1] += b1;
      products[next + 2] += b2;
      products[next + 3] += b3;
    }
  }
}
