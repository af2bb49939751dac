/** Who holds a lock: a process, told apart from a later process with the same number, and from one on another machine or in another container. */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

export interface LockOwner {
  readonly pid: number;
  /** Start of the process as the system tells it; empty where it cannot be known. */
  readonly started: string;
  /** Identity of the system start; empty where it cannot be known. */
  readonly boot: string;
  /** Where process numbers are comparable: host and process namespace. */
  readonly place: string;
}

const run = promisify(execFile);

/** When the process with this number started (field 22 of /proc/<pid>/stat, or `ps`); undefined: there is no such process. */
export async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie holds no files any more.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    if (!alive(pid)) return undefined;
    return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    );
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export async function ownIdentity(): Promise<LockOwner> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return { pid: process.pid, started: (await startOf(process.pid)) ?? '', boot: boot.trim(), place: `${hostname()} ${namespace}`.trim() };
}
