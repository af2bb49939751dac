/** Vitest global set-up: one real PostgreSQL server for the whole test run, in a temporary folder, gone afterwards. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { findPostgres, HOW_TO_GET_POSTGRES } from './postgresBinaries.ts';

/** Where the server is, or why there is none. */
export type TestServer = { readonly url: string } | { readonly error: string };

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestServer;
  }
}

/** PostgreSQL refuses to run as root: then it runs as somebody who owns nothing else here. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // Try the next name.
    }
  }
  return { uid: 65534, gid: 65534 };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilAnswering(url: string, failed: () => string | undefined): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const reason = failed();
    if (reason !== undefined) throw new Error(`PostgreSQL did not start: ${reason}`);
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await wait(50);
    }
  }
  throw new Error('PostgreSQL did not answer within 10 s.');
}

/** Starts a server. `stop` removes it and its folder. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const user = serverUser();
  const scratch = mkdtempSync(join(tmpdir(), 'tagcast-postgres-'));
  try {
    chmodSync(scratch, 0o755);
    const bin = findPostgres(scratch, user);
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(scratch, 'password');
    writeFileSync(passwordFile, `${password}\n`);
    if (user.uid !== undefined && user.gid !== undefined) {
      chownSync(scratch, user.uid, user.gid);
      chownSync(passwordFile, user.uid, user.gid);
    }
    const data = join(scratch, 'data');
    const options = ['-D', data, '-U', 'tagcast', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-locale', '--no-sync'];
    execFileSync(join(bin, 'initdb'), options, { ...user, cwd: scratch, stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await freePort();
    // One test server on a shared machine: small, and careless about power loss.
    const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=60', 'shared_buffers=128MB', 'listen_addresses=127.0.0.1', `unix_socket_directories=`];
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    const job = JSON.stringify({ command: join(bin, 'postgres'), args, scratch, ...user });
    const supervisor = spawn(process.execPath, [fileURLToPath(new URL('./postgresSupervisor.mjs', import.meta.url)), job], { stdio: ['pipe', 'ignore', 'pipe'] });
    let output = '';
    let ended = false;
    supervisor.stderr.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-4000);
    });
    const exit = new Promise<void>((resolve) => {
      supervisor.once('exit', () => {
        ended = true;
        resolve();
      });
    });
    const url = `postgres://tagcast:${password}@127.0.0.1:${port}/postgres`;
    const stop = async (): Promise<void> => {
      supervisor.stdin.end();
      await exit;
    };
    await untilAnswering(url, () => (ended ? output : undefined)).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { url, stop };
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const server = await startPostgres();
    project.provide('postgres', { url: server.url });
    return server.stop;
  } catch (error) {
    // Tests that need no server still run; the others fail with this text.
    const message = error instanceof Error ? error.message : String(error);
    project.provide('postgres', { error: message.includes(HOW_TO_GET_POSTGRES) ? message : `${message}\n${HOW_TO_GET_POSTGRES}` });
    return () => Promise.resolve();
  }
}
