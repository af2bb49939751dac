/** Rule tags as a document: from one store to another, or into a repository and back. */
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { parseCondition } from '../../conditions/parse.ts';
import type { Store } from '../../store/connection.ts';
import { loadCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { saveCategory } from './categoryEdit.ts';
import { createRule, editRule, setRuleStatus } from './edit.ts';
import type { Editor, RuleInput } from './edit.ts';
import { definitionHash } from './files.ts';

const words = z.strictObject({ zh: z.string(), en: z.string() });

export const ruleDocumentSchema = z.strictObject({
  format: z.literal('tagcast-rule-tags'),
  version: z.literal(1),
  /** The shop's own categories, parents first; absent in documents of before there were any. */
  categories: z.array(z.strictObject({ code: z.string(), parent: z.string().nullable(), label: words })).max(1_000).optional(),
  tags: z.array(z.strictObject({
    key: z.string(), category: z.string(), label: words, description: words, owner: z.string(), condition: z.unknown(), band: z.strictObject({ code: z.string(), label: words }), ttlDays: z.int().positive().nullable(),
    status: z.enum(['draft', 'enabled', 'paused']),
  })).max(10_000),
});
export type RuleDocument = z.infer<typeof ruleDocumentSchema>;

/** Every rule tag of the store, by key, and the categories that the shop made or changed. */
export function exportRules({ rules, categories }: Catalogue): RuleDocument {
  const tags = rules.map(({ key, category, label, description, owner, condition, band, ttlDays, status }) => ({ key, category, label, description, owner, condition, band, ttlDays, status }));
  const own = categories.filter(({ version }) => version > 0).map(({ code, parent, label }) => ({ code, parent, label }));
  return { format: 'tagcast-rule-tags', version: 1, categories: own, tags: tags.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

export interface RulesImported {
  readonly created: readonly string[];
  readonly edited: readonly string[];
  readonly same: readonly string[];
}

/**
 * Makes the store's rule tags those of the document; tags that the document does not name stay as they are. A tag that looks at another one of the document may come before it.
 * @throws AppError `invalid_input`, `unknown_name`, `conflict` of the first tag that cannot be saved; those before it are saved
 */
export async function importRules(store: Store, document: unknown, editor: Editor): Promise<RulesImported> {
  const parsed = ruleDocumentSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('invalid_input', `The document of rule tags is wrong at ${issue.path.join('.') || 'its top'}: ${issue.message}.`, { hint: '`tagcast tags export` writes such a document.' });
  }
  for (const category of parsed.data.categories ?? []) {
    const catalogue = await loadCatalogue(store.db);
    const there = catalogue.categories.find(({ code }) => code === category.code);
    if (there === undefined || canonicalJson({ parent: there.parent, label: there.label }) !== canonicalJson({ parent: category.parent, label: category.label })) await saveCategory(store, catalogue, category, editor);
  }
  const done = { created: [] as string[], edited: [] as string[], same: [] as string[] };
  let waiting = parsed.data.tags.map(({ status, ...tag }) => ({ status, input: { ...tag, condition: parseCondition(tag.condition) } satisfies RuleInput }));
  while (waiting.length > 0) {
    const later: typeof waiting = [];
    let refusal: unknown;
    for (const one of waiting) {
      const { input, status } = one;
      const catalogue = await loadCatalogue(store.db);
      const stored = catalogue.rules.find(({ key }) => key === input.key);
      try {
        if (stored === undefined) await createRule(store, catalogue, input, status, editor);
        else if (definitionHash(stored) !== definitionHash(input) || stored.owner !== input.owner) await editRule(store, catalogue, input.key, input, editor);
        const changed = stored === undefined ? done.created : definitionHash(stored) !== definitionHash(input) || stored.owner !== input.owner || stored.status !== status ? done.edited : done.same;
        if (stored !== undefined && stored.status !== status) await setRuleStatus(store, await loadCatalogue(store.db), input.key, status, editor);
        changed.push(input.key);
      } catch (error) {
        refusal ??= error;
        later.push(one);
      }
    }
    if (later.length === waiting.length) throw refusal;
    waiting = later;
  }
  return done;
}
