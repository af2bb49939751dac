/** Runs the real command line inside the test process, and collects what it writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterAll, beforeAll, vi } from 'vitest';
import { main } from '../../../src/surfaces/cli/main.ts';
import { COMMANDS } from '../../../src/surfaces/cli/commands/index.ts';
import { freshDatabase } from '../../support/stores.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliHome {
  /** Folder of the test: the home lies in it, and files to import. */
  readonly folder: string;
  readonly home: string;
  readonly file: (name: string, content: string | Buffer) => string;
  readonly run: (...args: string[]) => Promise<Ran>;
  /** Runs with --json and reads the one document; fails when standard output is anything else. */
  readonly json: (...args: string[]) => Promise<unknown>;
  readonly remove: () => void;
}

/** Like bin/tagcast.mjs in a shell: the exit code is the answer of `main`, or what a command that answered has set. */
export async function runMain(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const text = { stdout: '', stderr: '' };
  const exitCodeBefore = process.exitCode;
  const listeners = process.stdout.listeners('error');
  const spies = (['stdout', 'stderr'] as const).map((stream) => vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
    text[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  }));
  process.exitCode = undefined;
  try {
    const answered = await main(args, env);
    return { code: answered === 0 ? (process.exitCode ?? 0) : answered, ...text };
  } finally {
    process.exitCode = exitCodeBefore;
    for (const spy of spies) spy.mockRestore();
    for (const listener of process.stdout.listeners('error')) if (!listeners.includes(listener)) process.stdout.off('error', listener as () => void);
  }
}

/** @param settings more environment variables, read at each run; without TAGCAST_DATABASE_URL the store is the embedded one */
export function cliHome(settings: NodeJS.ProcessEnv = {}): CliHome {
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-cli-'));
  const home = join(folder, 'home');
  const run = (...args: string[]): Promise<Ran> => runMain(args, { TAGCAST_HOME: home, LANG: 'en_GB.UTF-8', ...settings });
  return {
    folder,
    home,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    run,
    async json(...args) {
      const { code, stdout, stderr } = await run(...args, '--json');
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every command as it is declared, without running anything. */
export async function declaredProgram(): Promise<Command> {
  const program = new Command('tagcast').addOption(new Option('--json')).addOption(new Option('--lang <language>')).addOption(new Option('--quiet'));
  for (const load of Object.values(COMMANDS)) (await load())(program, () => { throw new Error('nothing runs here'); });
  return program;
}

export const COLUMNS = ['--customer', 'customer', '--time', 'time', '--amount', 'amount', '--order', 'order'];

/**
 * The home of one test file on a database of its own on the PostgreSQL server of the tests: a shop in the past, there before the file's own `beforeAll`, gone after its tests.
 * @param settings as of `cliHome`; the address of the database is put into it
 */
export function serverShop(settings: NodeJS.ProcessEnv = {}): CliHome {
  const shop = cliHome(settings);
  let drop: () => Promise<void> = () => Promise.resolve();
  beforeAll(async () => {
    const database = await freshDatabase();
    drop = database.drop;
    settings['TAGCAST_DATABASE_URL'] = database.databaseUrl;
    await shop.json('init', '--historic');
  }, 60_000);
  afterAll(async () => {
    await drop();
    shop.remove();
  });
  return shop;
}
