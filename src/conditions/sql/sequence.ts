/** A sequence in SQL: for each customer a chain of look-ups along the index over (customer, time). */
import { spanOf } from '../context.ts';
import type { Calendar } from '../context.ts';
import { withinHours } from '../sequenceLeaf.ts';
import type { Sequence, SequenceStep } from '../sequenceLeaf.ts';
import { filterSql, kindIn } from './events.ts';
import { alias, and, bindInstant, bindInt8, sql } from './fragment.ts';
import type { Sql } from './fragment.ts';

function stepFilters(step: Pick<SequenceStep, 'kinds' | 'where'>, calendar: Calendar): Sql[] {
  return [sql`e.customer_id = c.customer_id`, kindIn(step.kinds), ...(step.where ?? []).map((filter) => filterSql(filter, calendar))];
}

/** What has to follow an event whose time is `at`. */
function goesOn(at: Sql, steps: Sequence['followedBy'], step: number, calendar: Calendar): Sql {
  const wanted = steps[step];
  // Hours, not days: a day of the calendar can have 23 or 25 of them.
  const until = sql`${at} + make_interval(hours => (${bindInt8(withinHours(wanted.within))})::int)`;
  const found = and([...stepFilters(wanted, calendar), sql`e.occurred_at > ${at}`, sql`e.occurred_at <= ${until}`, sql`e.occurred_at < ${bindInstant(calendar.asOf)}`]);
  if (wanted.absent === true) return sql`${until} <= ${bindInstant(calendar.asOf)} and not exists (select from events e where ${found})`;
  if (step + 1 === steps.length) return sql`exists (select from events e where ${found})`;
  const s = alias('s', step + 1);
  return sql`exists (select from (select e.occurred_at from events e where ${found}) ${s} where ${goesOn(sql`${s}.occurred_at`, steps, step + 1, calendar)})`;
}

/** True or false for the customer `c`. */
export function sequenceSql({ first, followedBy }: Sequence, calendar: Calendar): Sql {
    const { from, to } = spanOf(first.window, calendar);
  const parts = [...stepFilters(first, calendar), sql`e.occurred_at < ${bindInstant(Math.min(to, calendar.asOf))}`, ...(from === undefined ? [] : [sql`e.occurred_at >= ${bindInstant(from)}`])];
  const s = alias('s', 0);
  return sql`exists (select from (select e.occurred_at from events e where ${and(parts)}) ${s} where ${goesOn(sql`${s}.occurred_at`, followedBy, 0, calendar)})`;
}
