/** Runs the cells of a notebook in order, in one scope: they become one module, so imports, types and top-level await work as in any file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { isDisplayable, DISPLAY } from '../../src/reports/notebook/display.ts';
import { codeCells, linesOf, type Notebook, type Output } from './document.ts';
import { splitLast } from './lastExpression.ts';

/** What the module calls; `display` is for cells that show more than their last value. */
interface Hooks {
  begin(cell: number): void;
  show(value: unknown): void;
}

declare global {
  var tagcastNotebook: Hooks | undefined;
  var display: ((value: unknown) => void) | undefined;
}

export class CellFailed extends Error {
  readonly cell: number;

  constructor(cell: number, cause: unknown) {
    super(`cell ${cell} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.cell = cell;
  }
}

function dataOf(value: unknown): Record<string, string[]> {
  if (isDisplayable(value)) return Object.fromEntries(Object.entries(value[DISPLAY]()).map(([type, text]) => [type, linesOf(text)]));
  return { 'text/plain': linesOf(typeof value === 'string' ? value : inspect(value, { depth: 4, maxArrayLength: 20, breakLength: 110, compact: 3 })) };
}

/** The text of the module. `index` is where '../src/index.ts' lies for it. */
export function moduleOf(notebook: Notebook, index: string): string {
  const cells = codeCells(notebook).map(({ source }, i) => {
    const { before, expression } = splitLast(source.join(''));
    return `globalThis.tagcastNotebook!.begin(${i + 1});\n${before}\n${expression === undefined ? '' : `globalThis.tagcastNotebook!.show(\n${expression}\n);\n`}`;
  });
  return cells.join('\n').replaceAll(`'../src/index.ts'`, JSON.stringify(index));
}

/** One list of outputs per code cell. @throws CellFailed */
export async function execute(notebook: Notebook): Promise<Output[][]> {
  const outputs: Output[][] = codeCells(notebook).map(() => []);
  let cell = 0;
  const add = (output: Output): void => void outputs[cell - 1]?.push(output);
  const print = (...values: readonly unknown[]): void => add({ output_type: 'stream', name: 'stdout', text: linesOf(`${values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')}\n`) });
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-notebook-'));
  const { log } = console;
  try {
    const file = join(folder, 'cells.mts');
    writeFileSync(file, moduleOf(notebook, new URL('../../src/index.ts', import.meta.url).href));
    globalThis.tagcastNotebook = {
      begin: (next) => void (cell = next),
      show: (value) => value !== undefined && add({ output_type: 'execute_result', data: dataOf(value), execution_count: cell, metadata: {} }),
    };
    globalThis.display = (value) => add({ output_type: 'display_data', data: dataOf(value), metadata: {} });
    console.log = print;
    await import(pathToFileURL(file).href);
    return outputs;
  } catch (error) {
    throw new CellFailed(Math.max(1, cell), error);
  } finally {
    console.log = log;
    rmSync(folder, { recursive: true, force: true });
  }
}
