/** `npm run bench -- <name> [--json] [more]`: runs bench/<name>.bench.ts in a process of its own. Without a name: lists them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../bench/', import.meta.url));
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(folder).filter((file) => file.endsWith('.bench.ts')).map((file) => file.slice(0, -'.bench.ts'.length)).sort();

if (name === undefined || !/^[a-zA-Z0-9_-]+$/.test(name) || !existsSync(`${folder}${name}.bench.ts`)) {
  console.error(`Usage: npm run bench -- <name> [--json]\nBenchmarks: ${names.join(', ')}`);
  process.exit(2);
}
const { status, signal } = spawnSync(process.execPath, ['--import', 'tsx', `${folder}${name}.bench.ts`, ...rest], { stdio: 'inherit' });
process.exit(signal === null ? (status ?? 1) : 1);
