/** The running counts of an import: what the report is made of, and what a resumed import goes on with. */
import { z } from 'zod';

const tally = z.record(z.string(), z.int().min(0));

export const countsSchema = z.strictObject({
  /** Raised when another process takes the import over; only the latest one may commit. */
  fence: z.int().min(1),
  /** Records read, which is the place in the file to go on from. */
  rows: z.int().min(0),
  taken: z.int().min(0),
  duplicates: z.int().min(0),
  quarantined: z.int().min(0),
  skipped: z.int().min(0),
  quarantineReasons: tally,
  skipReasons: tally,
  /** Rows that were imported and counted under a name all the same. */
  notes: tally,
  kinds: tally,
  customersCreated: z.int().min(0),
  firstEventAt: z.int().optional(),
  lastEventAt: z.int().optional(),
  quarantineBytes: z.int().min(0),
  milliseconds: z.number().min(0),
});
export type ImportCounts = z.infer<typeof countsSchema>;

export function zeroCounts(): ImportCounts {
  return { fence: 1, rows: 0, taken: 0, duplicates: 0, quarantined: 0, skipped: 0, quarantineReasons: {}, skipReasons: {}, notes: {}, kinds: {}, customersCreated: 0, quarantineBytes: 0, milliseconds: 0 };
}

export function copyCounts(counts: ImportCounts): ImportCounts {
  return structuredClone(counts);
}

export function tick(tally: Record<string, number>, name: string, by = 1): void {
  tally[name] = (tally[name] ?? 0) + by;
}

/** Widens the span of event times. */
export function spread(counts: ImportCounts, first: number, last: number): void {
  counts.firstEventAt = Math.min(counts.firstEventAt ?? first, first);
  counts.lastEventAt = Math.max(counts.lastEventAt ?? last, last);
}

/** Every record that was read is counted in exactly one place. */
export function addsUp(counts: ImportCounts): boolean {
  return counts.rows === counts.taken + counts.duplicates + counts.quarantined + counts.skipped;
}
