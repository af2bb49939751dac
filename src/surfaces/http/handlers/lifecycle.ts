/** Lifecycle: rules, the feed of changes, flows by week. */
import type { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { silentProgress } from '../../../base/progress.ts';
import { parseWeek } from '../../../base/week.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import { findRulesVersion, listRulesVersions } from '../../../store/repositories/lifecycle.ts';
import { stageChanges } from '../../../store/repositories/lifecycleChanges.ts';
import { stageAccuracy } from '../../../tags/lifecycle/accuracy.ts';
import { stageFlows } from '../../../tags/lifecycle/flows.ts';
import { DEFAULT_LIFECYCLE, rulesHash } from '../../../tags/lifecycle/rules.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { accuracyQuery, accuracySchema, changesQuery, changesSchema, flowsQuery, flowsSchema, rulesSchema } from '../schemas/lifecycle.ts';
import { afterCursor, cursorOf } from './segments.ts';

type StageName = z.input<typeof changesSchema>['changes'][number]['from'];

export async function readRules(_call: unknown, deps: AppDeps): Promise<z.input<typeof rulesSchema>> {
  const rules = deps.scoring({ progress: silentProgress }).lifecycle ?? DEFAULT_LIFECYCLE;
  const hash = rulesHash(rules);
  const versions = await listRulesVersions(deps.store.db);
  return {
    rules, hash, version: (await findRulesVersion(deps.store.db, hash)) ?? null,
    versions: versions.map(({ madeAt, rules: used, ...rest }) => ({ ...rest, rules: used as z.core.util.JSONType, madeAt: instantText(madeAt) })),
  };
}

export async function readChanges({ query, caller }: Call<unknown, z.output<typeof changesQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof changesSchema>> {
  const { cursor, limit = 100, from, to } = query;
  const { changes, next, more } = await stageChanges(deps.store.db, { after: cursor === undefined ? 0 : afterCursor(cursor), limit, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  // A reader who asks every minute and finds nothing has learned of nobody.
  if (changes.length > 0) await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'lifecycle.changes', object: 'lifecycle', details: { customers: changes.length } });
  return {
    changes: changes.map(({ externalId, runId, day, rulesVersion, contactable, ...change }) => ({ customer: externalId, from: change.from as StageName, to: change.to as StageName, day, run: runId, rulesVersion, contactable })),
    next: cursorOf(next), more,
  };
}

export async function readFlows({ query: { from, to, weeks = 5 } }: Call<unknown, z.output<typeof flowsQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof flowsSchema>> {
  const flows = await stageFlows(deps.store.db, { weeks, ...(from === undefined ? {} : { from: parseWeek(from, 'The first week') }), ...(to === undefined ? {} : { to: parseWeek(to, 'The last week') }) });
  return { weeks: [...flows.weeks], nodes: [...flows.nodes], links: [...flows.links] };
}

/** That there is no outcome yet is an answer and no failure: a page shows it like the figures. */
export async function readAccuracy({ query }: Call<unknown, z.output<typeof accuracyQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof accuracySchema>> {
  const { forecastDays } = deps.scoring({ progress: silentProgress }).lifecycle ?? DEFAULT_LIFECYCLE;
  try {
    const { day, later, all, byStage, wins } = await stageAccuracy(deps.store.db, forecastDays, query.asOf);
    return { accuracy: { day, later, all: { ...all }, byStage: byStage.map((one) => ({ ...one })), wins }, unknown: null };
  } catch (error) {
    if (error instanceof AppError && error.code === 'insufficient_data') return { accuracy: null, unknown: `${error.message} ${error.hint}` };
    throw error;
  }
}
