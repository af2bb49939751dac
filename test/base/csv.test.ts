/** Cells that cannot run in a spreadsheet, and the way back from them. */
import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { fromCsvText, quoted, toCsvText } from '../../src/base/csv.ts';

const hostile = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '＝', '－', ' ', '\t', '1', '.', 'a', '京') });

test('no text begins a formula, and every text comes back as it was', () => {
  fc.assert(fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), (text) => {
    const written = toCsvText(text);
    expect(fromCsvText(written)).toBe(text);
    expect(/^[ \u3000]*[=+@＝＋－＠\t]/.test(written)).toBe(false);
    expect(/^(?: |\u3000)*-(?!\d+(?:\.\d+)?$)/.test(written)).toBe(false);
  }), { numRuns: 2_000 });
});

test('what had an apostrophe already gets another one; texts and numbers that cannot run stay as they are', () => {
  expect(['=1', "'=1", "''=1", '-5', "'-5", "'tis", "O'Brien", '+86138'].map(toCsvText)).toEqual(["'=1", "''=1", "'''=1", '-5', "'-5", "'tis", "O'Brien", "'+86138"]);
  expect(["'=1", "'-5", "'tis"].map(fromCsvText)).toEqual(['=1', "'-5", "'tis"]);
  expect([quoted('a"b'), quoted('a,b'), quoted('ab')]).toEqual(['"a""b"', '"a,b"', 'ab']);
});
