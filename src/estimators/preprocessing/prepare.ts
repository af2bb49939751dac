/** From training data to terms and their design matrix, one column of the input at a time. */
import type { TrainingData } from '../contract.ts';
import { canonicalOrder, type CanonicalOrder } from '../rows.ts';
import { encodingFolds, fitCategories, type CategoryContext, type EncodingTarget } from './categories.ts';
import type { Design, DesignColumn } from './design.ts';
import type { PreprocessingParams } from './params.ts';
import { fitQuantity } from './quantities.ts';
import type { Term } from './terms.ts';

/** Training rows in canonical order, ready for a solver. */
export interface Prepared extends Omit<CanonicalOrder, 'columns' | 'take'> {
  readonly names: readonly string[];
  readonly terms: readonly Term[];
  readonly design: Design;
  /** The design as it would be had the targets of the rows that `include` does not mark been unknown. */
  readonly designFrom: (include: Uint8Array) => Design;
}

export interface PrepareOptions {
  readonly params: PreprocessingParams;
  /** What categories are encoded by, from the targets in canonical order. */
  readonly target: (y: Float64Array, weights: Float64Array) => EncodingTarget;
  /** See `CategoryContext.reference`. */
  readonly reference: boolean;
  /** Called once per column; may throw to stop. */
  readonly checkpoint: () => void;
}

export function prepare(train: TrainingData, options: PrepareOptions): Prepared {
  const { columns, take, ...rows } = canonicalOrder(train);
  const { params, reference } = options;
  const unit = rows.weights.every((w) => w === 1);
  let categories: CategoryContext | undefined;
  const context = (): CategoryContext => (categories ??= { weights: rows.weights, folds: encodingFolds(rows.owners, rows.weights), target: options.target(rows.y, rows.weights), params, reference });
  const terms: Term[] = [];
  const designs: DesignColumn[] = [];
  const learned: { readonly at: number; readonly relearn: (include: Uint8Array) => Float64Array[] }[] = [];
  columns.forEach((column, place) => {
    options.checkpoint();
    const values = take(column.values);
    if (column.categories === undefined) {
      for (const { term, design } of fitQuantity(place, { name: column.name, values }, rows.weights, unit, params)) {
        terms.push(term);
        designs.push(design);
      }
      return;
    }
    const fit = fitCategories({ place, values, names: column.categories }, context());
    if (fit.targets !== undefined) learned.push({ at: terms.length + fit.targets.from, relearn: fit.targets.relearn });
    for (const { term, design } of fit.terms) {
      terms.push(term);
      designs.push(design);
    }
  });
  const design = { rows: rows.rows, columns: designs };
  const designFrom = (include: Uint8Array): Design => {
    if (learned.length === 0) return design;
    const replaced = [...designs];
    for (const { at, relearn } of learned) relearn(include).forEach((column, k) => { replaced[at + k] = column; });
    return { rows: rows.rows, columns: replaced };
  };
  return { ...rows, names: columns.map(({ name }) => name), terms, design, designFrom };
}
