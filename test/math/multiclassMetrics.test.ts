import { describe, expect, test } from 'vitest';
import { accuracy, likeliestClass, macroAuc, multiclassLogLoss } from '../../src/math/metrics/index.ts';

describe('metrics of several classes', () => {
  const y = [0, 1, 2, 1];
  const p = [0.7, 0.2, 0.1, 0.3, 0.6, 0.1, 0.2, 0.2, 0.6, 0.5, 0.4, 0.1];

  test('by hand', () => {
    expect(multiclassLogLoss(y, p, 3)).toBeCloseTo(-(Math.log(0.7) + Math.log(0.6) + Math.log(0.6) + Math.log(0.4)) / 4, 12);
    expect([...likeliestClass(p, 3)]).toEqual([0, 1, 2, 0]);
    expect(accuracy(y, p, 3)).toBe(0.75);
    expect(macroAuc(y, p, 3)).toBe(1);
  });
  test('two classes give the binary numbers', () => {
    expect(multiclassLogLoss([0, 1], [0.8, 0.2, 0.4, 0.6], 2)).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
    expect(macroAuc([0, 1, 1], [0.8, 0.2, 0.4, 0.6, 0.9, 0.1], 2)).toBe(0.5);
  });
  test('nothing, and one class alone', () => {
    expect(multiclassLogLoss([], [], 3)).toBe(0);
    expect(accuracy([], [], 3)).toBe(0);
    expect(macroAuc([1, 1], [0.5, 0.5, 0.5, 0.5], 2)).toBeUndefined();
  });
});
