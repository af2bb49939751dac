import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { z } from 'zod';
import { ESTIMATORS, decodeArtefact, encodeArtefact, estimatorOf } from '../../src/estimators/index.ts';
import { shopRows } from '../support/estimatorTasks.ts';

describe('the registry of estimators', () => {
  test('every estimator stands under its own kind', () => {
    const wrong = Object.entries(ESTIMATORS).filter(([kind, estimator]) => estimator.kind !== kind || estimator.tasks.length === 0);
    expect(wrong).toEqual([]);
    expect(Object.keys(ESTIMATORS).length).toBeGreaterThanOrEqual(14);
  });

  test('an unknown kind, an unknown parameter and a parameter of another type are named', () => {
    expect(() => estimatorOf('toString')).toThrow(expect.objectContaining({ code: 'unknown_name' }));
    const { train } = shopRows(100, 1);
    const fit = (params: unknown) => () => estimatorOf('logistic_regression').fit(train, params, { rng: seededRandom(1) });
    expect(fit({ lamda: 1 })).toThrow(/lamda/);
    expect(fit({ clip: true })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(fit({ lambda: 1 })().ok).toBe(true);
    expect(fit(undefined)().ok).toBe(true);
  });

  test('an artefact of another estimator is refused', () => {
    const { train } = shopRows(100, 1);
    const outcome = estimatorOf('base_rate').fit(train, {}, { rng: seededRandom(1) });
    if (!outcome.ok) throw new Error(outcome.detail);
    expect(estimatorOf('base_rate').predict(outcome.artefact, train.x).length).toBe(100);
    expect(() => estimatorOf('boosted_trees').predict(outcome.artefact, train.x)).toThrow(expect.objectContaining({ code: 'artefact_invalid' }));
  });
});

describe('artefact bytes', () => {
  test('typed arrays come back bit for bit', () => {
    const schema = z.object({ f: z.instanceof(Float64Array), i: z.instanceof(Int32Array), u: z.instanceof(Uint8Array) });
    fc.assert(fc.property(fc.float64Array(), fc.int32Array(), fc.uint8Array(), (f, i, u) => {
      const text = encodeArtefact({ f, i, u });
      const back = decodeArtefact(text, schema);
      expect(back).toEqual({ f, i, u });
      expect(encodeArtefact(back)).toBe(text);
    }));
  });

  test('broken text says so', () => {
    expect(() => decodeArtefact('{"kind":', z.unknown())).toThrow(expect.objectContaining({ code: 'artefact_invalid' }));
    expect(() => decodeArtefact('{"v":{"$f64":"AAA="}}', z.unknown())).toThrow(/no whole number/);
  });
});
