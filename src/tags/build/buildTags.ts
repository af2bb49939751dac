/** Every tag of one customer but the rule tags, from scores, facts and what the tags were the day before. Pure; the same for the nightly run and on demand. */
import { AppError } from '../../base/errors.ts';
import { LIFECYCLE_TAGS } from '../catalogue/lifecycle.ts';
import { ORDER_VALUE_TAGS } from '../catalogue/orderValue.ts';
import { PREDICTIVE_TAGS } from '../catalogue/predictive.ts';
import { PREFERENCE_TAGS } from '../catalogue/preference.ts';
import { STATISTICAL_TAGS } from '../catalogue/statistical.ts';
import type { TagDefinition } from '../catalogue/definition.ts';
import type { Tag } from '../tag.ts';
import { churnDraft } from './churn.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { cycleDraft } from './cycle.ts';
import { envelope, none } from './draft.ts';
import type { Draft } from './draft.ts';
import { leadDraft, secondPurchaseDraft } from './firstOrders.ts';
import { intentDraft } from './intent.ts';
import { orderCountDraft } from './orderCount.ts';
import { orderValueDraft } from './orderValue.ts';
import { lifecycleDraft } from './lifecycle.ts';
import { preferenceDraft } from './preference/draft.ts';
import { signalDraft } from './signals.ts';
import { statisticalDraft } from './statistical.ts';
import { renewalTags } from './renewal.ts';
import { responseTags } from './response.ts';
import { upliftTags } from './uplift.ts';
import { valueDraft } from './value.ts';

/** Every tag that each customer has in any shop, whatever its status; those of contracts, channels and experiments come besides (renewal.ts, response.ts, uplift.ts). Rule tags are not built here: the store evaluates them (rules/stage.ts). */
export const BUILT_TAGS: readonly TagDefinition[] = [...STATISTICAL_TAGS, ...PREDICTIVE_TAGS, ...ORDER_VALUE_TAGS, ...LIFECYCLE_TAGS, ...PREFERENCE_TAGS];

/** Kinds that are withheld from customers who refused personalisation; plain facts of their own orders are not. */
export const PERSONAL_KINDS: readonly Tag['kind'][] = ['predictive', 'value', 'preference', 'lifecycle'];

function draftOf(definition: TagDefinition, run: RunContext, customer: CustomerInput): Draft | undefined {
  const { key } = definition;
  if (definition.kind === 'statistical') return statisticalDraft(key, customer.facts);
  if (definition.kind === 'lifecycle') return lifecycleDraft(key, run, customer);
  if (key === 'intent_signal') return signalDraft(customer);
  switch (definition.model) {
    case 'churn': return churnDraft(key, run, customer);
    case 'purchase_intent': return intentDraft(key, run, customer);
    case 'repurchase_cycle': return cycleDraft(key, run, customer);
    case 'clv': return valueDraft(key, run, customer);
    case 'preferences': return preferenceDraft(key, run, customer);
    case 'order_count': return orderCountDraft(key, run, customer);
    case 'second_purchase': return secondPurchaseDraft(key, run, customer);
    case 'lead_intent': return leadDraft(key, run, customer);
    case 'next_order_value': return orderValueDraft(key, run, customer);
    default: return undefined;
  }
}

/** @throws AppError `internal` for a tag of the catalogue that nothing here builds. */
export function buildTags(run: RunContext, customer: CustomerInput): Tag[] {
  const tags = BUILT_TAGS.map((definition) => {
    if (customer.optedOut && PERSONAL_KINDS.includes(definition.kind)) return envelope(definition, none('opted_out'), run);
    const draft = draftOf(definition, run, customer);
    if (draft === undefined) throw new AppError('internal', `Nothing builds the tag ${definition.key}.`);
    return envelope(definition, draft, run);
  });
  return [...tags, ...renewalTags(run, customer), ...responseTags(run, customer), ...upliftTags(run, customer)];
}
