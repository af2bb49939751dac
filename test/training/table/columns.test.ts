import { describe, expect, test } from 'vitest';
import { numberIn } from '../../../src/training/table/numerals.ts';
import { isBlank, tableBuilder, textAt } from '../../../src/training/table/rawTable.ts';
import type { RawColumn } from '../../../src/training/table/rawTable.ts';
import { kindOf } from '../../../src/training/table/kinds.ts';
import { tableProblem } from '../../../src/training/table/problem.ts';
import { targetOf } from '../../../src/training/table/target.ts';
import { fitView } from '../../../src/training/table/views.ts';
import type { Matrix } from '../../../src/base/matrix.ts';

function column(name: string, texts: readonly string[]): RawColumn {
  const builder = tableBuilder([name]);
  for (const text of texts) builder.add([text]);
  return builder.finish().columns[0];
}
const repeat = (count: number, f: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => f(i));
const kind = (name: string, texts: readonly string[], kept = false) => kindOf(column(name, texts), texts.length, kept);

describe('cells', () => {
  test.each([['12', 12], ['-3.5e-4', -3.5e-4], ['1,234.50', 1234.5], ['12,5', 12.5], ['$1,234', 1234], ['¥ 99.9', 99.9], ['45 %', 45], ['-€3', -3], ['.5', 0.5], ['0', 0],
    ['900元', 900], ['3.2万', 32_000], ['1,200 万元', 12_000_000], ['-0.07亿', -7_000_000]])('%s is a number', (text, value) => {
    expect(numberIn(text)).toBe(value);
  });
  test.each(['007', '1.2.3', '12 a', '2024-01-05', '--3', '1e999', '$', '%', '1,23,4', '万', '3天', '3万万'])('%s is none', (text) => {
    expect(numberIn(text)).toBeNaN();
  });
  test('blanks are missing, words are answers', () => {
    expect(['', 'NA', 'n/a', 'NaN', 'NULL', '?', '\\N'].every(isBlank)).toBe(true);
    expect(['Unknown', 'none', '-', '0'].some(isBlank)).toBe(false);
  });
  test('a column keeps its texts beside its numbers', () => {
    const mixed = column('plan', ['7', ' ', 'gold', '7', 'gold']);
    expect([0, 1, 2, 3, 4].map((row) => textAt(mixed, row))).toEqual(['7', '', 'gold', '7', 'gold']);
    expect(mixed.texts).toEqual(['gold']);
  });
});

describe('what a column is', () => {
  test('quantities, codes and strays', () => {
    expect(kind('price', repeat(60, (i) => String(i * 1.5)))).toEqual({ kind: 'number', fewValues: false });
    expect(kind('region', repeat(60, (i) => String(i % 9)))).toEqual({ kind: 'number', fewValues: true });
    expect(kind('flag', repeat(60, (i) => String(i % 2)))).toEqual({ kind: 'number', fewValues: false });
    expect(kind('income', repeat(200, (i) => (i === 9 ? '*' : String(i * 3.5))))).toEqual({ kind: 'number', fewValues: false });
  });
  test('dates in the orders that people write them in', () => {
    for (const write of [(d: number) => `2024-03-${String(d).padStart(2, '0')}`, (d: number) => `${d}/3/2024`, (d: number) => `2024年3月${d}日`, (d: number) => `202403${String(d).padStart(2, '0')}`, (d: number) => `${String(d).padStart(2, '0')}-Mar-24`]) {
      const found = kind('signup', repeat(28, (i) => write(i + 1)));
      expect(found).toMatchObject({ kind: 'date', hours: false });
      expect('times' in found && new Date(found.times[13]).toISOString().slice(0, 10)).toBe('2024-03-14');
    }
    expect(kind('seen', repeat(30, (i) => `3/${1 + (i % 28)}/2024 12:30`))).toMatchObject({ kind: 'date', hours: true });
  });
  test('names of rows are left out, unless they are kept', () => {
    expect(kind('CustomerId', repeat(60, (i) => String(15_000_000 + i * 7)))).toEqual({ kind: 'left_out', why: 'identifier' });
    expect(kind('', repeat(60, (i) => String(i)))).toEqual({ kind: 'left_out', why: 'identifier' });
    expect(kind('turnover', repeat(60, (i) => String(i * i + 7 * i)))).toEqual({ kind: 'number', fewValues: false });
    expect(kind('member', repeat(60, (i) => `AX-${i}`))).toEqual({ kind: 'left_out', why: 'identifier' });
    expect(kind('member', repeat(60, (i) => `AX-${i}`), true).kind).toBe('category');
    expect(kind('remark', repeat(60, (i) => `the parcel with number ${i} came far too late and was damaged`))).toEqual({ kind: 'left_out', why: 'free_text' });
  });
  test('nothing to learn from', () => {
    expect(kind('a', repeat(5, () => ' '))).toEqual({ kind: 'left_out', why: 'empty' });
    expect(kind('a', repeat(5, () => 'x'))).toEqual({ kind: 'left_out', why: 'constant' });
    expect(kind('a', repeat(5, () => '3'))).toEqual({ kind: 'left_out', why: 'constant' });
    expect(kind('a', ['x', '', 'x', ''])).toEqual({ kind: 'category', levels: ['x'] });
  });
  test('categories and two-way answers', () => {
    expect(kind('plan', repeat(60, (i) => ['a', 'b', 'c'][i % 3]))).toEqual({ kind: 'category', levels: ['a', 'b', 'c'] });
    expect(kind('mail', repeat(60, (i) => (i % 2 === 0 ? 'yes' : 'no')))).toEqual({ kind: 'boolean', levels: ['no', 'yes'] });
  });
});

describe('the target', () => {
  const target = (texts: readonly string[], wish = {}) => targetOf(column('t', texts), texts.length, wish);
  test('two labels: the one that says yes, else the rarer one, else the wish', () => {
    expect(target(['no', 'yes', 'yes', 'yes']).classes).toEqual(['no', 'yes']);
    expect(target(['stayed', 'left', 'stayed']).classes).toEqual(['stayed', 'left']);
    expect(target(['stayed', 'left', 'stayed'], { positive: 'stayed' })).toMatchObject({ classes: ['left', 'stayed'], y: Float64Array.of(1, 0, 1) });
    expect(target(['0', '1', '1', '1']).y).toEqual(Float64Array.of(0, 1, 1, 1));
  });
  test('words for yes and no are one answer in any case; other texts keep theirs', () => {
    expect(target(['TRUE', 'false', 'True', '', 'FALSE'])).toMatchObject({ task: 'binary', classes: ['false', 'true'], y: Float64Array.of(1, 0, 1, Number.NaN, 0) });
    expect(target(['Red', 'red', 'Blue', 'red']).classes).toEqual(['Blue', 'Red', 'red']);
    expect(target(['流失', '流失', '未流失', '流失']).classes).toEqual(['未流失', '流失']);
  });
  test('a word for no answer is no third class beside yes and no, and none beside numbers', () => {
    expect(target(['Yes', 'None', 'No', 'Yes'])).toMatchObject({ task: 'binary', classes: ['No', 'Yes'], y: Float64Array.of(1, Number.NaN, 0, 1) });
    expect(target(['1', '未知', '0', '-']).y).toEqual(Float64Array.of(1, Number.NaN, 0, Number.NaN));
    expect(target(repeat(90, (i) => (i % 9 === 0 ? 'unknown' : String(i * 1.25 - 20)))).task).toBe('number');
    expect(target(['a', 'None', 'b', 'a']).task).toBe('multiclass');
  });
  test('missing targets stay missing', () => {
    expect(target(['no', '', 'yes']).y).toEqual(Float64Array.of(0, Number.NaN, 1));
  });
  test('classes, counts, amounts and numbers', () => {
    expect(target(['a', 'b', 'c'])).toMatchObject({ task: 'multiclass', classes: ['a', 'b', 'c'] });
    expect(target(repeat(90, (i) => String(i % 3))).task).toBe('multiclass');
    expect(target(repeat(90, (i) => String(i % 9))).task).toBe('count');
    expect(target(repeat(90, (i) => (i % 3 === 0 ? '0' : String(i * 1.25)))).task).toBe('amount');
    expect(target(repeat(90, (i) => String(i * 1.25 - 20))).task).toBe('number');
    expect(target(repeat(90, (i) => String(i % 3)), { task: 'count' }).task).toBe('count');
  });
  test.each([
    [['a', 'a'], {}, 'bad_data'], [['', ''], {}, 'bad_data'], [['a', 'b', 'c'], { task: 'binary' }, 'bad_data'], [['a', 'b'], { positive: 'c' }, 'invalid_input'], [['a', 'b', 'c'], { positive: 'a' }, 'invalid_input'],
    [['-1', '2.5', '3', '4'], { task: 'amount' }, 'bad_data'], [['1.5', '2', '3', '4'], { task: 'count' }, 'bad_data'], [repeat(120, (i) => `label ${i}`), {}, 'bad_data'],
  ] as const)('%s with %o is refused', (texts, wish, code) => {
    expect(() => target(texts, wish)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the problem', () => {
  const table = (names: readonly string[], rows: readonly (readonly string[])[]) => {
    const builder = tableBuilder(names);
    for (const row of rows) builder.add(row);
    return builder.finish();
  };
  const rows = Array.from({ length: 60 }, (_, i) => [`2024-01-${String(1 + (i % 28)).padStart(2, '0')}`, `2024-02-${String(1 + ((i * 5) % 28)).padStart(2, '0')}`, ['a', 'b', 'c'][i % 3], String(i % 2)]);
  const wish = { target: 't', drop: [], keep: [] };

  test('dates become ages, parts of the calendar, and the days between them', () => {
    const problem = tableProblem(table(['signup', 'paid', 'plan', 't'], rows), 60, wish);
    expect(problem.x.columns.map(({ name }) => name)).toEqual(['signup age_days', 'signup month', 'signup weekday', 'paid age_days', 'paid month', 'paid weekday', 'plan', 'signup to paid days']);
    const value = (name: string, row: number) => problem.x.columns.find((one) => one.name === name)?.values[row];
    expect(value('signup age_days', 0)).toBe(27);
    expect(value('signup weekday', 0)).toBe(0);
    expect(value('signup to paid days', 0)).toBe(31);
  });
  test('a second file is read with the levels and dates of the first; unknown levels get places of their own', () => {
    const both = [...rows, ['2024-05-01', '', 'z', '1']];
    const problem = tableProblem(table(['signup', 'paid', 'plan', 't'], both), 60, wish);
    expect([...problem.testRows]).toEqual([60]);
    const plan = problem.x.columns.find(({ name }) => name === 'plan');
    expect(plan?.categories).toEqual(['a', 'b', 'c', 'z']);
    expect(plan?.values[60]).toBe(3);
    expect(problem.notes.find(({ column: name }) => name === 'plan')?.levels).toBe(3);
  });
  test('the column of time orders and does not teach; groups and dropped columns are left out', () => {
    const problem = tableProblem(table(['signup', 'paid', 'plan', 't'], rows), 60, { ...wish, time: 'signup', group: 'plan', drop: ['paid'] });
    expect(problem.x.columns.map(({ name }) => name)).toEqual(['signup weekday']);
    expect(problem.time?.[0]).toBe(Date.UTC(2024, 0, 1));
    expect(problem.notes.map(({ why }) => why)).toEqual(['time', 'asked', 'group', 'target']);
  });
});

test('a linear model gets bends where the rows could tell them apart, and plain columns where there are more columns than that', () => {
  const matrix = (rows: number, columns: number): Matrix => ({ rows, columns: Array.from({ length: columns }, (_, c) => ({ name: `c${c}`, values: Float64Array.from({ length: rows }, (__, i) => (i * (c + 3)) % 97) })) });
  const shown = (x: Matrix): number => fitView('linear', x, new Set())(x).columns.length;
  expect(shown(matrix(100, 20))).toBe(20 * 6);
  expect(shown(matrix(100, 21))).toBe(21);
});
