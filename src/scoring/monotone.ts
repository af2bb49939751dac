/** Predictions of several horizons made to agree: what can only grow with a longer window never shrinks, and the other way round. */

/** `falling`: P(no order) of a longer window is never larger. `rising`: P(order) and amounts are never smaller. */
export type Trend = 'rising' | 'falling';

/**
 * The nearest non-decreasing sequence in least squares (pool adjacent violators; Barlow et al. 1972), in place. `values` by ascending horizon.
 */
export function projectRising(values: Float64Array): void {
  const n = values.length;
  let ordered = true;
  for (let i = 1; i < n; i++) if (values[i] < values[i - 1]) ordered = false;
  if (ordered) return;
  const mean: number[] = [];
  const size: number[] = [];
  for (let i = 0; i < n; i++) {
    mean.push(values[i]);
    size.push(1);
    while (mean.length > 1 && mean[mean.length - 2] > mean[mean.length - 1]) {
      const [m, s] = [mean.pop() ?? 0, size.pop() ?? 1];
      const last = mean.length - 1;
      mean[last] = (mean[last] * size[last] + m * s) / (size[last] + s);
      size[last] += s;
    }
  }
  let at = 0;
  mean.forEach((m, block) => {
    for (let k = 0; k < size[block]; k++) values[at++] = m;
  });
}

/** Makes the columns agree row by row. `columns` by ascending horizon, changed in place; rows with a missing value are left alone. */
export function agreeAcrossHorizons(columns: readonly Float64Array[], trend: Trend): void {
  if (columns.length < 2) return;
  const rows = columns[0].length;
  const row = new Float64Array(columns.length);
  const sign = trend === 'rising' ? 1 : -1;
  for (let i = 0; i < rows; i++) {
    let known = true;
    for (let h = 0; h < columns.length; h++) {
      row[h] = sign * columns[h][i];
      if (Number.isNaN(row[h])) known = false;
    }
    if (!known) continue;
    projectRising(row);
    for (let h = 0; h < columns.length; h++) columns[h][i] = sign * row[h];
  }
}
