/** Every notebook run anew and held to the outputs that are kept in it. The last line is JSON with the seconds of each; the exit code is 1 where one differs. */
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
console.log(JSON.stringify({ bench: 'notebooks', seconds, differing, ratios: [] }));
process.exitCode = differing.length === 0 ? 0 : 1;
