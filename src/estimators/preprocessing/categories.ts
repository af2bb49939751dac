/**
 * Terms of a column of categories. Up to a limit each category is a term of its own; beyond it the column becomes the mean target of the row's category,
 * shrunk to the mean of all (Micci-Barreca 2001), and the category's share of the rows.
 *
 * A row must not see its own target: its encoding is learned from the rows of the other folds (cross-fitting), which are drawn by the rows' hashes. Rows that are
 * equal in everything, the target included, have one hash and would fall into one fold together; all of them missing there would tell the target just
 * as well. So they stand outside the folds, and each leaves out itself, or a fifth of them. What the artefact keeps, for rows to come, is learned from all.
 */
import { hashUniform, moments } from '../../math/stats/index.ts';
import { codedTotals } from './design.ts';
import type { PreprocessingParams } from './params.ts';
import { missingFlag, type FittedTerm } from './quantities.ts';
import { rawCategories, standardised, type CategoryTerm, type Term } from './terms.ts';

/** What a category is encoded by: one series per class or one amount, and the scale on which the model adds. */
export interface EncodingTarget {
  readonly series: readonly Float64Array[];
  readonly link: (mean: number) => number;
}

const ENCODING_FOLDS = 5;

/** Fold of each row, and the weight of all rows that are equal to it. */
export interface EncodingFolds {
  readonly fold: Uint8Array;
  readonly copies: Float64Array;
}

/** `hashes` in canonical order, where equal rows are neighbours. */
export function encodingFolds(hashes: Float64Array, weights: Float64Array): EncodingFolds {
  const copies = new Float64Array(hashes.length);
  for (let start = 0; start < hashes.length; ) {
    let end = start;
    let weight = 0;
    while (end < hashes.length && hashes[end] === hashes[start]) weight += weights[end++];
    copies.fill(weight, start, end);
    start = end;
  }
  return { fold: Uint8Array.from(hashes, (hash) => Math.floor(ENCODING_FOLDS * hashUniform(hash, 0x7a6e))), copies };
}

/** A categorical column of the training rows. */
export interface CategoryColumn {
  readonly place: number;
  /** Position in `names` per row; NaN is missing. */
  readonly values: Float64Array;
  readonly names: readonly string[];
}

export interface CategoryFit {
  readonly terms: readonly FittedTerm<Term>[];
  /** Where terms are target encodings: their position among `terms`, and what their design is when only the rows marked in `include` may be learned from. */
  readonly targets?: { readonly from: number; readonly relearn: (include: Uint8Array) => Float64Array[] };
}

export interface CategoryContext {
  readonly weights: Float64Array;
  readonly folds: EncodingFolds;
  readonly target: EncodingTarget;
  readonly params: PreprocessingParams;
  /** True: the commonest category has no term, because nothing else would tell the terms from the intercept (a fit without penalty). */
  readonly reference: boolean;
}

export function fitCategories(column: CategoryColumn, context: CategoryContext): CategoryFit {
  const { values, names, place } = column;
  const { weights, params } = context;
  const codes = new Int32Array(values.length);
  const mass = new Float64Array(names.length + 1);
  for (let i = 0; i < values.length; i++) {
    codes[i] = values[i] === values[i] ? values[i] + 1 : 0;
    mass[codes[i]] += weights[i];
  }
  const missing = mass[0];
  const massOf = new Map(names.map((name, i) => [name, mass[i + 1]]));
  const common = names.filter((_, i) => mass[i + 1] >= params.rareRows);
  const rare = names.some((_, i) => mass[i + 1] > 0 && mass[i + 1] < params.rareRows);
  const total = mass.reduce((sum, w) => sum + w, 0);
  const groups = common.length + (rare ? 1 : 0);
  const found: FittedTerm<Term>[] = [];
  if (missing > 0 && missing < total) found.push(missingFlag(place, values, weights, params.clip));
  if (groups < 2) return { terms: found };
  const coded = (term: CategoryTerm, table: Float64Array): FittedTerm<CategoryTerm> => {
    const design = { codes, table: table.map((raw) => standardised(term, params.clip, raw)) };
    return { term: { ...term, centre: codedTotals(design, weights).mean }, design };
  };
  const blank = { of: 'category' as const, column: place, mean: 0, sd: 1, centre: 0 };
  const tableOf = (term: CategoryTerm): Float64Array => Float64Array.of(term.missing, ...rawCategories(term, names));
  if (groups <= params.oneHotLimit) {
    // An indicator keeps its own unit: shrinking then treats all categories alike, and one with few rows is drawn to the mean as it should be.
    const indicators = common.map((name): CategoryTerm => ({ ...blank, how: 'one_hot', levels: [name], values: Float64Array.of(1), unseen: 0, missing: 0 }));
    if (rare) indicators.push({ ...blank, how: 'one_hot', levels: common, values: new Float64Array(common.length), unseen: 1, missing: 0 });
    const share = (term: CategoryTerm): number => (term.unseen === 1 ? 0 : (massOf.get(term.levels[0]) ?? 0));
    const leave = context.reference || (indicators.length === 2 && missing === 0) ? indicators.reduce((a, b) => (share(b) > share(a) ? b : a)) : undefined;
    found.push(...indicators.filter((term) => term !== leave).map((term) => coded(term, tableOf(term))));
    return { terms: found };
  }
  const shareOf = (rows: number): number => Math.log(Math.max(rows, 1) / total);
  const pooled = total - missing - common.reduce((sum, name) => sum + (massOf.get(name) ?? 0), 0);
  const frequency: CategoryTerm = {
    ...blank, how: 'frequency', levels: common, values: Float64Array.from(common, (name) => shareOf(massOf.get(name) ?? 0)), unseen: shareOf(pooled), missing: shareOf(missing),
  };
  const spread = codedTotals({ codes, table: tableOf(frequency) }, weights);
  if (spread.sd > 0) found.push(coded({ ...frequency, ...spread }, tableOf(frequency)));
  const from = found.length;
  const group = groupsOf(names, common);
  const learn = (include?: Uint8Array): FittedTerm<CategoryTerm>[] => targetTerms({ place, codes, group, common }, context, include);
  found.push(...learn());
  if (found.length === from) return { terms: found };
  return { terms: found, targets: { from, relearn: (include) => learn(include).map(({ design }) => design as Float64Array) } };
}

/** Group of each code: 0 missing, 1 rare, then the common categories. */
function groupsOf(names: readonly string[], common: readonly string[]): Int32Array {
  const position = new Map(common.map((name, i) => [name, i + 2]));
  return Int32Array.of(0, ...names.map((name) => position.get(name) ?? 1));
}

interface Grouped {
  readonly place: number;
  readonly codes: Int32Array;
  readonly group: Int32Array;
  readonly common: readonly string[];
}

/** One term per target series; none where folds have seen one outcome only, which has no log odds to teach. `include`: rows that may be learned from, all when absent. */
function targetTerms({ place, codes, group, common }: Grouped, { weights, folds, target, params }: CategoryContext, include?: Uint8Array): FittedTerm<CategoryTerm>[] {
  const groups = common.length + 2;
  const learned = (i: number): boolean => include === undefined || include[i] === 1;
  const total = (value: (i: number) => number): { readonly folded: Float64Array; readonly whole: Float64Array; readonly sum: number } => {
    const folded = new Float64Array(ENCODING_FOLDS * groups);
    const whole = new Float64Array(groups);
    let sum = 0;
    for (let i = 0; i < codes.length; i++) {
      if (!learned(i)) continue;
      const one = value(i);
      if (folds.copies[i] <= 1) folded[folds.fold[i] * groups + group[codes[i]]] += one;
      whole[group[codes[i]]] += one;
      sum += one;
    }
    return { folded, whole, sum };
  };
  const mass = total((i) => weights[i]);
  return target.series.flatMap((series) => {
    const sums = total((i) => weights[i] * series[i]);
    const prior = sums.sum / mass.sum;
    const encoded = (sum: number, rows: number): number => target.link((sum + params.smoothing * prior) / (rows + params.smoothing));
    const raw = new Float64Array(codes.length);
    for (let i = 0; i < codes.length; i++) {
      const g = group[codes[i]];
      const f = folds.fold[i] * groups + g;
      const copies = folds.copies[i];
      const own = copies > 1 ? Math.max(1, copies / ENCODING_FOLDS) : 0;
      raw[i] = learned(i) ? encoded(sums.whole[g] - sums.folded[f] - own * series[i], mass.whole[g] - mass.folded[f] - own) : encoded(sums.whole[g], mass.whole[g]);
    }
    const { mean, sd } = moments(raw, weights);
    if (!raw.every(Number.isFinite) || !(sd > 0)) return [];
    const table = Float64Array.from(mass.whole, (rows, g) => encoded(sums.whole[g], rows));
    const term: CategoryTerm = { of: 'category', how: 'target', column: place, levels: [...common], values: table.slice(2), missing: table[0], unseen: table[1], mean, sd, centre: 0 };
    const design = raw.map((value) => standardised(term, params.clip, value));
    return [{ term: { ...term, centre: moments(design, weights).mean }, design }];
  });
}
