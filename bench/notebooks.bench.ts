/** Every notebook run anew and held to the outputs that are kept in it, and the types of all cells. The last line is JSON with the seconds of each; the exit code is 1 where one differs. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(`${root}notebooks`).filter((file) => file.endsWith('.ipynb')).sort();
const seconds: Record<string, number> = {};
const differing: string[] = [];
for (const file of files) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [`${root}scripts/notebook.mjs`, '--check', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  seconds[file] = Math.round((performance.now() - started) / 100) / 10;
  if (status !== 0) differing.push(file);
}
const types = spawnSync(process.execPath, [`${root}scripts/notebook.mjs`, '--types'], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
console.log(JSON.stringify({ bench: 'notebooks', seconds, differing, types, ratios: [] }));
process.exitCode = differing.length === 0 && types ? 0 : 1;
