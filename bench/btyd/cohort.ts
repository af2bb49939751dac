/** Cohorts for the benchmark: CDNOW where it lies beside the project, else one of the same size and parameters; and a million simulated customers. */
import { writeFileSync } from 'node:fs';
import { seededRandom } from '../../src/base/random.ts';
import { simulateBtyd } from '../../test/support/btydShop.ts';
import { summarise } from '../../test/support/cdnow.ts';
import { sharedData } from '../../test/support/sharedData.ts';

const CDNOW = { model: 'bg_nbd', r: 0.2516, alpha: 4.789, a: 0.7234, b: 2.1611, p: 6.275, q: 3.6245, gamma: 14.98 } as const;

export interface Cohort {
  readonly x: Float64Array;
  /** Days. */
  readonly recency: Float64Array;
  readonly age: Float64Array;
  readonly monetary: Float64Array;
}

/** Whole days, as a shop's calendar has them. */
function simulated(customers: number): Cohort {
  const rows = simulateBtyd(CDNOW, customers, seededRandom('btyd bench').int(1000), 0);
  const column = (f: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, f);
  return { x: column((row) => row.x), recency: column((row) => Math.round(row.recencyDays)), age: column((row) => Math.round(row.ageDays)), monetary: column((row) => row.monetary) };
}

export function cdnowMaster(): { readonly name: string; readonly cohort: Cohort } {
  const path = sharedData('cdnow_master/cdnow_master.csv');
  if (path === undefined) return { name: 'simulated cohort of 23,570', cohort: simulated(23_570) };
  const rows = summarise(path, { id: 0, date: 1, amount: 3 }, '1997-09-30');
  const column = (f: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, f);
  return { name: 'CDNOW master, 23,570 customers', cohort: { x: column((row) => row.x), recency: column((row) => row.recencyDays), age: column((row) => row.ageDays), monetary: column((row) => row.monetary) } };
}

export const million = (): Cohort => simulated(1_000_000);

/** x, recency, age, monetary as little-endian doubles, column after column: the same file for both sides. */
export function writeCohort(file: string, { x, recency, age, monetary }: Cohort): void {
  writeFileSync(file, Buffer.concat([x, recency, age, monetary].map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength))));
}
