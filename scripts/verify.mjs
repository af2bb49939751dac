/** `npm run verify`: install, check types, lint, run every test. Stops at the first step that fails and says which. */
import { spawnSync } from 'node:child_process';
import { buildKernel } from './build.mjs';
import { install, requireNode, root } from './install.mjs';

requireNode();
const steps = [
  { title: 'Checking types', program: 'node_modules/typescript/bin/tsc', args: ['-p', 'tsconfig.json'] },
  { title: 'Linting', program: 'node_modules/oxlint/bin/oxlint', args: ['--deny-warnings', '--type-aware'] },
  { title: 'Running the tests', program: 'node_modules/vitest/vitest.mjs', args: ['run', ...process.argv.slice(2)] },
];
const started = Date.now();
console.log(`[1/${steps.length + 1}] Installing packages and building the kernel`);
install({ dev: true });
buildKernel();
for (const [index, { title, program, args }] of steps.entries()) {
  console.log(`[${index + 2}/${steps.length + 1}] ${title}`);
  const run = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) {
    console.error(`verify stopped: "${title}" failed (exit ${run.status ?? run.signal}).`);
    process.exit(run.status ?? 1);
  }
}
console.log(`verify passed in ${Math.round((Date.now() - started) / 1000)} s`);
