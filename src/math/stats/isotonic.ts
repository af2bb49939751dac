/** A block of equal fitted values: the pooled points `start` … `end` − 1 of the sorted input. */
export interface IsotonicBlocks {
  /** Mean x, mean y and weight of each block, x and y ascending. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

/**
 * Weighted least-squares non-decreasing fit by pooling adjacent violators (Ayer et al. 1955).
 * `x` ascending (n); points with equal x are pooled first. The weighted total of y is kept.
 */
export function isotonicBlocks(x: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): IsotonicBlocks {
  const n = x.length;
  const wx = new Float64Array(n);
  const wy = new Float64Array(n);
  const weight = new Float64Array(n);
  let blocks = 0;
  for (let i = 0; i < n; ) {
    let [sx, sy, sw] = [0, 0, 0];
    const at = x[i];
    for (; i < n && x[i] === at; i++) {
      const w = weights === undefined ? 1 : weights[i];
      sx += w * x[i];
      sy += w * y[i];
      sw += w;
    }
    wx[blocks] = sx;
    wy[blocks] = sy;
    weight[blocks++] = sw;
    while (blocks > 1 && wy[blocks - 2] * weight[blocks - 1] >= wy[blocks - 1] * weight[blocks - 2]) {
      wx[blocks - 2] += wx[blocks - 1];
      wy[blocks - 2] += wy[blocks - 1];
      weight[blocks - 2] += weight[blocks - 1];
      blocks--;
    }
  }
  return {
    x: wx.subarray(0, blocks).map((sum, b) => sum / weight[b]),
    y: wy.subarray(0, blocks).map((sum, b) => sum / weight[b]),
    weight: weight.slice(0, blocks),
  };
}

/** Piecewise-linear value at `at` through the knots (`x` ascending, n ≥ 1); flat beyond the ends. */
export function interpolate(x: ArrayLike<number>, y: ArrayLike<number>, at: number): number {
  const n = x.length;
  if (at <= x[0]) return y[0];
  if (at >= x[n - 1]) return y[n - 1];
  let low = 0;
  let high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  return y[low] + ((at - x[low]) / (x[high] - x[low])) * (y[high] - y[low]);
}
