/** A condition for one customer in memory, in three-valued logic. It is the plain statement of what the SQL must select. */
import { daysBetween } from '../base/time.ts';
import { calendarOf } from './context.ts';
import type { Calendar, ConditionContext } from './context.ts';
import { matchesEvents } from './evaluateEvents.ts';
import { matchesSequence } from './evaluateSequence.ts';
import type { CustomerFacts, TagFacts } from './facts.ts';
import type { ConditionNames } from './names.ts';
import { withSpellings } from './spellings.ts';
import type { Condition, StageLeaf, TagLeaf } from './schema.ts';
import { compareValue, holds, jsonValue, negate } from './values.ts';
import type { Truth, Value } from './values.ts';

function tagStatus(tag: TagFacts | undefined, today: string): string {
  if (tag === undefined) return 'absent';
  const expires = tag.expiresAt ?? null;
  return tag.status === 'ok' && expires !== null && expires <= today ? 'stale' : tag.status;
}

function matchesTag(tag: TagFacts | undefined, leaf: TagLeaf, calendar: Calendar): Truth {
  const status = tagStatus(tag, calendar.today);
  if (leaf.field === 'status') return compareValue({ text: status }, leaf, calendar);
  if (tag === undefined || status !== 'ok') return null;
  let value: Value;
  if (leaf.field === 'value') value = { text: tag.valueText ?? null, number: tag.valueNumber ?? null, day: tag.valueDate ?? null, list: tag.valueList ?? null };
  else if (leaf.field === 'band') value = { text: tag.band ?? null };
  else value = { number: tag[leaf.field] ?? null };
  return compareValue(value, leaf, calendar);
}

function matchesStage(stages: CustomerFacts['stages'], leaf: StageLeaf, calendar: Calendar): Truth {
  const reached = stages.filter(({ enteredOn }) => enteredOn <= calendar.today);
  if (reached.length === 0) return null;
  const current = reached.reduce((latest, stage) => (stage.enteredOn > latest.enteredOn ? stage : latest));
  if (current.stage === null) return null;
  if (!leaf.stage.includes(current.stage)) return false;
  return leaf.days === undefined || holds(daysBetween(current.enteredOn, calendar.today), leaf.days.op, leaf.days.value);
}

function evaluate(condition: Condition, customer: CustomerFacts, calendar: Calendar): Truth {
  if ('all' in condition) {
    const truths = condition.all.map((child) => evaluate(child, customer, calendar));
    return truths.includes(false) ? false : truths.includes(null) ? null : true;
  }
  if ('any' in condition) {
    const truths = condition.any.map((child) => evaluate(child, customer, calendar));
    return truths.includes(true) ? true : truths.includes(null) ? null : false;
  }
  if ('not' in condition) return negate(evaluate(condition.not, customer, calendar));
  if ('attribute' in condition) return compareValue(jsonValue(customer.attributes, condition.attribute), condition, calendar);
  if ('events' in condition) return matchesEvents(customer.events, condition.events, calendar);
  if ('sequence' in condition) return matchesSequence(customer.events, condition.sequence, calendar);
  if ('segment' in condition) {
    const member = customer.segments.get(condition.segment) ?? null;
    return condition.op === 'in' ? member : negate(member);
  }
  if ('tag' in condition) return matchesTag(customer.tags.get(condition.tag), condition, calendar);
  if ('stage' in condition) return matchesStage(customer.stages, condition, calendar);
  if ('consent' in condition) return condition.in.includes(customer.consents[condition.consent] ?? 'not_recorded');
  return customer.identities.has(condition.identity) === (condition.op === 'exists');
}

/** True, false, or null for unknown. */
export function evaluateCondition(condition: Condition, customer: CustomerFacts, context: ConditionContext & { readonly names?: Partial<ConditionNames> }): Truth {
  return evaluate(withSpellings(condition, context.names?.spellings), customer, calendarOf(context));
}

/** Whether the customer is selected: true, and not merely unknown. */
export function matches(condition: Condition, customer: CustomerFacts, context: ConditionContext & { readonly names?: Partial<ConditionNames> }): boolean {
  return evaluateCondition(condition, customer, context) === true;
}
