/** What an XGBoost model says besides its trees: how its data frame named the categories, and how many rounds early stopping kept. */
import { damaged } from './sourceTree.ts';
import { fieldsOf, listOf, numberOf, numbersOf, type Fields } from './xgboostFields.ts';

const WHERE = 'learner.gradient_booster.model';

/**
 * Names of the categories of a column in the order of their codes, where the model keeps them (XGBoost 3.1 on, trained on a data frame): texts as bytes behind each other, or numbers.
 * Undefined for a column without names, or with fewer than the trees use.
 */
export function categoryNames(model: Fields): (column: number, most: number) => string[] | undefined {
  const kept = model.cats === undefined ? [] : listOf(fieldsOf(model.cats, `${WHERE}.cats`).enc ?? [], `${WHERE}.cats.enc`);
  return (column, most) => {
    if (kept[column] === undefined) return undefined;
    const where = `${WHERE}.cats.enc[${column}]`;
    const { offsets, values } = fieldsOf(kept[column], where);
    const plain = numbersOf(values ?? [], `${where}.values`);
    const names = offsets === undefined ? Array.from(plain, String) : textsOf(Uint8Array.from(plain), numbersOf(offsets, `${where}.offsets`), where);
    return names.length > most && new Set(names).size === names.length ? names : undefined;
  };
}

function textsOf(bytes: Uint8Array, offsets: Float64Array, where: string): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return Array.from(offsets.subarray(1), (end, k) => {
    try {
      return decoder.decode(bytes.subarray(offsets[k], end));
    } catch {
      // XGBoost 3 keeps as many bytes of a name as it has letters.
      throw damaged('XGBoost', `${where}: the name of category ${k} is cut short; write categories in ASCII letters, or train on their codes`);
    }
  });
}

/** Trees up to the best round of early stopping, which is what XGBoost's own models predict with; all where there was none. */
export function treesOfBest(model: Fields, learner: Fields): number {
  const best = learner.attributes === undefined ? undefined : fieldsOf(learner.attributes, 'learner.attributes').best_iteration;
  if (best === undefined || model.iteration_indptr === undefined) return Infinity;
  const starts = numbersOf(model.iteration_indptr, `${WHERE}.iteration_indptr`);
  const end = starts[numberOf(best, 'learner.attributes.best_iteration') + 1];
  return end === undefined || !Number.isInteger(end) || end < 1 ? Infinity : end;
}
