/** Data-quality rules as a document. */
import { z } from 'zod';
import { compareEntries, problemOf } from '../base/exchange.ts';
import type { DocumentEntry, EntryProblem, ExchangePlan } from '../base/exchange.ts';
import type { ConditionNames } from '../conditions/names.ts';
import type { Store } from '../store/connection.ts';
import { readEntries, readEnvelope } from '../store/exchange.ts';
import { loadQualityRules, MOST_RULES, parseQualityRule, writeQualityRule } from './rules.ts';
import { qualityRuleSchema } from './schema.ts';
import type { QualityRule } from './schema.ts';

export const qualityDocumentSchema = z.strictObject({ format: z.literal('tagcast-quality-rules'), version: z.literal(1), rules: z.array(qualityRuleSchema).max(MOST_RULES) });
export type QualityDocument = z.infer<typeof qualityDocumentSchema>;

const envelope = qualityDocumentSchema.extend({ rules: z.array(z.unknown()).max(MOST_RULES) });

/** Every rule by key, those of the product too. */
export async function exportQualityRules(store: Store): Promise<QualityDocument> {
  const rules = (await loadQualityRules(store)).map(({ version: _version, builtIn: _builtIn, ...rule }) => rule);
  return { format: 'tagcast-quality-rules', version: 1, rules };
}

function fieldsOf({ check, label, mostBad, days, status, holdsNight, owner }: QualityRule): DocumentEntry['fields'] {
  return { check, 'label.zh': label.zh, 'label.en': label.en, mostBad, days, status, holdsNight, owner };
}

/** What a document would change: its rules become those of the store; others stay. @throws AppError `invalid_input` for what is no such document */
export async function planQuality(inside: Store, document: unknown, names: ConditionNames): Promise<ExchangePlan> {
  const outer = readEnvelope(envelope, document, 'data-quality rules', 'tagcast quality export');
  const stored = await loadQualityRules(inside);
  const read = readEntries(qualityRuleSchema, outer.rules, 'rule');
  const differences = compareEntries(
    read.entries.map((rule) => ({ part: 'rule', key: rule.key, fields: fieldsOf(rule) })),
    stored.map((rule) => ({ part: 'rule', key: rule.key, version: rule.version, fields: fieldsOf(rule) })),
  );
  const written = new Set(differences.filter(({ state }) => state === 'new' || state === 'changed').map(({ key }) => key));
  const changed = read.entries.filter(({ key }) => written.has(key));
  const problems = changed.flatMap((rule): EntryProblem[] => {
    try {
      parseQualityRule(rule, names);
      return [];
    } catch (error) {
      return [problemOf('rule', rule.key, 'check', error)];
    }
  });
  return {
    differences,
    problems: [...read.problems, ...problems],
    async write(actor) {
      for (const rule of changed) await writeQualityRule(inside, rule, actor);
    },
  };
}
