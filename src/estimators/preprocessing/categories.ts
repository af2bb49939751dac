/**
 * Terms of a column of categories. Up to a limit each category is a term of its own; beyond it the column becomes the mean target of the row's category,
 * shrunk to the mean of all (Micci-Barreca 2001), and the category's share of the rows.
 *
 * A row must not see its own target: its encoding is learned from the rows of the other folds, which are drawn by the rows' hashes. What the artefact
 * keeps, for rows to come, is learned from all.
 */
import { hashUniform } from '../../math/stats/index.ts';
import { codedTotals, type CodedColumn } from './design.ts';
import type { PreprocessingParams } from './params.ts';
import { missingFlag, type FittedTerm } from './quantities.ts';
import { rawCategories, standardised, type CategoryTerm, type Term } from './terms.ts';

/** What a category is encoded by: one series per class or one amount, and the scale on which the model adds. */
export interface EncodingTarget {
  readonly series: readonly Float64Array[];
  readonly link: (mean: number) => number;
}

export const ENCODING_FOLDS = 5;

/** Fold of each row, the same for all copies of a row. */
export function encodingFolds(hashes: Float64Array): Uint8Array {
  return Uint8Array.from(hashes, (hash) => Math.floor(ENCODING_FOLDS * hashUniform(hash, 0x7a6e)));
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
  readonly targets?: { readonly from: number; readonly relearn: (include: Uint8Array) => CodedColumn[] };
}

export interface CategoryContext {
  readonly weights: Float64Array;
  readonly folds: Uint8Array;
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
  const coded = (term: CategoryTerm, table: Float64Array, of: CodedColumn['codes'] = codes): FittedTerm<CategoryTerm> => {
    const design = { codes: of, table: table.map((raw) => standardised(term, params.clip, raw)) };
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
  found.push(...targetTerms(codes, group, common, context).map(({ term, table, at }) => coded({ ...blank, ...term }, table, at)));
  if (found.length === from) return { terms: found };
  const relearn = (include: Uint8Array): CodedColumn[] =>
    targetTerms(codes, group, common, context, include).map(({ term, table, at }) => ({ codes: at, table: table.map((raw) => standardised({ ...blank, ...term }, params.clip, raw)) }));
  return { terms: found, targets: { from, relearn } };
}

/** Group of each code: 0 missing, 1 rare, then the common categories. */
function groupsOf(names: readonly string[], common: readonly string[]): Int32Array {
  const position = new Map(common.map((name, i) => [name, i + 2]));
  return Int32Array.of(0, ...names.map((name) => position.get(name) ?? 1));
}

interface TargetTerm {
  readonly term: Omit<CategoryTerm, 'of' | 'column' | 'centre'>;
  /** Raw value by fold × group; rows that were not learned from have the last fold, which all of the others have taught. */
  readonly table: Float64Array;
  readonly at: Int32Array;
}

function targetTerms(codes: Int32Array, group: Int32Array, common: readonly string[], { weights, folds, target, params }: CategoryContext, include?: Uint8Array): TargetTerm[] {
  const groups = common.length + 2;
  const at = new Int32Array(codes.length);
  const mass = new Float64Array((ENCODING_FOLDS + 1) * groups);
  for (let i = 0; i < codes.length; i++) {
    const learned = include === undefined || include[i] === 1;
    at[i] = (learned ? folds[i] : ENCODING_FOLDS) * groups + group[codes[i]];
    if (learned) mass[at[i]] += weights[i];
  }
  return target.series.flatMap((series) => {
    const sums = new Float64Array(mass.length);
    for (let i = 0; i < codes.length; i++) if (include === undefined || include[i] === 1) sums[at[i]] += weights[i] * series[i];
    const table = new Float64Array(mass.length);
    for (let fold = 0; fold <= ENCODING_FOLDS; fold++) {
      // Everything but this fold; the last fold has taught nothing, so it is everything.
      const others = (values: Float64Array, g: number): number => {
        let sum = 0;
        for (let f = 0; f < ENCODING_FOLDS; f++) if (f !== fold) sum += values[f * groups + g];
        return sum;
      };
      let [sum, rows] = [0, 0];
      for (let g = 0; g < groups; g++) {
        sum += others(sums, g);
        rows += others(mass, g);
      }
      const prior = sum / rows;
      for (let g = 0; g < groups; g++) table[fold * groups + g] = target.link((others(sums, g) + params.smoothing * prior) / (others(mass, g) + params.smoothing));
    }
    // Folds that have seen one outcome only have no log odds to teach.
    if (!table.every(Number.isFinite)) return [];
    const { mean, sd } = codedTotals({ codes: at, table }, weights);
    if (!(sd > 0)) return [];
    const last = ENCODING_FOLDS * groups;
    return [{ term: { how: 'target' as const, levels: [...common], values: table.slice(last + 2), missing: table[last], unseen: table[last + 1], mean, sd }, table, at }];
  });
}
