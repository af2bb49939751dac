/** The cells of notebooks through the compiler, with the settings of the project. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Notebook } from './document.ts';
import { moduleOf } from './execute.ts';

/** What the compiler says about these notebooks, '' when nothing. The modules lie beside the notebooks while it looks at them. */
export function typeFaults(folder: string, files: readonly string[]): string {
  const beside = join(folder, '.types');
  mkdirSync(beside, { recursive: true });
  try {
    for (const file of files) {
      const text = moduleOf(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Notebook, '../../src/index.ts');
      writeFileSync(join(beside, file.replace(/\.ipynb$/, '.ts')), `import type {} from '../../scripts/notebook/execute.ts';\n${text}`);
    }
    writeFileSync(join(beside, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }));
    const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
    const run = spawnSync(process.execPath, [compiler, '-p', join(beside, 'tsconfig.json')], { encoding: 'utf8' });
    return run.status === 0 ? '' : `${run.stdout}${run.stderr}`.trim();
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
