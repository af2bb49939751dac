/** Notebooks as files, and the first of them run anew; `npm run bench -- notebooks` runs all. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { codeCells, encodeNotebook, withOutputs, type Notebook } from '../scripts/notebook/document.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(`${root}notebooks`).filter((file) => file.endsWith('.ipynb'));

describe.each(files)('%s', (file) => {
  const text = readFileSync(`${root}notebooks/${file}`, 'utf8');
  const notebook = JSON.parse(text) as Notebook;
  const cells = codeCells(notebook);

  test('imports the public surface only', () => {
    const imported = cells.flatMap(({ source }) => [...source.join('').matchAll(/(?:\}\s*from|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, from]) => from));
    expect([...new Set(imported)]).toEqual(['../src/index.ts']);
  });

  test('has kept outputs of every cell, none of them an error, numbered in order', () => {
    expect(cells.filter(({ outputs = [] }) => outputs.length === 0 || outputs.some(({ data, text: said }) => data === undefined && said === undefined)).map(({ id }) => id)).toEqual([]);
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
    expect(text).toBe(encodeNotebook(withOutputs(notebook, cells.map(({ outputs }) => outputs ?? []))));
  });

  test('tells a story: a question, the business, the limits; shows charts; names no folder of one machine', () => {
    const story = notebook.cells.filter(({ cell_type: type }) => type === 'markdown').map(({ source }) => source.join('')).join('\n');
    for (const part of ['**Question.**', '## What we would tell the business', '**Limits.**']) expect(story).toContain(part);
    expect(text).toContain('image/svg+xml');
    expect(text).not.toMatch(/file:\/\/|[ "'(]\/(?:home|root|tmp|Users|work|var)\/|[A-Z]:\\\\/);
  });
});

test('the first notebook gives the outputs that it keeps', { timeout: 120_000 }, () => {
  const run = spawnSync(process.execPath, [`${root}scripts/notebook.mjs`, '--check', '01'], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.stdout).toContain('outputs as kept');
});
