/** `npm run quickstart`: install, then let the command line build the demo shop, train, score and serve. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildKernel } from './build.mjs';
import { install, requireNode, root } from './install.mjs';

requireNode();
console.log('Tagcast quickstart\n[0] Installing packages and building the kernel');
install({ dev: false });
buildKernel();
const child = spawn(process.execPath, [join(root, 'bin', 'tagcast.mjs'), 'quickstart', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 5));
