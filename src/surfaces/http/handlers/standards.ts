/** Standards of values: read, written and applied, suggested. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { applyStandards, suggestionsFor } from '../../../jobs/standards.ts';
import type { AppliedStandards } from '../../../jobs/standards.ts';
import { standardsStates } from '../../../jobs/standardsState.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import { loadStandards, saveStandards, standardsNamed } from '../../../quality/standards/edit.ts';
import type { FieldVocabulary } from '../../../quality/standards/edit.ts';
import { standardsVersions } from '../../../store/repositories/standards.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { applicationResponse, appliedResponse, applyBody, standardsBody, standardsFieldResponse, standardsParams, standardsResponse, suggestionsResponse } from '../schemas/standards.ts';

type FieldCall<Body = unknown> = Call<z.output<typeof standardsParams>, unknown, Body>;

function view({ field, version, entries }: FieldVocabulary): z.input<typeof standardsResponse>['fields'][number] {
  return { field, version, entries: entries.map(({ standard, aliases }) => ({ standard, aliases: [...aliases] })) };
}

export async function listStandards(_call: Call<unknown, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof standardsResponse>> {
  return { fields: (await loadStandards(deps.store)).map(view) };
}

export async function readStandards({ params: { field } }: FieldCall, deps: AppDeps): Promise<z.input<typeof standardsFieldResponse>> {
  const found = standardsNamed(await loadStandards(deps.store), field);
  const versions = await standardsVersions(deps.store.db, field);
  return { ...view(found), versions: versions.map(({ version, entries, actor, changedAt }) => ({ version, standards: entries?.length ?? null, actor, changedAt: instantText(changedAt) })) };
}

async function applyNow(deps: AppDeps, signal: AbortSignal, fields?: readonly string[]): Promise<AppliedStandards[]> {
  return applyStandards(deps.scoring({ progress: silentProgress, signal }), { asOf: await deps.today(), ...(fields === undefined ? {} : { fields }) });
}

export async function applyStandardsNow({ body, caller, signal }: Call<unknown, unknown, z.output<typeof applyBody>>, deps: AppDeps): Promise<z.input<typeof appliedResponse>> {
  const applied = await applyNow(deps, signal, body?.fields);
  await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'standards.applied', object: 'standards', details: { fields: applied.map(({ field }) => field) } });
  return { applied };
}

export async function readApplication(_call: unknown, deps: AppDeps): Promise<z.input<typeof applicationResponse>> {
  return { fields: (await standardsStates(deps.store)).map((one) => ({ ...one })) };
}

export async function putStandards({ params: { field }, body, caller, signal }: FieldCall<z.output<typeof standardsBody>>, deps: AppDeps): Promise<z.input<typeof appliedResponse>> {
  await saveStandards(deps.store, field, body.entries, actorOf(caller), body.expectedVersion);
  return { applied: await applyNow(deps, signal, [field]) };
}

export async function removeStandards({ params: { field }, caller, signal }: FieldCall, deps: AppDeps): Promise<z.input<typeof appliedResponse>> {
  standardsNamed(await loadStandards(deps.store), field);
  await saveStandards(deps.store, field, null, actorOf(caller));
  return { applied: await applyNow(deps, signal, [field]) };
}

export async function readSuggestions({ params: { field } }: FieldCall, deps: AppDeps): Promise<z.input<typeof suggestionsResponse>> {
  return { suggestions: (await suggestionsFor(deps.store, field)).map(({ standard, aliases }) => ({ standard, aliases: aliases.map((alias) => ({ ...alias })) })) };
}
