import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { differenceOf } from './compare.ts';
import { codeCells, encodeNotebook, withOutputs, type Notebook } from './document.ts';
import { execute } from './execute.ts';
import { typeFaults } from './types.ts';

const folder = fileURLToPath(new URL('../../notebooks/', import.meta.url));
const check = process.argv.includes('--check');
const types = process.argv.includes('--types');
const wanted = process.argv.slice(2).filter((one) => !one.startsWith('--'));
const files = readdirSync(folder).filter((file) => file.endsWith('.ipynb') && (wanted.length === 0 || wanted.some((name) => file.startsWith(name)))).sort();
if (files.length === 0) {
  console.error(`There is no notebook called ${wanted.join(', ')}. There are: ${readdirSync(folder).filter((file) => file.endsWith('.ipynb')).sort().join(', ')}.`);
  process.exit(2);
}
if (types) {
  const faults = typeFaults(folder, files);
  console.log(faults === '' ? `${files.length} notebook(s): types are right` : faults);
  process.exit(faults === '' ? 0 : 1);
}
for (const file of files) {
  const notebook = JSON.parse(readFileSync(folder + file, 'utf8')) as Notebook;
  try {
    const outputs = await execute(notebook);
    const difference = check ? differenceOf(codeCells(notebook).map((cell) => cell.outputs ?? []), outputs) : undefined;
    if (difference !== undefined) throw new Error(difference);
    if (!check) writeFileSync(folder + file, encodeNotebook(withOutputs(notebook, outputs)));
    console.log(`${file}: ${outputs.length} cells, ${check ? 'outputs as kept' : 'outputs written'}`);
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Error && error.cause instanceof Error) console.error(error.cause.stack);
    process.exitCode = 1;
  }
}
