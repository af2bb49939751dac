/** Imports the assignment list of an experiment from a file. */
import { startOfDay } from '../../base/time.ts';
import { importAssignments } from '../../experiments/assign.ts';
import type { Assigned } from '../../experiments/assign.ts';
import { experimentNamed } from '../../experiments/edit.ts';
import type { Store } from '../../store/connection.ts';
import { readAssignmentList } from './assignmentList.ts';
import type { ListColumns } from './assignmentList.ts';

/** @throws AppError as {@link readAssignmentList} and {@link importAssignments}. */
export async function importAssignmentFile(store: Store, key: string, path: string, columns: ListColumns, about: { readonly timeZone: string; readonly actor: string; readonly signal?: AbortSignal }): Promise<Assigned & { readonly otherArms: number }> {
  const { startsOn } = await experimentNamed(store, key);
  const { list, otherArms } = await readAssignmentList(path, columns, about);
  return { ...(await importAssignments(store, key, list, { startsAt: startOfDay(startsOn, about.timeZone), timeZone: about.timeZone, actor: about.actor })), otherArms };
}
