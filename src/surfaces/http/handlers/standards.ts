/** Standards of values: read, written and applied, suggested. */
import type { z } from 'zod';
import { applyStandards, suggestionsFor } from '../../../jobs/standards.ts';
import { loadStandards, saveStandards, standardsNamed } from '../../../quality/standards/edit.ts';
import type { FieldVocabulary } from '../../../quality/standards/edit.ts';
import { standardsVersions } from '../../../store/repositories/standards.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { appliedResponse, standardsBody, standardsFieldResponse, standardsParams, standardsResponse, suggestionsResponse } from '../schemas/standards.ts';

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

export async function putStandards({ params: { field }, body, caller, signal }: FieldCall<z.output<typeof standardsBody>>, deps: AppDeps): Promise<z.input<typeof appliedResponse>> {
  await saveStandards(deps.store, field, body.entries, actorOf(caller), body.expectedVersion);
  return { applied: await applyStandards({ store: deps.store, signal }, [field]) };
}

export async function removeStandards({ params: { field }, caller, signal }: FieldCall, deps: AppDeps): Promise<z.input<typeof appliedResponse>> {
  standardsNamed(await loadStandards(deps.store), field);
  await saveStandards(deps.store, field, null, actorOf(caller));
  return { applied: await applyStandards({ store: deps.store, signal }, [field]) };
}

export async function readSuggestions({ params: { field } }: FieldCall, deps: AppDeps): Promise<z.input<typeof suggestionsResponse>> {
  return { suggestions: (await suggestionsFor(deps.store, field)).map(({ standard, aliases }) => ({ standard, aliases: aliases.map((alias) => ({ ...alias })) })) };
}
