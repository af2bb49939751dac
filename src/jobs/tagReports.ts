/** Usefulness reports of tags: on demand, and for all of them once a week in the night, so that there is always one of last week to compare with. */
import { AppError, describeError, throwIfCancelled } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { addDays } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { CHANGE_DAYS } from '../reports/tags/past.ts';
import { makeTagReports } from '../reports/tags/make.ts';
import { tagReportSchema } from '../reports/tags/document.ts';
import type { TagReport } from '../reports/tags/document.ts';
import type { Store } from '../store/connection.ts';
import { newestReportDay, saveTagReports, tagReportsUntil } from '../store/repositories/tagReports.ts';
import { loadCatalogue } from '../tags/catalogue/catalogue.ts';

export interface TagReportsDeps {
  readonly store: Store;
  readonly timeZone: string;
  readonly names?: Pick<ConditionNames, 'attributes' | 'eventKinds'>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Reports of some tags as of now; nothing is kept. @throws AppError `cancelled`, `invalid_input` for a tag that nobody carries */
export async function reportOnTags(deps: TagReportsDeps, today: LocalDate, keys: readonly string[]): Promise<TagReport[]> {
  const { store, timeZone, progress, signal } = deps;
  const catalogue = await loadCatalogue(store.db, deps.names);
  const asked = catalogue.tags.find(({ key, onDemand }) => onDemand === true && key === keys[0]);
  if (asked !== undefined && keys.length === 1) throw new AppError('invalid_input', `${asked.key} is answered on demand and nobody carries it, so there is nothing to report on.`, { hint: `How good it is: \`tagcast models show ${asked.model ?? ''}\`.` });
  return makeTagReports(store, catalogue, { today, timeZone, keys, ...(progress === undefined ? {} : { progress }), ...(signal === undefined ? {} : { signal }) });
}

/** Reports of every tag, kept under the day. @throws AppError `cancelled` */
export async function reportOnAllTags(deps: TagReportsDeps, today: LocalDate): Promise<TagReport[]> {
  const { store } = deps;
  const reports = await reportOnTags(deps, today, (await loadCatalogue(store.db, deps.names)).tags.map(({ key }) => key));
  await saveTagReports(store.db, reports.map((document) => ({ key: document.key, day: today, document })), store.clock.now());
  return reports;
}

/** The newest reports that were kept; empty before the first. */
export async function keptTagReports(store: Store): Promise<{ readonly day: LocalDate; readonly reports: readonly TagReport[] } | undefined> {
  const day = await newestReportDay(store.db);
  if (day === undefined) return undefined;
  // A tag that was deleted since, or a document of an older shape, is not part of it.
  return { day, reports: (await tagReportsUntil(store.db, day)).filter((row) => row.day === day).flatMap(({ document }) => tagReportSchema.safeParse(document).data ?? []) };
}

export type WeeklyReports = { readonly tags: number } | { readonly failure: { readonly code: string; readonly message: string } } | 'not_due';

/** In the night: a report that cannot be made is said and ends nothing. @throws AppError `cancelled` */
export async function reportWeekly(deps: TagReportsDeps, today: LocalDate): Promise<WeeklyReports> {
  const newest = await newestReportDay(deps.store.db);
  if (newest !== undefined && newest > addDays(today, -CHANGE_DAYS)) return 'not_due';
  try {
    return { tags: (await reportOnAllTags(deps, today)).length };
  } catch (error) {
    throwIfCancelled(deps.signal, 'Reporting on tags');
    const { code, message } = describeError(error);
    return { failure: { code, message } };
  }
}
