/** Evaluates data-quality rules over everybody: one statement per kind of row and span of customers, whatever the number of rules. */
import type { Knex } from 'knex';
import { throwIfCancelled } from '../base/errors.ts';
import { localDate } from '../base/time.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { unknownNames } from '../conditions/names.ts';
import { alias, and, bindInstant, bindInt8, join, sql } from '../conditions/sql/fragment.ts';
import type { Sql } from '../conditions/sql/fragment.ts';
import { planSelection } from '../conditions/sql/plan.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import { customerChunks } from '../store/repositories/scores.ts';
import { freshness } from './freshness.ts';
import type { QualityRule } from './schema.ts';
import { predicatesOf, subjectOf } from './sql/checks.ts';
import type { Predicates, Subject } from './sql/checks.ts';

export interface QualityResult {
  readonly key: string;
  /** Rows looked at: customers, identities, events, or orders with refunds; 1 for the arrival of events. */
  readonly checked: number;
  readonly bad: number;
  readonly state: 'good' | 'bad' | 'nothing_to_check';
  /** Of arrival: hours since the newest event, and how many would be too many. `unknown`: names in a condition that are not there any more, so that nothing could be checked. */
  readonly details: { readonly ageHours?: number; readonly limitHours?: number; readonly unknown?: readonly string[] };
  /** Store ids of up to ten customers with a bad row. */
  readonly examples: readonly number[];
}

export interface QualityRequest {
  /** Epoch ms: windows end here, and ages are counted to here. */
  readonly now: number;
  /** Epoch ms by the clock: events later than this are in the future. */
  readonly clock: number;
  readonly timeZone: string;
  readonly names: ConditionNames;
  readonly signal?: AbortSignal;
}

/** As the statement below cuts them. */
const MOST_EXAMPLES = 10;
const DAY_MS = 86_400_000;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Rows of one subject in a span. Names of the customer's column and aliases are those that the predicates use. */
function sourceOf(subject: Exclude<Subject, 'customers'>, { from, to }: Span, since: number): { readonly from: Sql; readonly where: Sql; readonly customer: Sql } {
  const [low, high] = [bindInt8(from), bindInt8(to)];
  switch (subject) {
    case 'identities': return { from: sql`identities n`, where: sql`n.customer_id >= ${low} and n.customer_id < ${high}`, customer: sql`n.customer_id` };
    case 'events': return { from: sql`events e`, where: sql`e.customer_id >= ${low} and e.customer_id < ${high} and e.occurred_at >= ${bindInstant(since)}`, customer: sql`e.customer_id` };
    case 'refunds': return {
      // Half a cent is rounding.
      from: sql`(select e.customer_id, sum(e.amount) filter (where e.kind = 'refund') + 0.005 as refunded, sum(e.amount) filter (where e.kind = 'order') as ordered,
          min(e.occurred_at) filter (where e.kind = 'refund') as refunded_at, min(e.occurred_at) filter (where e.kind = 'order') as ordered_at
        from events e where e.customer_id >= ${low} and e.customer_id < ${high} and e.kind in ('order', 'refund') and e.order_ref is not null
        group by e.customer_id, e.order_ref having max(e.occurred_at) filter (where e.kind = 'refund') >= ${bindInstant(since)}) o`,
      where: sql`true`, customer: sql`o.customer_id`,
    };
  }
}

interface Tally {
  checked: number;
  bad: number;
  readonly examples: number[];
}

/** One row with three columns per rule. What is unknown is not good. */
async function count(db: Knex, predicates: readonly Predicates[], from: Sql, where: Sql, customer: Sql, tallies: readonly Tally[]): Promise<void> {
  const columns = predicates.map(({ checked, good }, i) => sql`count(*) filter (where ${checked}) as ${alias('r', i)}, count(*) filter (where ${checked} and (${good}) is not true) as ${alias('a', i)},
    (array_agg(distinct ${customer}) filter (where ${checked} and (${good}) is not true))[1:10]::text as ${alias('g', i)}`);
  const statement = sql`select ${join(columns, ', ')} from ${from} where ${where}`;
  const [row] = await selectRows<Record<string, number | string | null>>(db, statement.text, [...statement.bindings]);
  for (const [i, tally] of tallies.entries()) {
    tally.checked += Number(row?.[`r${i}`] ?? 0);
    tally.bad += Number(row?.[`a${i}`] ?? 0);
    const ids = row?.[`g${i}`];
    if (typeof ids === 'string' && tally.examples.length < MOST_EXAMPLES) tally.examples.push(...ids.slice(1, -1).split(',').filter((id) => id !== '').map(Number).slice(0, MOST_EXAMPLES - tally.examples.length));
  }
}

/** Rules of one statement: each has a handful of literals, and a plan of some hundred columns is still made quickly. */
const BATCH = 50;

async function countSpan(db: Knex, subject: Subject, rules: readonly QualityRule[], span: Span, request: QualityRequest, tallies: ReadonlyMap<string, Tally>): Promise<void> {
  for (let at = 0; at < rules.length; at += BATCH) {
    const batch = rules.slice(at, at + BATCH);
    const own = batch.map(({ key }) => tallies.get(key)).filter((tally) => tally !== undefined);
    if (subject === 'customers') {
      const conditions = batch.flatMap(({ check }) => ('of' in check ? [check.of, check.good] : []));
      const range = { from: span.from, to: span.to - 1 };
      const plan = planSelection(conditions, { asOf: request.now, timeZone: request.timeZone, names: request.names }, range);
      let next = 0;
      const predicates = batch.map(({ check }): Predicates => {
        if ('of' in check) return { checked: plan.predicates[next++], good: plan.predicates[next++] };
        if ('fresh' in check) throw new TypeError('arrival is not counted in rows');
        return predicatesOf(check, request.clock);
      });
      await count(db, predicates, plan.from, sql`c.customer_id between ${bindInt8(range.from)} and ${bindInt8(range.to)}`, sql`c.customer_id`, own);
    } else {
      const since = request.now - Math.max(...batch.map(({ days }) => days)) * DAY_MS;
      const source = sourceOf(subject, span, since);
      const predicates = batch.map(({ check, days }): Predicates => {
        if ('fresh' in check || 'of' in check) throw new TypeError('neither arrival nor conditions are counted in such rows');
        const found = predicatesOf(check, request.clock);
        return subject === 'events' ? { ...found, checked: and([found.checked, sql`e.occurred_at >= ${bindInstant(request.now - days * DAY_MS)}`]) } : found;
      });
      await count(db, predicates, source.from, source.where, source.customer, own);
    }
  }
}

/** Names of a rule's conditions that are not there any more. */
function unknownIn({ check }: QualityRule, names: ConditionNames): string[] {
  return 'of' in check ? [check.of, check.good].flatMap((condition) => unknownNames(condition, names).map(({ what, name }) => `${what} ${name}`)) : [];
}

/**
 * Results in the order of the rules; paused rules are evaluated as any other, it is the caller who leaves them out.
 * @throws AppError `cancelled`
 */
export async function evaluateQuality(store: Store, rules: readonly QualityRule[], request: QualityRequest): Promise<QualityResult[]> {
  const tallies = new Map(rules.map(({ key }): [string, Tally] => [key, { checked: 0, bad: 0, examples: [] }]));
  const unknown = new Map(rules.map((rule) => [rule.key, unknownIn(rule, request.names)]));
  const bySubject = (['customers', 'identities', 'events', 'refunds'] as const).map((subject) => ({ subject, own: rules.filter(({ key, check }) => subjectOf(check) === subject && unknown.get(key)?.length === 0) })).filter(({ own }) => own.length > 0);
  const spans = bySubject.length === 0 ? [] : await customerChunks(store.db, store.dialect === 'pglite' ? 10_000 : 50_000);
  for (const span of spans) {
    throwIfCancelled(request.signal, 'Checking the data');
    for (const { subject, own } of bySubject) await countSpan(store.db, subject, own, span, request, tallies);
  }
  const kinds = [...new Set(rules.flatMap(({ check }) => ('fresh' in check ? [check.fresh] : [])))];
  const arrivals = kinds.length === 0 ? new Map<string, never>() : await freshness(store.db, kinds, request.now, request.timeZone, localDate(request.now, request.timeZone));
  return rules.map(({ key, check, mostBad }): QualityResult => {
    if ('fresh' in check) {
      const found = arrivals.get(check.fresh);
      if (found === undefined) return { key, checked: 0, bad: 0, state: 'nothing_to_check', details: {}, examples: [] };
      const limitHours = 'hours' in check ? check.hours : check.gaps * found.gapHours;
      const late = found.ageHours > limitHours;
      return { key, checked: 1, bad: late ? 1 : 0, state: late ? 'bad' : 'good', details: { ageHours: found.ageHours, limitHours }, examples: [] };
    }
    const lost = unknown.get(key) ?? [];
    if (lost.length > 0) return { key, checked: 0, bad: 0, state: 'nothing_to_check', details: { unknown: lost }, examples: [] };
    const { checked, bad, examples } = tallies.get(key) ?? { checked: 0, bad: 0, examples: [] };
    return { key, checked, bad, state: checked === 0 ? 'nothing_to_check' : bad > mostBad * checked ? 'bad' : 'good', details: {}, examples };
  });
}
