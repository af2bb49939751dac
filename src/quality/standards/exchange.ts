/** Standards of values as a document, in JSON or as CSV. */
import { z } from 'zod';
import { compareEntries, problemOf } from '../../base/exchange.ts';
import type { DocumentEntry, EntryProblem, ExchangePlan } from '../../base/exchange.ts';
import type { Standard } from '../../conditions/spellings.ts';
import type { Store } from '../../store/connection.ts';
import { readEntries, readEnvelope } from '../../store/exchange.ts';
import { readStandardsCsv } from './csv.ts';
import { checkField, checkStandards, loadStandards, saveStandards } from './edit.ts';

const fieldEntry = z.strictObject({ field: z.string(), entries: z.array(z.strictObject({ standard: z.string(), aliases: z.array(z.string()) })).max(5_000) });
export const standardsDocumentSchema = z.strictObject({ format: z.literal('tagcast-standards'), version: z.literal(1), fields: z.array(fieldEntry).max(1_000) });
export type StandardsDocument = z.infer<typeof standardsDocumentSchema>;

const envelope = standardsDocumentSchema.extend({ fields: z.array(z.unknown()).max(1_000) });

/** Every field that has standards. */
export async function exportStandards(store: Store): Promise<StandardsDocument> {
  const fields = (await loadStandards(store)).map(({ field, entries }) => ({ field, entries: entries.map(({ standard, aliases }) => ({ standard, aliases: [...aliases] })) }));
  return { format: 'tagcast-standards', version: 1, fields };
}

/** @throws AppError `bad_data` naming the line */
export function standardsFromCsv(text: string): StandardsDocument {
  const fields = [...readStandardsCsv(text)].map(([field, entries]) => ({ field, entries: entries.map(({ standard, aliases }) => ({ standard, aliases: [...aliases] })) }));
  return { format: 'tagcast-standards', version: 1, fields };
}

const fieldsOf = (entries: readonly Standard[]): DocumentEntry['fields'] => Object.fromEntries(entries.map(({ standard, aliases }) => [standard, aliases]));

/** What a document would change: the standards of each field that it names become those of the store; other fields stay. @throws AppError `invalid_input` for what is no such document */
export async function planStandards(inside: Store, document: unknown): Promise<ExchangePlan> {
  const outer = readEnvelope(envelope, document, 'standards', 'tagcast standards export');
  const stored = await loadStandards(inside);
  const read = readEntries(fieldEntry, outer.fields, 'field', 'field');
  const problems: EntryProblem[] = [...read.problems];
  const checked = read.entries.flatMap(({ field, entries }) => {
    try {
      checkField(field);
      return [{ field, entries: checkStandards(entries) }];
    } catch (error) {
      problems.push(problemOf('field', field, 'entries', error));
      return [];
    }
  });
  const differences = compareEntries(
    checked.map(({ field, entries }) => ({ part: 'field', key: field, fields: fieldsOf(entries) })),
    stored.map(({ field, version, entries }) => ({ part: 'field', key: field, version, fields: fieldsOf(entries) })),
  );
  const written = new Set(differences.filter(({ state }) => state === 'new' || state === 'changed').map(({ key }) => key));
  return {
    differences,
    problems,
    async write(actor) {
      for (const { field, entries } of checked) if (written.has(field)) await saveStandards(inside, field, entries, actor);
    },
  };
}
