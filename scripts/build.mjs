/** `npm run build`: compiles the kernel of tree training from AssemblyScript to WebAssembly, unless the compiled file is newer than its source. Nothing else is built: TypeScript runs as it is. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';

const folder = join(root, 'src', 'estimators', 'trees', 'kernel');
const source = join(folder, 'assembly');
const compiled = join(folder, 'kernel.wasm');

/** Ends the process with a message when the source does not compile. */
export function buildKernel() {
  const newest = Math.max(statSync(fileURLToPath(import.meta.url)).mtimeMs, ...readdirSync(source).map((file) => statSync(join(source, file)).mtimeMs));
  if (existsSync(compiled) && statSync(compiled).mtimeMs > newest) {
    console.log('  the compiled kernel is up to date');
    return;
  }
  const half = `${compiled}.part`;
  const run = spawnSync(process.execPath, [
    join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js'), join(source, 'index.ts'), '--outFile', half,
    '--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--runtime', 'stub',
    '--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536',
  ], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) {
    console.error('The kernel of tree training could not be compiled (see the lines above).');
    process.exit(run.status ?? 1);
  }
  // Whole or not at all: a process that reads it meanwhile keeps the old one.
  renameSync(half, compiled);
  console.log(`  compiled ${statSync(compiled).size} bytes`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernel();
