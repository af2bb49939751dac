/** Changes of the standards of a field: checked as a whole, versioned, written to the audit log. */
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { keyLiteral } from '../../conditions/literals.ts';
import { normalForm } from '../../conditions/spellings.ts';
import type { Standard } from '../../conditions/spellings.ts';
import { suggestNames } from '../../conditions/suggest.ts';
import type { Store } from '../../store/connection.ts';
import { recordAudit } from '../../store/repositories/audit.ts';
import { isStorableText } from '../../store/repositories/bulk.ts';
import { addStandardsVersion, latestStandards } from '../../store/repositories/standards.ts';

const spelling = z.string().trim().min(1).max(256).refine(isStorableText, 'has a character that cannot be stored');
export const standardsSchema = z.array(z.strictObject({ standard: spelling, aliases: z.array(spelling).max(1_000) })).min(1).max(5_000);

export interface FieldVocabulary {
  readonly field: string;
  /** 0 where there is none yet. */
  readonly version: number;
  readonly entries: readonly Standard[];
}

const EVENT_COLUMNS = ['product', 'category', 'channel', 'campaign'] as const;

function wrong(reason: string, details: Readonly<Record<string, unknown>> = {}): never {
  throw new AppError('invalid_input', `The standards cannot be saved: ${reason}.`, { details, hint: 'See docs/standards.md.' });
}

/** @throws AppError `invalid_input` */
export function checkField(field: string): string {
  const [place, ...rest] = field.split('.');
  const key = rest.join('.');
  const fits = place === 'event' ? EVENT_COLUMNS.some((column) => column === key) : (place === 'attribute' || place === 'property') && keyLiteral.safeParse(key).success;
  if (!fits) wrong(`a field is attribute.KEY, property.KEY, or event.COLUMN with ${EVENT_COLUMNS.join(', ')}`);
  return field;
}

/** Standards without aliases that say nothing. @throws AppError `invalid_input` for what is wrong, `conflict` where one spelling would mean two things */
export function checkStandards(value: unknown): Standard[] {
  const parsed = standardsSchema.safeParse(value);
  if (!parsed.success) return wrong(`${parsed.error.issues[0].path.join('.') || 'its top'}: ${parsed.error.issues[0].message}`);
  const owners = new Map<string, string>();
  const claim = (text: string, standard: string): void => {
    const form = normalForm(text);
    if (form === '') wrong('a spelling has nothing but spaces');
    const owner = owners.get(form);
    if (owner !== undefined && owner !== standard) {
      throw new AppError('conflict', `One spelling would mean two things: "${text}" belongs to "${owner}" and to "${standard}".`, { details: { spelling: text, standards: [owner, standard] }, hint: 'A standard is no alias of another one, and an alias has one standard. Merge both, or take it out of one.' });
    }
    owners.set(form, standard);
  };
  for (const { standard } of parsed.data) {
    if (owners.has(normalForm(standard))) throw new AppError('conflict', `The standard "${standard}" is there twice.`, { details: { spelling: standard }, hint: 'Case, width and spaces make no difference. Merge both.' });
    claim(standard, standard);
  }
  for (const { standard, aliases } of parsed.data) for (const alias of aliases) claim(alias, standard);
  return parsed.data.map(({ standard, aliases }) => {
    const seen = new Set([normalForm(standard)]);
    return { standard, aliases: aliases.filter((alias) => !seen.has(normalForm(alias)) && seen.add(normalForm(alias)) !== undefined) };
  });
}

/** By field. */
export async function loadStandards(store: Store): Promise<FieldVocabulary[]> {
  return (await latestStandards(store.db)).flatMap(({ field, version, entries }) => (entries === null ? [] : [{ field, version, entries }]));
}

/** @throws AppError `not_found` with what may have been meant */
export function standardsNamed<F extends { readonly field: string }>(all: readonly F[], field: string): F {
  const found = all.find((one) => one.field === field);
  if (found !== undefined) return found;
  const suggestions = suggestNames(field, all.map((one) => one.field));
  throw new AppError('not_found', `There are no standards of "${field.slice(0, 80)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'See `tagcast standards list`.' });
}

/** The names of all fields, or those that are asked for. @throws AppError `not_found` for one that never had standards */
export function fieldsKnown(all: readonly { readonly field: string }[], wanted: readonly string[] = all.map(({ field }) => field)): string[] {
  return [...new Set(wanted.map((field) => standardsNamed(all, field).field))];
}

/**
 * @param entries null takes the standards of the field away
 * @param expectedVersion version that the editor saw, 0 for a field without any; absent: whatever is there
 * @throws AppError `invalid_input`, `conflict`
 */
export async function saveStandards(store: Store, field: string, entries: unknown, actor: string, expectedVersion?: number): Promise<FieldVocabulary> {
  checkField(field);
  const checked = entries === null ? null : checkStandards(entries);
  const before = (await latestStandards(store.db)).find((one) => one.field === field);
  const seen = before === undefined || before.entries === null ? 0 : before.version;
  const version = (before?.version ?? 0) + 1;
  const at = store.clock.now();
  if ((expectedVersion !== undefined && expectedVersion !== seen) || !(await addStandardsVersion(store.db, { field, version, entries: checked, actor, changedAt: at }))) {
    throw new AppError('conflict', `The standards of ${field} were changed by somebody else meanwhile; version ${expectedVersion ?? seen} is not the latest.`, { details: { field, expectedVersion: expectedVersion ?? seen }, hint: 'Read them again and make your change to what is there now.' });
  }
  await recordAudit(store.db, { at, actor, action: checked === null ? 'standards.deleted' : 'standards.saved', object: field, details: { version, standards: checked?.length ?? 0 } });
  return { field, version, entries: checked ?? [] };
}
