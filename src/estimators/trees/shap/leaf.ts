/**
 * What a leaf contributes to the columns of its path. With zⱼ the share of training weight that passes every split on column j and oⱼ = 1 where the row
 * passes them (else 0), a leaf of value v with D columns gives column i (Lundberg, Erion & Lee 2018, algorithm 2)
 *   v·(oᵢ − zᵢ)·Σₛ s!(D−1−s)!/D! · [tˢ] Πⱼ≠ᵢ (zⱼ + oⱼ·t)  =  v·(oᵢ − zᵢ)·∫₀¹ Πⱼ≠ᵢ (zⱼ·(1−x) + oⱼ·x) dx,
 * because s!(D−1−s)!/D! = ∫ xˢ(1−x)^(D−1−s) dx. The integrand is a polynomial of degree D − 1, so Gauss–Legendre quadrature with ⌈D/2⌉ points is exact;
 * all its terms are positive, so no digits are lost, however small a share is.
 */
import type { PathLeaf } from './plan.ts';

interface Quadrature {
  /** Points and weights on [0, 1]. */
  readonly x: Float64Array;
  readonly w: Float64Array;
}

const RULES: Quadrature[] = [];

/** Gauss–Legendre rule of n points on [0, 1]: roots of the Legendre polynomial by Newton steps (Press et al. 2007, §4.6.1). */
export function gaussLegendre(n: number): Quadrature {
  const known = RULES[n];
  if (known !== undefined) return known;
  const x = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    let z = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [p, before] = [1, 0];
      for (let j = 1; j <= n; j++) [p, before] = [((2 * j - 1) * z * p - (j - 1) * before) / j, p];
      slope = (n * (z * p - before)) / (z * z - 1);
      const change = p / slope;
      z -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    x[k] = (1 - z) / 2;
    w[k] = 1 / ((1 - z * z) * slope * slope);
  }
  RULES[n] = { x, w };
  return RULES[n];
}

/** Scratch, overwritten by every call and grown when a path is longer than any before. */
let factors = new Float64Array(1024);
let products = new Float64Array(64);

/** Adds the contributions of `leaf` to out[at + place]. `fails[j]`: 1 where the row fails column j of the path. */
export function addLeafContributions({ value, place, share }: PathLeaf, fails: Uint8Array, out: Float64Array, at: number): void {
  const depth = share.length;
  const points = (depth + 1) >> 1;
  const { x, w } = gaussLegendre(points);
  if (factors.length < depth * points) factors = new Float64Array(2 * depth * points);
  if (products.length < points) products = new Float64Array(2 * points);
  const f = factors;
  const p = products;
  for (let q = 0; q < points; q++) p[q] = w[q];
  for (let j = 0, k = 0; j < depth; j++) {
    const z = share[j];
    const passes = 1 - fails[j];
    for (let q = 0; q < points; q++, k++) {
      const factor = z * (1 - x[q]) + passes * x[q];
      f[k] = factor;
      p[q] *= factor;
    }
  }
  // zᵢ·∫ without the factor zᵢ·(1−x) is the same for every column that fails.
  let failing = 0;
  for (let q = 0; q < points; q++) failing += p[q] / (1 - x[q]);
  failing *= -value;
  for (let j = 0; j < depth; j++) {
    if (fails[j] === 1) {
      out[at + place[j]] += failing;
      continue;
    }
    let sum = 0;
    for (let q = 0, k = j * points; q < points; q++, k++) sum += p[q] / f[k];
    out[at + place[j]] += value * (1 - share[j]) * sum;
  }
}
