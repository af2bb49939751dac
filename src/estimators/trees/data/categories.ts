/** Categorical columns: names in canonical order, and a bin for each of the most frequent. */

/** Codes of a categorical column by the rank of their names, so that nothing depends on how the codes were given out. */
export interface CategoricalColumn {
  /** Names that occur, in code-point order: a list with names that nobody has is the same list. */
  readonly names: readonly string[];
  /** Ranks; NaN is missing, a code outside the list counts as missing. */
  readonly codes: Float64Array;
}

export function canonicalCategories(values: Float64Array, categories: readonly string[]): CategoricalColumn {
  const used = new Set<string>();
  for (const code of values) if (categories[code] !== undefined) used.add(categories[code]);
  const names = [...used].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const rank = new Map(names.map((name, i) => [name, i]));
  const ranks = categories.map((name) => rank.get(name) ?? NaN);
  return { names, codes: values.map((code) => ranks[code] ?? NaN) };
}

export interface CategoryBins {
  /** Bin per code. Codes beyond the most frequent share the last bin, `rest`; 0 for codes that never occur. */
  readonly binOf: Uint8Array;
  /** Number of bins, the missing one included. */
  readonly bins: number;
  /** Bin of what has none of its own; no set of a split holds it. 0: there is none. */
  readonly rest: number;
}

/** A bin for each code by descending weight, ties by code; at most `maxBins` of them. */
export function categoryBins(codes: Float64Array, count: number, weights: Float64Array | undefined, maxBins: number): CategoryBins {
  const weight = new Float64Array(count);
  for (let i = 0; i < codes.length; i++) if (codes[i] === codes[i]) weight[codes[i]] += weights === undefined ? 1 : weights[i];
  const seen = Array.from(weight.keys()).filter((code) => weight[code] > 0).sort((a, b) => weight[b] - weight[a] || a - b);
  const own = seen.length > maxBins ? maxBins - 1 : seen.length;
  const rest = own < seen.length ? own + 1 : 0;
  const binOf = new Uint8Array(count);
  for (const code of seen) binOf[code] = rest;
  seen.slice(0, own).forEach((code, i) => {
    binOf[code] = i + 1;
  });
  return { binOf, bins: 1 + own + (rest === 0 ? 0 : 1), rest };
}
