/** Experiments: made once, checked as a whole, never edited afterwards; a question that is changed after the answer is no question. */
import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { daysBetween, parseLocalDate } from '../base/time.ts';
import { dependenciesOf } from '../conditions/dependencies.ts';
import { checkNames } from '../conditions/names.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { leavesOf, parseCondition } from '../conditions/parse.ts';
import { suggestNames } from '../conditions/suggest.ts';
import type { Condition } from '../conditions/schema.ts';
import type { Store } from '../store/connection.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { deleteExperiment, findExperiment, insertExperiment, listExperiments } from '../store/repositories/experiments.ts';
import type { ExperimentDefinition, StoredExperiment } from '../store/repositories/experiments.ts';
import { findSegment } from '../store/repositories/segments.ts';
import { selectRows } from '../store/repositories/bulk.ts';

/** `uplift_<key>` must be a key of a tag, and `uplift_group` is one already. */
const KEY = /^[a-z][a-z0-9_]{0,55}$/;
const EVENT = /^[a-z][a-z0-9_]{0,47}$/;
/** Longest time within which customers are assigned. */
export const MOST_DAYS = 92;

export const outcomeSchema = z.union([
  z.strictObject({ kind: z.literal('order') }), z.strictObject({ kind: z.literal('revenue') }),
  z.strictObject({ kind: z.literal('event'), event: z.string().regex(EVENT), ownCampaign: z.boolean().optional() }),
  z.strictObject({ kind: z.literal('condition'), condition: z.unknown() }),
]);

/** The treatment probability of a hold-out is 1 − its share, so only a list declares one. */
export type ExperimentInput = Omit<ExperimentDefinition, 'treatmentProbability'> & { readonly treatmentProbability?: number };

const wrong = (reason: string): never => {
  throw new AppError('invalid_input', `The experiment cannot be saved: ${reason}.`, { hint: 'See docs/adr/experiments.md, and `tagcast experiment create --help`.' });
};

/** Only what happens within the window may be the outcome, and nothing of which the store keeps no history. */
function checkOutcome(condition: Condition, responseDays: number, names: ConditionNames): void {
  checkNames(condition, names);
  const { tags, segments, attributes, identities, consents, stages } = dependenciesOf(condition);
  if (tags.length + segments.length + attributes.length + identities.length + consents.length > 0 || stages) wrong('a condition as the outcome may look at events only: of everything else only the present is known');
  for (const leaf of leavesOf(condition)) {
    const window = 'events' in leaf ? leaf.events.window : undefined;
    const inside = typeof window === 'object' && (('lastDays' in window && window.lastDays <= responseDays) || ('fromDaysAgo' in window && window.fromDaysAgo <= responseDays));
    if (!inside) wrong(`every part of the outcome must look at the last ${responseDays} days or fewer: what happened before the assignment is no outcome`);
  }
}

async function probabilityOf(store: Store, { segment, treatmentProbability }: ExperimentInput): Promise<number> {
  if (segment === null) {
    if (treatmentProbability === undefined || !(treatmentProbability > 0 && treatmentProbability < 1)) return wrong('an imported assignment needs the probability of treatment with which it was drawn, between 0 and 1');
    return treatmentProbability;
  }
  const found = await findSegment(store.db, segment);
  if (found === undefined) throw new AppError('not_found', `There is no segment "${segment.slice(0, 64)}".`, { hint: 'Run `tagcast segment saved`.' });
  if (found.holdoutShare === 0) wrong(`the segment ${segment} holds nobody out; give it a share first: \`tagcast segment save ${segment} --holdout 0.1\``);
  if (treatmentProbability !== undefined && Math.abs(treatmentProbability - (1 - found.holdoutShare)) > 1e-9) wrong(`the segment ${segment} holds out ${found.holdoutShare}, so the probability of treatment is ${1 - found.holdoutShare}`);
  return 1 - found.holdoutShare;
}

/** @throws AppError `invalid_input`, `unknown_name`, `not_found` for a segment, `conflict` for a key that exists. */
export async function createExperiment(store: Store, input: ExperimentInput, names: ConditionNames, actor: string): Promise<StoredExperiment> {
  const { key, label, description, owner, startsOn, endsOn, responseDays, outcome } = input;
  if (!KEY.test(key) || key === 'group') wrong('its key must be lower-case snake_case of at most 56 characters, and not "group"');
  for (const words of [label, description]) for (const text of [words.zh, words.en]) if (text.trim() === '' || text.length > 2_000) wrong('its names and description need 1 to 2000 characters in Chinese and in English');
  if (owner.trim() === '') wrong('it needs an owner');
  const days = daysBetween(parseLocalDate(startsOn, 'The first day'), parseLocalDate(endsOn, 'The last day'));
  if (days < 0 || days > MOST_DAYS) wrong(`customers are assigned within 1 to ${MOST_DAYS} days, the last not before the first`);
  if (!Number.isInteger(responseDays) || responseDays < 1 || responseDays > 365) wrong('the response window is 1 to 365 whole days');
  if (!outcomeSchema.safeParse(outcome).success) wrong('its outcome must be an order, revenue, an event of a kind, or a condition');
  if (outcome.kind === 'event' && outcome.ownCampaign === true && input.campaign === null) wrong('an outcome of its own campaign needs the name of the campaign');
  if (outcome.kind === 'condition') checkOutcome(parseCondition(outcome.condition), responseDays, names);
  const [rule] = await selectRows(store.db, 'SELECT 1 FROM tag_definitions WHERE key = ?', [`uplift_${key}`]);
  if (rule !== undefined) throw new AppError('conflict', `There is a rule tag uplift_${key} already.`, { hint: 'Choose another key for the experiment.' });
  const treatmentProbability = await probabilityOf(store, input);
  const at = store.clock.now();
  const saved = await insertExperiment(store.db, { ...input, treatmentProbability }, at);
  if (saved === undefined) throw new AppError('conflict', `There is an experiment ${key} already; experiments are never edited.`, { hint: 'Choose another key, or delete it first: `tagcast experiment delete`.' });
  await recordAudit(store.db, { at, actor, action: 'experiment.created', object: key, details: { segment: input.segment, treatmentProbability } });
  return saved;
}

/** @throws AppError `not_found` with what may have been meant. */
export async function experimentNamed(store: Store, key: string): Promise<StoredExperiment> {
  const found = await findExperiment(store.db, key);
  if (found !== undefined) return found;
  const suggestions = suggestNames(key, (await listExperiments(store.db)).map((one) => one.key));
  throw new AppError('not_found', `There is no experiment "${key.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'Run `tagcast experiment list`.' });
}

/** With its assignments; versions of its model stay in the registry, and nothing serves them. @throws AppError `not_found`. */
export async function dropExperiment(store: Store, key: string, actor: string): Promise<void> {
  await experimentNamed(store, key);
  await deleteExperiment(store.db, key);
  await recordAudit(store.db, { at: store.clock.now(), actor, action: 'experiment.deleted', object: key, details: {} });
}
