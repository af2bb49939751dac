import { describe, expect, test } from 'vitest';
import { differenceOf } from '../../scripts/notebook/compare.ts';
import { CellFailed, execute } from '../../scripts/notebook/execute.ts';
import { splitLast } from '../../scripts/notebook/lastExpression.ts';
import type { Notebook, Output } from '../../scripts/notebook/document.ts';

describe('the last expression of a cell', () => {
  test.each([
    ['1 + 1', '', '1 + 1'],
    ['const a = 1;\na + 1', 'const a = 1;\n', 'a + 1'],
    ['const a = { b: [1, 2] };\n`${a.b.map((x) => `<${x};>`).join(";")}`;', 'const a = { b: [1, 2] };\n', '`${a.b.map((x) => `<${x};>`).join(";")}`'],
    ['function f() {\n  return 1;\n}\nf()', 'function f() {\n  return 1;\n}\n', 'f()'],
    ['for (const x of [1]) {\n  f(x);\n}\n// shown; always\ntable({ a: "}" })', 'for (const x of [1]) {\n  f(x);\n}\n// shown; always\n', 'table({ a: "}" })'],
    ['import { a } from "b";\nawait a()', 'import { a } from "b";\n', 'await a()'],
    ['const f = (x) => {\n  return x;\n};\nf(1)', 'const f = (x) => {\n  return x;\n};\n', 'f(1)'],
    ['chart({\n  lines: [{\n    a: 1,\n  }],\n})', '', 'chart({\n  lines: [{\n    a: 1,\n  }],\n})'],
  ])('%s', (source, before, expression) => {
    expect(splitLast(source)).toEqual({ before, expression });
  });

  test.each(['const a = 1;', 'for (const a of []) {}', '// nothing', '', 'function f() { return 1; }', "import { a } from 'b';"])('%j has none', (source) => {
    expect(splitLast(source)).toEqual({ before: source });
  });
});

describe('comparing outputs', () => {
  const shown = (text: string, type = 'text/plain'): Output[][] => [[{ output_type: 'execute_result', data: { [type]: [text] } }]];

  test('numbers may differ by their last digit, words may not', () => {
    expect(differenceOf(shown('AUC 0.9108 of 1,326'), shown('AUC 0.9109 of 1,327'))).toBeUndefined();
    expect(differenceOf(shown('AUC 0.9108'), shown('AUC 0.9208'))).toContain('cell 1, text/plain:\n  kept  AUC 0.9108\n  found AUC 0.9208');
    expect(differenceOf(shown('bg_nbd 1'), shown('logistic 1'))).toContain('found logistic 1');
    expect(differenceOf(shown('1 2'), shown('1'))).toContain('kept  1 2');
  });

  test('drawings may differ by a third of a pixel', () => {
    expect(differenceOf(shown('<path d="M0.1 5"/>', 'image/svg+xml'), shown('<path d="M0.3 5"/>', 'image/svg+xml'))).toBeUndefined();
    expect(differenceOf(shown('<path d="M0.1 5"/>', 'image/svg+xml'), shown('<path d="M2 5"/>', 'image/svg+xml'))).toContain('image/svg+xml');
  });

  test('another number of outputs, and another kind, are named', () => {
    expect(differenceOf([[]], shown('a'))).toBe('cell 1 has 1 output(s), kept are 0');
    expect(differenceOf(shown('a', 'text/html'), shown('a'))).toBe('cell 1 shows text/plain, kept is text/html');
  });
});

describe('running', () => {
  const notebook = (...sources: string[]): Notebook => ({ cells: sources.map((source, i) => ({ cell_type: 'code', id: `c${i}`, metadata: {}, source: source.split(/(?<=\n)/) })), metadata: {}, nbformat: 4, nbformat_minor: 5 });

  test('cells share one scope, await at the top, print, display and show their last value', async () => {
    const outputs = await execute(notebook('const a = await Promise.resolve(20);\nconsole.log("a is", a);\na + 1', 'display("first");\n({ sum: a + 22 });', 'const b = 1;'));
    expect(outputs).toEqual([
      [{ output_type: 'stream', name: 'stdout', text: ['a is 20\n'] }, { output_type: 'execute_result', data: { 'text/plain': ['21'] }, execution_count: 1, metadata: {} }],
      [{ output_type: 'display_data', data: { 'text/plain': ['first'] }, metadata: {} }, { output_type: 'execute_result', data: { 'text/plain': ['{ sum: 42 }'] }, execution_count: 2, metadata: {} }],
      [],
    ]);
  });

  test('a cell that fails is named', async () => {
    const failure = await execute(notebook('1', 'throw new Error("no data")')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CellFailed);
    expect(failure).toMatchObject({ cell: 2, message: 'cell 2 failed: no data' });
  });
});
