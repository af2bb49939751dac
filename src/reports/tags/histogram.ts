/** Round edges for a histogram. */

/** 1, 2 or 5 times a power of ten, at least `step`. */
function round(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 5].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10) * power;
}

/** Eight to twenty equal bins over what lies between `low` and `high`; what is beyond falls into the open bins at both ends. Empty where everything is one value. */
export function histogramEdges(low: number, high: number): number[] {
  if (!(high > low)) return [];
  const step = round((high - low) / 10);
  const [first, last] = [Math.floor(low / step) + 1, Math.ceil(high / step) - 1];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Ascending, each once. */
export function distinctEdges(edges: readonly number[]): number[] {
  return edges.filter((edge, i) => i === 0 || edge > edges[i - 1]);
}
