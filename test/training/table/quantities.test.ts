/** What people write into columns of numbers and dates besides numbers and dates: none of it may cost the column. */
import { describe, expect, test } from 'vitest';
import { kindOf } from '../../../src/training/table/kinds.ts';
import { tableProblem } from '../../../src/training/table/problem.ts';
import { quantitiesOf } from '../../../src/training/table/quantities.ts';
import { tableBuilder } from '../../../src/training/table/rawTable.ts';
import type { RawTable } from '../../../src/training/table/rawTable.ts';

function columns(names: readonly string[], rows: readonly (readonly string[])[]): RawTable {
  const builder = tableBuilder(names);
  for (const row of rows) builder.add(row);
  return builder.finish();
}
const column = (...texts: string[]) => columns(['v'], texts.map((text) => [text])).columns[0];
const quantities = (...texts: string[]) => [...(quantitiesOf(column(...texts), texts.length)?.numbers ?? [])];

describe('points and commas mean what the whole column says', () => {
  test.each([
    [['1,234', '0,123', '1,23'], [1.234, 0.123, 1.23]], [['1.234', '567', '1.234,5'], [1234, 567, 1234.5]], [['€1.234', '€567,50'], [1234, 567.5]],
    [['1,234', '567', '12,345'], [1234, 567, 12_345]], [['1.234', '0.5', '12.345'], [1.234, 0.5, 12.345]], [['1,234', '1,234.5'], [1234, 1234.5]], [['1.234', '-2.500'], [1.234, -2.5]],
  ])('%j', (texts, numbers) => {
    expect([...column(...texts).numbers]).toEqual(numbers);
  });
  test('a column that proves nothing is written like the others of its file', () => {
    expect([...columns(['a', 'b'], [['1.234', '5,5'], ['567', '6,25']]).columns[0].numbers]).toEqual([1234, 567]);
    expect([...columns(['a', 'b', 'c'], [['1.234', '5,5', '0.5'], ['567', '6,25', '1']]).columns[0].numbers]).toEqual([1.234, 567]);
  });
});

describe('quantities', () => {
  test.each([
    [['12 kg', '13kg', '0.5 KG'], [12, 13, 0.5]], [['3 years', '2 weeks', '1 year'], [94_672_800, 1_209_600, 31_557_600]], [['5km', '300m'], [5000, 300]], [['2小时', '30分钟'], [7200, 1800]],
    [['1.2k', '900', '3M'], [1200, 900, 3_000_000]], [['$1.2M', '$900K'], [1_200_000, 900_000]], [['10+ years', '< 1 year', '2 years'], [10, 0.5, 2]], [['>100', '<5', '50'], [100, 2.5, 50]], [['1:30', '0:45'], [1.5, 0.75]], [['-5 °C', '3 °C'], [-5, 3]],
  ])('%j', (texts, numbers) => {
    expect(quantities(...texts)).toEqual(numbers);
  });
  test.each([[['1st', '2nd']], [['A1', 'A2']], [['5 kg', '3 m']], [['12 kg', '13', '4 m']]])('%j are none', (texts) => {
    expect(quantities(...texts)).toEqual([]);
  });
});

describe('a column with words in it', () => {
  const rows = (f: (i: number) => string) => Array.from({ length: 200 }, (_, i) => [f(i), String(i % 2)]);
  const read = (f: (i: number) => string) => tableProblem(columns(['v', 't'], rows(f)), 200, { target: 't', drop: [], keep: [] });
  const shown = (f: (i: number) => string) => read(f).x.columns.map(({ name, values, categories }) => ({ name, known: values.filter((value) => value === value).length, ...(categories === undefined ? {} : { categories }) }));

  test('stays a column of numbers, and which word it was is a column beside it', () => {
    expect(shown((i) => (i % 10 === 0 ? 'unknown' : String(i * 1.5)))).toEqual([{ name: 'v', known: 180 }]);
    expect(shown((i) => (i % 10 === 0 ? '无' : i % 10 === 1 ? '未知' : String(i * 1.5)))).toEqual([{ name: 'v', known: 160 }, { name: 'v in words', known: 40, categories: ['无', '未知'] }]);
    expect(shown((i) => (i % 10 === 0 ? 'unknown' : i % 10 === 1 ? '' : String(i * 1.5)))).toEqual([{ name: 'v', known: 160 }, { name: 'v in words', known: 20, categories: ['unknown'] }]);
  });
  test('stays a column of dates', () => {
    expect(shown((i) => (i % 10 === 0 ? 'None' : i % 10 === 1 ? '9999-12-31' : `2024-0${1 + (i % 9)}-11`)).map(({ name, known }) => `${name} ${known}`)).toEqual(['v age_days 160', 'v month 160', 'v weekday 160']);
    expect(shown((i) => `Mar ${1 + (i % 28)}, 2024`)[0]).toEqual({ name: 'v age_days', known: 200 });
    expect(shown((i) => `2024-${String(1 + (i % 12)).padStart(2, '0')}`)[0]).toEqual({ name: 'v age_days', known: 200 });
  });
  test('is a category where the numbers are few, and no number where the words are many', () => {
    const kind = (f: (i: number) => string) => kindOf(columns(['v'], rows(f)).columns[0], 200, false);
    expect(kind((i) => (i % 5 === 0 ? 'A' : String(i % 8)))).toMatchObject({ kind: 'category' });
    expect(kind((i) => (i % 4 === 0 ? `E${i % 11}${i % 12 === 0 ? 'x' : 'y'}` : String(200 + (i % 40))))).toMatchObject({ kind: 'category' });
    expect(kind((i) => `${i * 1.5} kg`)).toMatchObject({ kind: 'number' });
    expect(kind((i) => `${i * 13} kg`)).toMatchObject({ kind: 'number' });
  });
});
