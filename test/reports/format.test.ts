/** Numbers and axes of the pages. */
import { describe, expect, test } from 'vitest';
import { fixedPercent, metric, ORDERS_UNIT, predictedRange, quantityWords } from '../../src/reports/format.ts';
import { amountScale, wideScale } from '../../src/reports/svg/plot.ts';

describe('numbers that stand below each other', () => {
  test('have as many digits, whatever they are', () => {
    expect([0.8, 0.4567, 0, -0.0001].map((share) => fixedPercent(share).en)).toEqual(['80.0%', '45.7%', '0.0%', '0.0%']);
    expect(metric('coverage_80', 0.8, 'amount', 'CNY').en).toBe('80.0%');
  });

  test('a range says its unit once where that is a word', () => {
    expect(predictedRange('amount', 0.4, 1, ORDERS_UNIT)).toEqual({ zh: '0.40～1.00', en: '0.40 to 1.00' });
    expect(predictedRange('duration', 3, 14.26, 'CNY').en).toBe('3 to 14.3');
    expect(predictedRange('amount', 5, 2000, 'CNY').en).toBe('¥5.00 to ¥2,000');
    expect(predictedRange('binary', 0.05, 0.234, 'CNY').zh).toBe('5.0%～23.4%');
  });
});

test('charts call numbers of orders by their name', () => {
  expect([quantityWords('amount', ORDERS_UNIT), quantityWords('amount', 'CNY'), quantityWords('duration', 'CNY')].map(({ en }) => en)).toEqual(['orders', 'amount', 'days']);
});

describe('the scale of amounts', () => {
  test('is even up to a few units, with more than one mark on it', () => {
    const scale = amountScale([0, 3.1], [0, 310], 1);
    expect(scale(1.55)).toBeCloseTo(155, 9);
    expect(scale.ticks(5)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3]);
  });

  test('is logarithmic where amounts reach far', () => {
    const scale = amountScale([0, 10_000], [0, 100], 1);
    expect(scale(100)).toBeGreaterThan(40);
    expect(scale.ticks()).toEqual([0, 1, 10, 100, 1000, 10_000]);
    expect(wideScale([0, 8], [0, 100], 1).ticks()).toEqual([0, 1, 2, 5]);
  });
});
