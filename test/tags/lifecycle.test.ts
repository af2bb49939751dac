import { describe, expect, test } from 'vitest';
import { stageOf } from '../../src/tags/lifecycle.ts';
import type { LifecycleFacts } from '../../src/tags/lifecycle.ts';

const active: LifecycleFacts = { orders: 3, silenceDays: 10, cycleDays: 30, lastGapDays: 28 };

describe('lifecycle stages', () => {
  test.each<[string, Partial<LifecycleFacts>, string]>([
    ['nobody ordered yet', { orders: 0, silenceDays: NaN, lastGapDays: NaN }, 'lead'],
    ['one order', { orders: 1, lastGapDays: NaN }, 'new'],
    ['a few orders', {}, 'growing'],
    ['five orders', { orders: 5 }, 'loyal'],
    ['exactly 1.5 cycles of silence is not yet slipping', { silenceDays: 45 }, 'growing'],
    ['more than 1.5 cycles', { silenceDays: 46 }, 'slipping'],
    ['more than 2.5 cycles', { silenceDays: 76 }, 'dormant'],
    ['more than 4 cycles', { silenceDays: 121 }, 'churned'],
    ['one order and long silence', { orders: 1, silenceDays: 121, lastGapDays: NaN }, 'churned'],
    ['came back over a long gap', { lastGapDays: 80 }, 'reactivated'],
    ['was dormant the night before and ordered', { previous: 'dormant' }, 'reactivated'],
    ['was slipping and ordered', { previous: 'slipping' }, 'growing'],
    ['reactivated and ordered again in time', { previous: 'reactivated' }, 'growing'],
    ['reactivated and silent again', { previous: 'reactivated', silenceDays: 130 }, 'churned'],
    ['no cycle known', { orders: 1, cycleDays: NaN, lastGapDays: NaN }, 'new'],
  ])('%s', (_, change, expected) => {
    expect(stageOf({ ...active, ...change })).toBe(expected);
  });
});
