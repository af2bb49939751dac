import { expect, test } from 'vitest';
import { describeFeature, formatValue } from '../../src/features/format.ts';
import type { Unit } from '../../src/features/units.ts';

test.each<[Unit, number, string, string]>([
  ['days', 120.4, '120 天', '120 days'],
  ['days', 1, '1 天', '1 day'],
  ['days', 12.34, '12.3 天', '12.3 days'],
  ['orders', 1234, '1,234 单', '1,234 orders'],
  ['money', 1234.5, '1,234.50', '1,234.50'],
  ['money', 80, '80', '80'],
  ['money', -0.001, '0', '0'],
  ['money', -1234567.891, '-1,234,567.89', '-1,234,567.89'],
  ['share', 0.355, '35.5%', '35.5%'],
  ['share', 1, '100%', '100%'],
  ['multiple', 1.8, '1.8 倍', '1.8 times'],
  ['visits', 0, '0 次访问', '0 visits'],
  ['days', Number.NaN, '无记录', 'no record'],
])('%s %d is %s / %s', (unit, value, zh, en) => {
  expect(formatValue({ unit }, value)).toEqual({ zh, en });
});

test('a feature is said with its name', () => {
  expect(describeFeature({ unit: 'days', label: { zh: '距上次下单', en: 'Days since last order' } }, 3)).toEqual({ zh: '距上次下单：3 天', en: 'Days since last order: 3 days' });
});
