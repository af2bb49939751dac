import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { bandOf, CHURN_SCALE, INTENT_SCALE, percentileOf } from '../../src/tags/bands.ts';

describe('bands', () => {
  test('edges are odds ratios against the base rate', () => {
    // Base rate 20 % = odds 0.25; half, 1.5 and 4 times that are 11.1 %, 27.3 % and 50 %.
    expect([0.1, 0.12, 0.27, 0.28, 0.49, 0.51].map((p) => bandOf(p, 0.2, CHURN_SCALE))).toEqual(['safe', 'watch', 'watch', 'at_risk', 'at_risk', 'critical']);
  });

  test('a probability just past an edge keeps the band of the night before', () => {
    expect(bandOf(0.505, 0.2, CHURN_SCALE, 'at_risk')).toBe('at_risk');
    expect(bandOf(0.56, 0.2, CHURN_SCALE, 'at_risk')).toBe('critical');
    expect(bandOf(0.495, 0.2, CHURN_SCALE, 'critical')).toBe('critical');
    expect(bandOf(0.44, 0.2, CHURN_SCALE, 'critical')).toBe('at_risk');
  });

  test('a higher probability never has a lower band, and with hysteresis the band settles at once', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(p, p, fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.constantFrom(undefined, ...CHURN_SCALE.codes), (a, b, base, previous) => {
        const rank = (q: number): number => CHURN_SCALE.codes.indexOf(bandOf(q, base, CHURN_SCALE, previous));
        expect(rank(Math.max(a, b))).toBeGreaterThanOrEqual(rank(Math.min(a, b)));
        const settled = bandOf(a, base, CHURN_SCALE, previous);
        expect(bandOf(a, base, CHURN_SCALE, settled)).toBe(settled);
      }),
    );
  });

  test('a previous band of another scale is ignored', () => {
    expect(bandOf(0.2, 0.2, INTENT_SCALE, 'critical')).toBe('medium');
  });
});

describe('percentiles', () => {
  const grid = Array.from({ length: 101 }, (_, i) => i / 100);
  test('1 is the least likely customer and 100 the most likely', () => {
    expect([-1, 0, 0.005, 0.5, 0.995, 1, 2].map((value) => percentileOf(value, grid))).toEqual([1, 1, 1, 51, 100, 100, 100]);
  });
});
