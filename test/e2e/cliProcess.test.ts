/** The command line as processes of their own: Ctrl-C, a second process beside a server, exit codes as a shell sees them. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { simulateShop } from '../../src/simulator/shop.ts';
import { cliHome, COLUMNS } from '../surfaces/cli/kit.ts';

const shop = cliHome();
const BIN = fileURLToPath(new URL('../../bin/tagcast.mjs', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly text: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  /** Waits until the pattern stands in one of the two outputs, which arrive in no order of their own. */
  seen(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<void>;
}

const children: ChildProcess[] = [];

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, TAGCAST_HOME: shop.home, TAGCAST_DATABASE_URL: '', LANG: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const text = { stdout: '', stderr: '' };
  const waiting: (() => void)[] = [];
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => { resolve(code); });
  });
  const seen: Running['seen'] = (stream, pattern) =>
    new Promise((resolve, reject) => {
      const look = (): void => { if (pattern.test(text[stream])) resolve(); };
      waiting.push(look);
      look();
      child.on('close', (code) => { reject(new Error(`ended with ${String(code)} before ${String(pattern)}: ${text.stderr}`)); });
    });
  return { child, text, ended, seen };
}

beforeAll(async () => {
  await shop.json('init', '--historic');
}, 120_000);

afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

afterAll(() => {
  shop.remove();
});

/** Orders of a simulated shop, so that training has something to work on. */
function orders(): string {
  const { events } = simulateShop({ seed: 5, customers: 320, days: 500, endDate: '2026-04-01', futureDays: 0 });
  const lines = [...events].flatMap((event) => (event.kind === 'order' ? [`${event.customer},${new Date(event.occurredAt).toISOString()},${String(event.amount)},${String(event.orderRef)}`] : []));
  return `customer,time,amount,order\n${lines.join('\n')}\n`;
}

describe('Ctrl-C', () => {
  test('during an import: exit 5, what was committed stays, and the same command finishes it', async () => {
    const rows = Array.from({ length: 150_000 }, (_, i) => `K${i % 50},2024-03-0${1 + (i % 9)} 10:00:00,1.00,K${i}`);
    const path = shop.file('many.csv', `customer,time,amount,order\n${rows.join('\n')}\n`);
    const running = start('import', path, ...COLUMNS, '--json');
    await running.seen('stderr', /import: [\d,]+ \/ [\d,]+ bytes/);
    running.child.kill('SIGINT');
    expect(await running.ended, running.text.stderr).toBe(5);
    expect(running.text.stdout).toBe('');
    expect(running.text.stderr).toMatch(/"code":"cancelled"[^\n]*Run the same command again/);
    const report = (await shop.json('import', path, ...COLUMNS, '--quiet')) as { rows: number; taken: number; duplicates: number; quarantined: number };
    expect(report).toMatchObject({ rows: 150_000, taken: 150_000, duplicates: 0, quarantined: 0 });
  });

  test('during training: exit 5, no half model, and the store opens again at once', async () => {
    expect(await shop.run('import', shop.file('orders.csv', orders()), ...COLUMNS, '--quiet')).toMatchObject({ code: 0 });
    const running = start('train', 'churn');
    await running.seen('stderr', /train: \d+ \/ \d+ fits {2}churn/);
    running.child.kill('SIGINT');
    expect(await running.ended, running.text.stderr).toBe(5);
    expect(running.text.stderr).toMatch(/Error \(cancelled\): Training was cancelled\.\nWhat to do: Run `tagcast train` again/);
    for (const sign of ['\r', '\u001B', '█']) expect(running.text.stderr).not.toContain(sign);
    expect(await shop.json('models', 'list')).toMatchObject({ versions: [] });
  });
});

describe('serve', () => {
  test('keeps the store for itself, tells others who it is, and stops cleanly on SIGTERM', async () => {
    const server = start('serve', '--port', '0', '--json');
    await server.seen('stdout', /\}\n/);
    const { url } = JSON.parse(server.text.stdout) as { url: string };
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const refused = await shop.run('score');
    // The server is another process than this one, so the lock names it.
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`Error (store_locked): The data folder is in use by process ${server.child.pid}`);
    expect(refused.stderr).toContain(`Stop process ${server.child.pid} first`);
    const doctor = await shop.run('doctor');
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining(`✗ store: The data folder is in use by process ${server.child.pid}`) as string });
    server.child.kill('SIGTERM');
    expect(await server.ended, server.text.stderr).toBe(0);
    expect(await shop.run('tags', 'list')).toMatchObject({ code: 0 });
  });
});

test('doctor ends with exit 1 while something is wrong, and a failing command with the code of its error', async () => {
  const doctor = start('doctor');
  expect(await doctor.ended).toBe(1);
  expect(doctor.text.stdout).toContain('✗ model churn: no serving version');
  const wrong = start('scor');
  expect(await wrong.ended).toBe(2);
  expect(wrong.text.stderr).toContain('Did you mean score?');
});
