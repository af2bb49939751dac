/**
 * Features of a cut-off built once and shared by the models of one training: they train in threads of their own and ask for the same cut-offs. The first thread that asks
 * builds and writes a file, the others read it. The folder lives as long as the training; sums in it are of one snapshot and one feature plan.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { throwIfCancelled } from '../../base/errors.ts';
import type { FeatureRows, TrainingSource } from '../../training/dataset.ts';

const headSchema = z.strictObject({ rows: z.int(), names: z.array(z.string()) });

/** Bytes of one cut-off beyond which reading back would cost about what building does. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Room that a file leaves on the disk. */
const FREE_BYTES = 1024 * 1024 * 1024;
/** How long another thread's build is waited for before this one builds for itself, in steps. */
const STEP_MS = 20;
const MOST_STEPS = 3000;

/** `source` with its features kept in files of `folder`. A file that cannot be read or written costs a build, nothing else. */
export function sharedFeatures(source: TrainingSource, folder: string): TrainingSource {
  return {
    ...source,
    async features(cutoff, signal) {
      const file = join(folder, `${cutoff}.bin`);
      const found = read(file) ?? (claim(file) ? undefined : await waitFor(file, signal));
      if (found !== undefined) return found;
      try {
        const built = await source.features(cutoff, signal);
        write(file, built, folder);
        return built;
      } finally {
        rmSync(`${file}.claim`, { force: true });
      }
    },
  };
}

/** Whether this thread is the one to build. */
function claim(file: string): boolean {
  try {
    closeSync(openSync(`${file}.claim`, 'wx'));
    return true;
  } catch {
    return false;
  }
}

async function waitFor(file: string, signal: AbortSignal | undefined): Promise<FeatureRows | undefined> {
  for (let step = 0; step < MOST_STEPS && existsSync(`${file}.claim`); step++) {
    throwIfCancelled(signal, 'The feature build');
    await pause(STEP_MS);
  }
  return read(file);
}

/** One line of JSON, padded to a multiple of eight bytes; then customer ids and columns as doubles. */
function write(file: string, { customerIds, matrix }: FeatureRows, folder: string): void {
  const bytes = (matrix.columns.length + 1) * matrix.rows * 8;
  if (bytes > MOST_BYTES || matrix.columns.some(({ categories }) => categories !== undefined)) return;
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < bytes + FREE_BYTES) return;
    const head = JSON.stringify({ rows: matrix.rows, names: matrix.columns.map(({ name }) => name) });
    const length = Math.ceil((Buffer.byteLength(head) + 1) / 8) * 8;
    const whole = Buffer.alloc(length + bytes);
    whole.write(head.padEnd(length - (Buffer.byteLength(head) - head.length) - 1) + '\n', 'utf8');
    [customerIds, ...matrix.columns.map(({ values }) => values)].forEach((values, i) => {
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(whole, length + i * matrix.rows * 8);
    });
    writeFileSync(`${file}.part`, whole);
    renameSync(`${file}.part`, file);
  } catch {
    // A full disk or a folder that is gone: the features are in memory all the same.
    rmSync(`${file}.part`, { force: true });
  }
}

function read(file: string): FeatureRows | undefined {
  try {
    if (!existsSync(file)) return undefined;
    const whole = readFileSync(file);
    const end = whole.indexOf(10) + 1;
    const { rows, names } = headSchema.parse(JSON.parse(whole.toString('utf8', 0, end)));
    if (whole.length !== end + (names.length + 1) * rows * 8) return undefined;
    const column = (i: number): Float64Array => {
      const values = new Float64Array(rows);
      whole.copy(Buffer.from(values.buffer), 0, end + i * rows * 8, end + (i + 1) * rows * 8);
      return values;
    };
    return { customerIds: column(0), matrix: { rows, columns: names.map((name, i) => ({ name, values: column(i + 1) })) } };
  } catch {
    return undefined;
  }
}
