/** Rule tags as a document: from one store to another, or into a repository and back. */
import { z } from 'zod';
import { compareEntries, problemOf } from '../../base/exchange.ts';
import type { DocumentEntry, EntryProblem, ExchangePlan } from '../../base/exchange.ts';
import type { Condition } from '../../conditions/schema.ts';
import { readAnyCondition } from '../../conditions/text/readAny.ts';
import { writeCondition } from '../../conditions/text/write.ts';
import { circleError, circlesThrough } from '../../store/changeDefinitions.ts';
import type { Store } from '../../store/connection.ts';
import { readEntries, readEnvelope } from '../../store/exchange.ts';
import type { DefinitionStatus } from '../../store/repositories/tagDefinitions.ts';
import { catalogueWith, loadCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { writeCategory } from './categoryEdit.ts';
import { checkRule, STATUS_CHANGE, writeRule } from './edit.ts';
import type { RuleInput } from './edit.ts';
import { categoryDocument, categoryFields, categoryProblems, treeWith } from './exchangeCategories.ts';

const words = z.strictObject({ zh: z.string(), en: z.string() });
const tagDocument = z.strictObject({
  key: z.string(), category: z.string(), label: words, description: words, owner: z.string(), condition: z.unknown(), band: z.strictObject({ code: z.string(), label: words }), ttlDays: z.int().positive().nullable(),
  status: z.enum(['draft', 'enabled', 'paused']),
});

export const ruleDocumentSchema = z.strictObject({
  format: z.literal('tagcast-rule-tags'),
  version: z.literal(1),
  /** The shop's own categories; absent in documents of before there were any. */
  categories: z.array(categoryDocument).max(1_000).optional(),
  tags: z.array(tagDocument).max(10_000),
});
export type RuleDocument = z.infer<typeof ruleDocumentSchema>;

const envelope = ruleDocumentSchema.extend({ categories: z.array(z.unknown()).max(1_000).optional(), tags: z.array(z.unknown()).max(10_000) });

/** Every rule tag of the store, by key, and the categories that the shop made or changed, parents first. */
export function exportRules({ rules, categories }: Catalogue): RuleDocument {
  const tags = rules.map(({ key, category, label, description, owner, condition, band, ttlDays, status }) => ({ key, category, label, description, owner, condition, band, ttlDays, status }));
  const own = categories.filter(({ version }) => version > 0).map(({ code, parent, label }) => ({ code, parent, label }));
  return { format: 'tagcast-rule-tags', version: 1, categories: own, tags: tags.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

interface RuleEntry {
  readonly input: RuleInput;
  readonly status: DefinitionStatus;
}

function ruleFields({ category, label, description, owner, condition, band, ttlDays }: Omit<RuleInput, 'key'>, status: DefinitionStatus): DocumentEntry['fields'] {
  return {
    condition: writeCondition(condition), category, 'label.zh': label.zh, 'label.en': label.en, 'description.zh': description.zh, 'description.en': description.en, owner,
    'band.code': band.code, 'band.label.zh': band.label.zh, 'band.label.en': band.label.en, ttlDays, status,
  };
}

function readTags(values: readonly unknown[]): { readonly tags: readonly RuleEntry[]; readonly problems: readonly EntryProblem[] } {
  const { entries, problems } = readEntries(tagDocument, values, 'tag');
  const wrong = [...problems];
  const tags = entries.flatMap(({ status, condition, ...rest }): RuleEntry[] => {
    try {
      return [{ status, input: { ...rest, condition: readAnyCondition(condition) } }];
    } catch (error) {
      wrong.push(problemOf('tag', rest.key, 'condition', error));
      return [];
    }
  });
  return { tags, problems: wrong };
}

/**
 * What a document would change: its rule tags become those of the store, its categories too; what it does not name stays. In whatever order: what looks at something else of the document may come before it.
 * @throws AppError `invalid_input` for what is no such document
 */
export async function planRules(inside: Store, document: unknown): Promise<ExchangePlan> {
  const outer = readEnvelope(envelope, document, 'rule tags', 'tagcast tags export');
  const catalogue = await loadCatalogue(inside.db);
  const readCategories = readEntries(categoryDocument, outer.categories ?? [], 'category', 'code');
  const { tags, problems } = readTags(outer.tags);
  const differences = compareEntries(
    [...readCategories.entries.map((one) => ({ part: 'category', key: one.code, fields: categoryFields(one) })), ...tags.map(({ input, status }) => ({ part: 'tag', key: input.key, fields: ruleFields(input, status) }))],
    // Categories of the product that nobody changed are in no document.
    [...catalogue.categories.map((one) => ({ part: 'category', key: one.code, version: one.version, fields: categoryFields(one) })), ...catalogue.rules.map((rule) => ({ part: 'tag', key: rule.key, version: rule.version, fields: ruleFields(rule, rule.status) }))],
  ).filter(({ part, state, version }) => part === 'tag' || state !== 'store_only' || version > 0);
  const written = new Map(differences.filter(({ state }) => state === 'new' || state === 'changed').map((one) => [`${one.part} ${one.key}`, one]));
  const categories = readCategories.entries.filter(({ code }) => written.has(`category ${code}`));
  const changed = tags.filter(({ input }) => written.has(`tag ${input.key}`));
  const tree = treeWith(catalogue.categories, categories);
  const after = catalogueWith(catalogue, tree, changed.map(({ input, status }) => ({ ...input, status })));
  const found = changed.flatMap(({ input }) => {
    try {
      checkRule(input, { ...after, rules: catalogue.rules });
      return [];
    } catch (error) {
      return [problemOf('tag', input.key, error instanceof Error && 'code' in error && error.code === 'not_found' ? 'category' : 'condition', error)];
    }
  });
  const circles = await circlesThrough(inside, changed.map(({ input: { key, condition } }): { kind: 'tag'; key: string; condition: Condition } => ({ kind: 'tag', key, condition })));
  return {
    differences,
    problems: [...readCategories.problems, ...problems, ...categoryProblems(tree, categories), ...found, ...circles.map(({ key, circle }) => problemOf('tag', key, 'condition', circleError(circle)))],
    async write(actor) {
      for (const category of categories) await writeCategory(inside, category, { actor });
      for (const { input, status } of changed) {
        const before = catalogue.rules.find(({ key }) => key === input.key);
        if (before === undefined) {
          await writeRule(inside, { ...input, status }, 0, 'created', { actor });
          continue;
        }
        const editor = { actor, fileHash: before.fileHash ?? '' };
        const edited = written.get(`tag ${input.key}`)?.changes.some(({ field }) => field !== 'status') === true;
        const { version } = edited ? await writeRule(inside, { ...input, status: before.status }, before.version, 'edited', editor) : before;
        if (before.status !== status) await writeRule(inside, { ...input, status }, version, STATUS_CHANGE[status], edited ? editor : { ...editor, origin: before.origin });
      }
    },
  };
}
