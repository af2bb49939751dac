/**
 * `npm run notebooks [-- name …]` runs notebooks and writes their outputs into them; with `--check` nothing is written and another output than the kept one fails.
 * `--types` runs nothing and checks the types of the cells instead. A name is the beginning of a file's, for example `02`. Without one: all of them.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { status, signal } = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('notebook/main.ts', import.meta.url)), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(signal === null ? (status ?? 1) : 1);
