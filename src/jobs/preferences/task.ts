/** The part of training preferences that runs in a thread: from a snapshot folder, no store. */
import type { LocalDate } from '../../base/time.ts';
import { offsetPeriods } from '../../features/zone.ts';
import { openColumns } from '../../store/snapshot/open.ts';
import { trainPreferences } from '../../training/preference/train.ts';
import type { TrainedPreferences } from '../../training/preference/train.ts';

/** Everything the thread is told; plain data. */
export interface PreferenceTask {
  readonly snapshotDir: string;
  readonly timeZone: string;
  readonly end: LocalDate;
  readonly seed: number;
}

export async function runPreferenceTask({ snapshotDir, timeZone, end, seed }: PreferenceTask, onStep: (step: string) => void): Promise<TrainedPreferences> {
  // One thread: sums of doubles then do not depend on how work was dealt out.
  const columns = await openColumns(snapshotDir, { threads: 1 });
  try {
    return await trainPreferences({ columns, plan: { timeZone, zone: offsetPeriods(timeZone) }, end, seed, onStep });
  } finally {
    columns.close();
  }
}
