/**
 * S-learner: one model that knows the treatment as a column, asked with and without it (Künzel et al. 2019, §2). A model that adds terms up would give everyone
 * nearly the same effect, so it also gets the product of the treatment with each column (Lo 2002); trees find such products themselves.
 */
import { z } from 'zod';
import type { Column, Matrix } from '../../base/matrix.ts';
import { distribution, moments } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import { canonicalColumns, namedColumns } from '../rows.ts';
import { baseArtefact, fitBase, outcomeTask, predictBase, rowsWhere, UPLIFT_DEFAULTS, upliftProblem } from './base.ts';
import type { UpliftLearner } from './contract.ts';

const schema = z.object({
  kind: z.literal('one_model'),
  model: baseArtefact,
  /** Columns whose product with the treatment the model knows, and what is taken off a quantity before (null: a column of categories). */
  products: z.array(z.object({ name: z.string(), centre: finite.nullable() })),
});
export type OneModelArtefact = z.infer<typeof schema>;

export const TREATED = 'treated';
const UNTREATED = 'not treated';

export const oneModel: UpliftLearner<OneModelArtefact> = Object.freeze({
  kind: 'one_model',
  schema,
  defaults: UPLIFT_DEFAULTS,

  fit(train, params, context) {
    const problem = upliftProblem(train);
    if (problem !== undefined) return problem;
    const additive = params.outcome.kind !== 'boosted_trees';
    const products = additive ? canonicalColumns(train.x).map((column) => productOf(column, train.weights)) : [];
    const x = withTreatment(train.x, products, train.treated);
    const fit = fitBase(params.outcome, outcomeTask(train.y, params.outcome), { ...train, x }, train.y, rowsWhere(train.y.length, () => true), context);
    return fit.ok ? { ok: true, artefact: { kind: 'one_model', model: fit.artefact, products }, report: { ...fit.report, products: products.length } } : fit;
  },

  predict({ model, products }, x) {
    const asked = (t: number): Float64Array => predictBase(model, withTreatment(x, products, new Uint8Array(x.rows).fill(t)));
    const untreated = asked(0);
    return asked(1).map((value, i) => value - untreated[i]);
  },
} satisfies UpliftLearner<OneModelArtefact>);

/** The centre of a quantity is its mean, summed over distinct values so that it does not depend on the order of rows. */
function productOf({ name, values, categories }: Column, weights: Float64Array | undefined): OneModelArtefact['products'][number] {
  if (categories !== undefined) return { name, centre: null };
  const { values: distinct, cumulative } = distribution(values, weights);
  const masses = cumulative.map((sum, k) => sum - (k === 0 ? 0 : cumulative[k - 1]));
  return { name, centre: moments(distinct, masses).mean };
}

/** `x` with the treatment and its products. A product is 0, or a category of its own, where there is no treatment. */
function withTreatment(x: Matrix, products: OneModelArtefact['products'], treated: Uint8Array): Matrix {
  const columns = namedColumns(x, products.map(({ name }) => name));
  return {
    rows: x.rows,
    columns: [
      ...x.columns,
      { name: TREATED, values: Float64Array.from(treated) },
      ...columns.map((column, k): Column => {
        const name = `${column.name} × ${TREATED}`;
        const { centre } = products[k];
        if (centre !== null) return { name, values: column.values.map((v, i) => (treated[i] === 1 ? v - centre : 0)) };
        const categories = [...(column.categories ?? []), UNTREATED];
        return { name, values: column.values.map((v, i) => (treated[i] === 1 ? v : categories.length - 1)), categories };
      }),
    ],
  };
}
