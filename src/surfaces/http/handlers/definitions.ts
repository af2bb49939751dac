/** Definitions as documents: written out, compared, read in; and rule tags of files. */
import type { z } from 'zod';
import { BOM } from '../../../base/csv.ts';
import type { EntryDifference } from '../../../base/exchange.ts';
import { silentProgress } from '../../../base/progress.ts';
import { compareDefinitions, EXCHANGES, importDefinitions, takeDefinitionFiles } from '../../../jobs/definitions.ts';
import type { DefinitionKind, Imported } from '../../../jobs/definitions.ts';
import { importStandards } from '../../../jobs/standards.ts';
import { writeStandardsCsv } from '../../../quality/standards/csv.ts';
import { standardsFromCsv } from '../../../quality/standards/exchange.ts';
import { deletedKeys } from '../../../store/repositories/tagDefinitions.ts';
import { compareFiles } from '../../../tags/catalogue/files.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call, Download } from '../route.ts';
import type { comparedResponse, csvQuery, importedResponse, importQuery, standardsImportedResponse, tagFilesResponse, takeFilesBody, takenResponse } from '../schemas/definitions.ts';

type Json = z.input<typeof comparedResponse>['entries'][number]['changes'][number]['before'];
export type ImportCall = Call<unknown, z.output<typeof importQuery>, unknown>;

function entryView({ changes, ...entry }: EntryDifference): z.input<typeof comparedResponse>['entries'][number] {
  return { ...entry, changes: changes.map(({ field, before, after }) => ({ field, before: before as Json, after: after as Json })) };
}

/** CSV is the other form of a document of standards. */
const documentOf = (body: unknown): unknown => (typeof body === 'string' ? standardsFromCsv(body) : body);

export function writeDefinitions(kind: DefinitionKind) {
  return (_call: unknown, deps: AppDeps): Promise<unknown> => EXCHANGES[kind].export(deps.store);
}

export function diffDefinitions(kind: DefinitionKind) {
  return async ({ body }: Call<unknown, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof comparedResponse>> => {
    const { state, entries, problems } = await compareDefinitions(deps.store, kind, documentOf(body));
    return { state, entries: entries.map(entryView), problems: [...problems] };
  };
}

function optionsOf({ query, caller }: ImportCall) {
  return { actor: actorOf(caller), dryRun: query.dryRun === 'true', ...(query.expectedState === undefined ? {} : { expectedState: query.expectedState }) };
}

function importView({ dryRun, created, edited, same, entries }: Imported): z.input<typeof importedResponse> {
  return { dryRun, created: [...created], edited: [...edited], same: [...same], entries: entries.map(entryView) };
}

export function readDefinitions(kind: Exclude<DefinitionKind, 'standards'>) {
  return async (call: ImportCall, deps: AppDeps): Promise<z.input<typeof importedResponse>> => importView(await importDefinitions(deps.store, kind, call.body, optionsOf(call)));
}

export async function readStandardDefinitions(call: ImportCall, deps: AppDeps): Promise<z.input<typeof standardsImportedResponse>> {
  const imported = await importStandards(deps.scoring({ progress: silentProgress, signal: call.signal }), documentOf(call.body), { ...optionsOf(call), asOf: await deps.today() });
  return { ...importView(imported), applied: [...imported.applied] };
}

export async function downloadStandards({ query }: Call<unknown, z.output<typeof csvQuery>, unknown>, deps: AppDeps): Promise<Download> {
  const { fields } = await EXCHANGES.standards.export(deps.store);
  const text = `${query.bom === 'true' ? BOM : ''}${writeStandardsCsv(fields)}`;
  return { contentType: 'text/csv; charset=utf-8', fileName: 'standards.csv', body: (async function* once() { yield Buffer.from(text); })() };
}

export async function listTagFiles(_call: unknown, deps: AppDeps): Promise<z.input<typeof tagFilesResponse>> {
  return { tags: compareFiles(deps.scoring({ progress: silentProgress }).ruleTags, await deps.catalogue(), await deletedKeys(deps.store.db)) };
}

export async function takeTagFiles({ body, caller }: Call<unknown, unknown, z.output<typeof takeFilesBody>>, deps: AppDeps): Promise<z.input<typeof takenResponse>> {
  return { written: await takeDefinitionFiles(deps.store, deps.scoring({ progress: silentProgress }).ruleTags, { actor: actorOf(caller), overwrite: body?.overwrite === true }) };
}
