/** The ledger of searches in the home folder: one file per data, seed and declaration, one line per fit, written as soon as it is known. */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SearchLedger } from '../../training/search/ledger.ts';

const lineSchema = z.strictObject({ key: z.string(), loss: z.number().nullable() });

/** Keys are hashed: they hold declarations, and may be long. A last line that was cut off (the process was killed) is ignored. @param folder made when the first loss is recorded */
export function fileLedger(folder: string, name: string): SearchLedger {
  const file = join(folder, `${name}.ndjson`);
  const losses = new Map<string, number | null>();
  for (const line of linesOf(file)) {
    const read = lineSchema.safeParse(parsed(line));
    if (read.success) losses.set(read.data.key, read.data.loss);
  }
  const hashed = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
  let open = false;
  return {
    known: (key) => losses.get(hashed(key)),
    record(key, loss) {
      if (!open) mkdirSync(folder, { recursive: true });
      // Begins a new line, so that a line that was cut off spoils no other.
      appendFileSync(file, `${open ? '' : '\n'}${JSON.stringify({ key: hashed(key), loss })}\n`);
      open = true;
      losses.set(hashed(key), loss);
    },
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  } catch {
    // No file yet: nothing is known.
    return [];
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
