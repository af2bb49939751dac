import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { addDays, daysBetween } from '../../src/base/time.ts';
import { cutoffsBack, eventSplit, readyOn, timeSplit } from '../../src/training/splits.ts';
import { day } from './world.ts';

const request = fc.record({ end: fc.integer({ min: 0, max: 900 }), earliest: fc.integer({ min: 0, max: 500 }), horizonDays: fc.integer({ min: 1, max: 365 }), everyDays: fc.integer({ min: 1, max: 60 }), most: fc.integer({ min: 1, max: 12 }) });

describe('time splits', () => {
  test('every label window of one part ends before the next part begins, and nothing lies before the earliest cut-off', () => {
    expect(() => { fc.assert(fc.property(request, (r) => {
      const split = timeSplit({ ...r, end: day(r.end), earliest: day(r.earliest) });
      if (split === undefined) return r.end - r.horizonDays < r.earliest;
      const over = (cutoff: string): string => addDays(cutoff, r.horizonDays);
      const next = split.calibration ?? split.test;
      return over(split.test) === day(r.end)
        && split.train.every((cutoff) => over(cutoff) <= next)
        && (split.calibration === undefined || over(split.calibration) <= split.test)
        && split.refit.every((cutoff) => over(cutoff) <= split.test)
        && split.serve.every((cutoff) => over(cutoff) <= day(r.end))
        && [...split.train, ...split.refit, ...split.serve, next].every((cutoff) => cutoff >= day(r.earliest))
        && [split.train, split.refit, split.serve].every((list) => list.length <= r.most && list.every((cutoff, i) => i === 0 || daysBetween(list[i - 1], cutoff) === r.everyDays));
    }), { numRuns: 500 }); }).not.toThrow();
  });

  test('the ladder: three periods, two, one, none', () => {
    const at = (end: number) => timeSplit({ end: day(end), earliest: day(100), horizonDays: 90, everyDays: 28, most: 10 })?.mode;
    expect([at(370), at(369), at(280), at(279), at(190), at(189)]).toEqual(['three_way', 'two_way', 'two_way', 'label_free', 'label_free', undefined]);
    expect(readyOn(day(100), 90)).toBe(day(370));
  });

  test('cut-offs are counted back from the last one', () => {
    expect(cutoffsBack(day(100), day(30), 28, 10)).toEqual([day(44), day(72), day(100)]);
    expect(cutoffsBack(day(100), day(30), 28, 2)).toEqual([day(72), day(100)]);
    expect(cutoffsBack(day(20), day(30), 28, 2)).toEqual([]);
  });
});

describe('splits of observations that events open', () => {
  const days = fc.uniqueArray(fc.record({ at: fc.integer({ min: 0, max: 400 }), lasts: fc.integer({ min: 1, max: 90 }) }), { selector: ({ at }) => at, minLength: 2, maxLength: 30 });

  test('training windows are over when the test period begins', () => {
    expect(() => { fc.assert(fc.property(days, fc.integer({ min: 50, max: 400 }), fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined }), (list, end, from) => {
      const observed = list.toSorted((a, b) => a.at - b.at).map(({ at, lasts }) => ({ date: day(at), over: day(at + lasts) }));
      const split = eventSplit(observed, { end: day(end), earliest: day(20), horizonDays: 30, ...(from === undefined ? {} : { testFrom: day(from) }) });
      if (split === undefined) return true;
      const over = new Map(observed.map((one) => [one.date, one.over]));
      return split.train.length > 0
        && split.testCutoffs[0] === split.test
        && split.train.every((date) => (over.get(date) ?? '9') <= split.test)
        && [...split.serve, ...split.testCutoffs].every((date) => (over.get(date) ?? '9') <= day(end) && date >= day(20))
        && (from === undefined || split.test >= day(from));
    }), { numRuns: 500 }); }).not.toThrow();
  });

  test('without a given start the last third of the finished days is the test', () => {
    const observed = [0, 10, 20, 30, 40, 50, 60].map((at) => ({ date: day(at), over: day(at + 10) }));
    const split = eventSplit(observed, { end: day(65), earliest: day(0), horizonDays: 10 });
    expect(split?.testCutoffs).toEqual([day(40), day(50)]);
    expect(split?.train).toEqual([0, 10, 20, 30].map(day));
    expect(eventSplit(observed.slice(0, 1), { end: day(65), earliest: day(0), horizonDays: 10 })).toBeUndefined();
  });
});
