/** `npm run build`: compiles the kernel of tree training from AssemblyScript to WebAssembly, unless the compiled file is of this very source. Nothing else is built: TypeScript runs as it is. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';

const folder = join(root, 'src', 'estimators', 'trees', 'kernel');
const source = join(folder, 'assembly');
const compiled = join(folder, 'kernel.wasm');

/** Name of the custom section that says which source a kernel was compiled from; src/estimators/trees/kernel/compiled.ts reads it and serves no other. */
const SECTION = 'tagcast.source';

/** SHA-256 over names and contents of the source, as src/estimators/trees/kernel/compiled.ts works it out. */
function sourceHash() {
  const hash = createHash('sha256');
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(join(source, file)));
  return hash.digest();
}

function compiledFrom() {
  if (!existsSync(compiled)) return undefined;
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(readFileSync(compiled)), SECTION);
  return section === undefined ? undefined : Buffer.from(section);
}

/** A custom section: id 0, its length, the length of the name, the name, the content; every length here fits into one byte. */
function section(content) {
  const name = Buffer.from(SECTION);
  return Buffer.concat([Buffer.of(0, 1 + name.length + content.length, name.length), name, content]);
}

/** Ends the process with a message when the source does not compile. */
export function buildKernel() {
  const hash = sourceHash();
  if (compiledFrom()?.equals(hash) === true) {
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
  appendFileSync(half, section(hash));
  // Whole or not at all: a process that reads it meanwhile keeps the old one.
  renameSync(half, compiled);
  console.log(`  compiled ${statSync(compiled).size} bytes`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernel();
