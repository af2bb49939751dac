/** Which penalties a path tries, and which it takes, from the losses that they have on rows held out. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { BERNOULLI } from '../../../src/estimators/linear/families.ts';
import { glmLoss } from '../../../src/estimators/linear/glmLoss.ts';
import { chooseLambda } from '../../../src/estimators/linear/lambdaPath.ts';
import { PREPROCESSING } from '../../../src/estimators/preprocessing/params.ts';
import { prepare } from '../../../src/estimators/preprocessing/prepare.ts';

const rng = seededRandom('lambda path');
const rows = 600;
const values = Float64Array.from({ length: rows }, () => rng.normal());
const y = values.map((v) => (rng.next() < 1 / (1 + Math.exp(-v)) ? 1 : 0));
const noCategories = (): never => { throw new Error('there are no categories to encode'); };
const prepared = prepare({ x: { rows, columns: [{ name: 'a', values }] }, y }, { params: PREPROCESSING, target: noCategories, reference: false, checkpoint: () => undefined });

/** The path over penalties whose mean held-out losses are these, each with the standard error given. */
function tried(losses: readonly number[], error: number): { readonly fits: number; readonly lambda: number | undefined } {
  let folds = 0;
  const chosen = chooseLambda(prepared, {
    loss: (own) => glmLoss(BERNOULLI, own), start: new Float64Array(prepared.terms.length + 1), usable: () => true,
    heldOut: () => {
      const loss = losses[Math.min(losses.length - 1, Math.floor(folds++ / 5))];
      // Of 120 rows a fold: the squares that give five folds together the error.
      return { sum: 120 * loss, squares: 120 * (loss * loss + error * error * 600), weight: 120 };
    },
  }, { l1Ratio: 0, oneStandardError: false, unit: 1, memory: { last: undefined }, checkpoint: () => undefined });
  return { fits: folds / 5, lambda: chosen?.lambda };
}

describe('a path of penalties', () => {
  test('takes the one with the least loss and tries all while it falls', () => {
    const { fits, lambda } = tried([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], 0.01);
    expect(fits).toBe(10);
    expect(lambda).toBeCloseTo(1e-5, 12);
  });

  test('ends after three that are worse than one before, however little', () => {
    const { fits, lambda } = tried([1, 0.5, 0.501, 0.502, 0.503, 0.1], 0.01);
    expect(fits).toBe(5);
    expect(lambda).toBeCloseTo(0.1, 12);
  });

  test('ends at one that is worse by far more than chance, and not where chance may be all', () => {
    expect(tried([1, 0.5, 0.56, 0.1], 0.01)).toMatchObject({ fits: 3 });
    expect(tried([1, 0.5, 0.54, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 0.01).lambda).toBeLessThanOrEqual(0.01);
  });

  test('is not ended by its first two, which hardly bind to anything', () => {
    expect(tried([0.5, 0.9, 0.4, 0.3, 0.2, 0.1], 0.001).fits).toBe(10);
  });
});
