import { rocAuc } from './ranking.ts';

/** Mean negative log of the probability given to the class that happened. `y`: classes from 0; `p`: row-major rows × `classes`. 0 of nothing. */
export function multiclassLogLoss(y: ArrayLike<number>, p: ArrayLike<number>, classes: number): number {
  let loss = 0;
  for (let i = 0; i < y.length; i++) loss -= Math.log(Math.max(1e-15, p[i * classes + y[i]]));
  return y.length === 0 ? 0 : loss / y.length;
}

/** The likeliest class of each row; of equal ones the first. */
export function likeliestClass(p: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: classes === 0 ? 0 : p.length / classes }, (_, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (p[i * classes + c] > p[i * classes + best]) best = c;
    return best;
  });
}

/** Share of rows whose likeliest class happened; 0 of nothing. */
export function accuracy(y: ArrayLike<number>, p: ArrayLike<number>, classes: number): number {
  const said = likeliestClass(p, classes);
  let right = 0;
  for (let i = 0; i < y.length; i++) if (said[i] === y[i]) right++;
  return y.length === 0 ? 0 : right / y.length;
}

/** Mean of the areas under the ROC curves of each class against the others (Fawcett 2006, unweighted), over classes that have rows inside and outside. Undefined when none has. */
export function macroAuc(y: ArrayLike<number>, p: ArrayLike<number>, classes: number): number | undefined {
  let [sum, found] = [0, 0];
  for (let c = 0; c < classes; c++) {
    const auc = rocAuc(Array.from(y, (place) => (place === c ? 1 : 0)), Float64Array.from({ length: y.length }, (_, i) => p[i * classes + c]));
    if (auc === undefined) continue;
    sum += auc;
    found++;
  }
  return found === 0 ? undefined : sum / found;
}
