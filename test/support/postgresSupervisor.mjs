// @ts-check
// Runs one PostgreSQL server and removes it when our standard input closes: also when the test run was killed and could not clean up.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/** @type {{ command: string, args: string[], uid?: number, gid?: number, scratch: string }} */
const { command, args, uid, gid, scratch } = JSON.parse(process.argv[2] ?? '{}');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const server = spawn(command, args, { cwd: scratch, stdio: ['ignore', 'inherit', 'inherit'], detached: true, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) });
const stop = () => {
  server.kill('SIGINT');
  setTimeout(() => server.kill('SIGKILL'), 10_000).unref();
};
process.stdin.on('end', stop).on('error', stop).resume();
server.on('error', () => finish(1));
server.on('exit', (code) => finish(code ?? 1));

/** @param {number} code */
function finish(code) {
  rmSync(scratch, { recursive: true, force: true });
  process.exit(code);
}
