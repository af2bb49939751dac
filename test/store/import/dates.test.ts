import * as fc from '../../support/properties.ts';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { dateOrderOf, dateParser, isDateFormat } from '../../../src/store/import/dates.ts';
import { zoneClock } from '../../../src/store/import/zoneClock.ts';

const utc = zoneClock('UTC');
const auto = dateParser('auto', utc);
const iso = (value: number | string): string => (typeof value === 'number' ? new Date(value).toISOString() : value);

describe('dates', () => {
  test('every unambiguous form, mixed in one file', () => {
    const cases = {
      '2010-12-01': '2010-12-01T00:00:00.000Z',
      '2010-12-01 08:26': '2010-12-01T08:26:00.000Z',
      '2010-12-01T08:26:05.123456Z': '2010-12-01T08:26:05.123Z',
      '2010-12-01T08:26:05+08:00': '2010-12-01T00:26:05.000Z',
      '2010-12-01 08:26:00-0530': '2010-12-01T13:56:00.000Z',
      '2010/1/2 3:04': '2010-01-02T03:04:00.000Z',
      '2010.1.2': '2010-01-02T00:00:00.000Z',
      '20101201': '2010-12-01T00:00:00.000Z',
      '20101201082605': '2010-12-01T08:26:05.000Z',
      '2010年12月1日': '2010-12-01T00:00:00.000Z',
      'Dec 1, 2010': '2010-12-01T00:00:00.000Z',
      'December 1st 2010 4:30 PM': '2010-12-01T16:30:00.000Z',
      'Foo 1, 2010': 'bad_time',
      '2010年12月1日 8时26分5秒': '2010-12-01T08:26:05.000Z',
      '2010年12月1日 08:26': '2010-12-01T08:26:00.000Z',
      '01-Dec-10': '2010-12-01T00:00:00.000Z',
      '1 December 2010': '2010-12-01T00:00:00.000Z',
      '1/Sept/1999 08:26': '1999-09-01T08:26:00.000Z',
      '03-MAY-69': '1969-05-03T00:00:00.000Z',
      '1291191960': '2010-12-01T08:26:00.000Z',
      '1291191960000': '2010-12-01T08:26:00.000Z',
      '2012-02-29': '2012-02-29T00:00:00.000Z',
      '1969-12-31': '1969-12-31T00:00:00.000Z',
    };
    for (const [text, expected] of Object.entries(cases)) expect([text, iso(auto(text))]).toEqual([text, expected]);
  });

  test.each(['2010-02-29', '2010-13-01', '2010-00-10', '2010-1-32', '2010-12-01 24:00', '2010-12-01 10:60', 'yesterday', '10-12-01', '2010-12/01', '40513.5', '2010-12-01 13:00 pm', '31-Feb-23', '05-Foo-23', '5 de 2023'])('%j is no date', (text) => {
    expect(auto(text)).toBe('bad_time');
  });

  test('dates with the year last need to be decided', () => {
    expect(auto('3/4/2026')).toBe('ambiguous_time');
    expect(iso(dateParser('auto', utc, 'dmy')('3/4/2026'))).toBe('2026-04-03T00:00:00.000Z');
    expect(iso(dateParser('auto', utc, 'mdy')('3/4/2026 1:05 PM'))).toBe('2026-03-04T13:05:00.000Z');
    expect(dateParser('auto', utc, 'mdy')('13/4/2026')).toBe('bad_time');
  });

  test('a value above 12 in the sample proves the order, none leaves it open, both contradict', () => {
    expect(dateOrderOf(['3/4/2026', '13/4/2026'])).toBe('dmy');
    expect(dateOrderOf(['3/4/2026', '4/13/2026 10:00'])).toBe('mdy');
    expect(dateOrderOf(['3/4/2026', '12/12/2026'])).toBe('ambiguous');
    expect(dateOrderOf(['13/4/2026', '4/13/2026'])).toBe('contradictory');
    expect(dateOrderOf(['2026-04-13', ''])).toBe('none');
  });

  test('listed formats and nothing else', () => {
    const parse = dateParser(['D/M/YYYY H:mm', 'YYYYMMDD'], utc);
    expect(iso(parse('1/12/2010 8:26'))).toBe('2010-12-01T08:26:00.000Z');
    expect(iso(parse('19970101'))).toBe('1997-01-01T00:00:00.000Z');
    expect(parse('2010-12-01')).toBe('bad_time');
    expect(iso(dateParser(['MM/DD/YY'], utc)('12/01/69'))).toBe('2069-12-01T00:00:00.000Z');
    expect(iso(dateParser(['epoch_s'], utc)('86400'))).toBe('1970-01-02T00:00:00.000Z');
    expect(isDateFormat('D.M.YYYY')).toBe(true);
    expect(isDateFormat('MM/YYYY')).toBe(false);
    expect(isDateFormat('D/M/YYYY D')).toBe(false);
  });

  test('local times: gaps move forward, repeated hours mean the first one', () => {
    const parse = dateParser('auto', zoneClock('Europe/London'));
    expect(iso(parse('2011-07-01 12:00'))).toBe('2011-07-01T11:00:00.000Z');
    expect(iso(parse('2011-03-27 01:30'))).toBe('2011-03-27T01:30:00.000Z');
    expect(iso(parse('2011-10-30 01:30'))).toBe('2011-10-30T00:30:00.000Z');
    expect(iso(parse('2011-10-30 02:30'))).toBe('2011-10-30T02:30:00.000Z');
  });

  test('the day cache gives what Temporal gives', () => {
    const zones = ['Asia/Shanghai', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Pacific/Apia'];
    const clocks = new Map(zones.map((zone) => [zone, zoneClock(zone)]));
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 2_000_000_000 }), (zone, seconds) => {
        const expected = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO('UTC').toPlainDateTime().toZonedDateTime(zone).epochMilliseconds;
        expect(clocks.get(zone)?.(seconds * 1000)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });
});
