/** Installs the packages of package-lock.json once: a marker beside them says which lock file they came from. Plain JavaScript: it runs before anything is installed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marker = join(root, 'node_modules', '.tagcast-installed');

/** Ends the process with a clear message when Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Tagcast needs Node 20.19 or newer; this is Node ${process.versions.node}. Install a newer Node and run the same command again.`);
    process.exit(2);
  }
}

/** @param {{dev: boolean}} options with `dev` also the tools that verify needs */
export function install({ dev }) {
  // A linked folder belongs to another checkout (git worktrees): `npm ci` would empty it for that one too.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    console.log('  packages are linked from another checkout and left alone');
    return;
  }
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const installed = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
  if (installed === `${lock} all` || (!dev && installed === `${lock} production`)) {
    console.log('  packages are already installed');
    return;
  }
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(dev ? [] : ['--omit=dev'])];
  console.log(`  npm ${args.join(' ')}`);
  const run = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  if (run.status !== 0) {
    console.error('The packages could not be installed (see the lines above). Check the network and the free disk, then run the same command again.');
    process.exit(run.status ?? 1);
  }
  writeFileSync(marker, `${lock} ${dev ? 'all' : 'production'}`);
}
