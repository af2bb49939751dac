/** A customer's activity, and reading it: many customers from the columns of a snapshot, one from the store. */
import { createHash } from 'node:crypto';
import { numbersOf, textsOf } from '../../store/columns/columns.ts';
import type { Columns } from '../../store/columns/columns.ts';
import type { Store } from '../../store/connection.ts';
import { cutoffAt } from '../cutoff.ts';
import type { FeaturePlan } from '../plan.ts';
import type { CustomerRange } from '../sql/duckdb.ts';
import { ACTIVITY_COLUMNS, ACTIVITY_DAYS, ACTIVITY_PARTS, activitySql } from './statements.ts';
import type { ActivityPart } from './statements.ts';

export { ACTIVITY_DAYS, PERIOD_DAYS } from './statements.ts';

/** Periods count from the cut-off backwards, 0 the newest; those of `discounts` are of the calendar (days since 1970 ÷ 28). Days are epoch days. Rows are in no order. */
export interface Activity {
  readonly purchases: readonly { readonly product: string | null; readonly category: string | null; readonly day: number }[];
  /** Days with views or opened messages by what they were about. */
  readonly contents: readonly { readonly topic: string | null; readonly category: string | null; readonly period: number; readonly n: number }[];
  /** `kind`: message_sent, response (opened or clicked), unsubscribe, order, visit. `channel` is empty where none was named. */
  readonly contacts: readonly { readonly channel: string; readonly kind: string; readonly period: number; readonly n: number; readonly lastMs: number }[];
  /** Messages whose week is over, by channel; periods begin where that week ends. `lastAnswered`: day of the newest one that was answered, −1 without any. */
  readonly messages: readonly { readonly channel: string; readonly period: number; readonly sent: number; readonly opened: number; readonly clicked: number; readonly converted: number; readonly lastAnswered: number }[];
  /** `kind`: response or activity; n is a number of days. */
  readonly hours: readonly { readonly kind: string; readonly hour: number; readonly n: number }[];
  readonly discounts: readonly { readonly period: number; readonly orders: number; readonly discounted: number }[];
}

export const NO_ACTIVITY: Activity = { purchases: [], contents: [], contacts: [], messages: [], hours: [], discounts: [] };

type RowOf = { readonly [P in ActivityPart]: Activity[P][number] };
type Rows = { readonly [P in ActivityPart]: RowOf[P][] };
/** Reads the columns of one row of an answer. */
type Read = { readonly number: (name: string) => number; readonly text: (name: string) => string | null };

const READERS: { readonly [P in ActivityPart]: (row: Read) => RowOf[P] } = {
  purchases: ({ number, text }) => ({ product: text('product'), category: text('category'), day: number('day') }),
  contents: ({ number, text }) => ({ topic: text('topic'), category: text('category'), period: number('period'), n: number('n') }),
  contacts: ({ number, text }) => ({ channel: text('channel') ?? '', kind: text('kind') ?? '', period: number('period'), n: number('n'), lastMs: number('last_ms') }),
  messages: ({ number, text }) => ({
    channel: text('channel') ?? '', period: number('period'), sent: number('sent'), opened: number('opened'), clicked: number('clicked'), converted: number('converted'), lastAnswered: number('last_answered'),
  }),
  hours: ({ number, text }) => ({ kind: text('kind') ?? '', hour: number('hour'), n: number('n') }),
  discounts: ({ number }) => ({ period: number('period'), orders: number('orders'), discounted: number('discounted') }),
};

const emptyRows = (): Rows => ({ purchases: [], contents: [], contacts: [], messages: [], hours: [], discounts: [] });

function add(rows: Rows, part: ActivityPart, row: Read): void {
  switch (part) {
    case 'purchases': rows.purchases.push(READERS.purchases(row)); break;
    case 'contents': rows.contents.push(READERS.contents(row)); break;
    case 'contacts': rows.contacts.push(READERS.contacts(row)); break;
    case 'messages': rows.messages.push(READERS.messages(row)); break;
    case 'hours': rows.hours.push(READERS.hours(row)); break;
    case 'discounts': rows.discounts.push(READERS.discounts(row)); break;
  }
}

const COLUMNS = 'customer_id, event_id, kind, product, category, channel, campaign, session, order_ref, discount';

/** Activity of everyone of the range who did something before the cut-off (epoch ms). @param options.parts those that are read; absent: all. @throws AppError `cancelled`. */
export async function activityBetween(columns: Columns, plan: Pick<FeaturePlan, 'timeZone' | 'zone'>, options: { readonly asOf: number; readonly customers?: CustomerRange; readonly where?: string; readonly parts?: readonly ActivityPart[]; readonly signal?: AbortSignal }): Promise<Map<number, Activity>> {
  const cutoff = cutoffAt(options.asOf, plan.timeZone);
  const range = options.customers === undefined ? '' : ` AND customer_id >= ${options.customers.from} AND customer_id < ${options.customers.to}`;
  const events = `SELECT ${COLUMNS}, occurred_ms, CASE WHEN kind IN ('view', 'message_open', 'message_click') THEN json_extract_string(properties, '$.topic') END AS topic FROM events `
    + `WHERE occurred_ms >= ${cutoff.startOf(ACTIVITY_DAYS)} AND occurred_ms < ${options.asOf}${range}${options.where === undefined ? '' : ` AND ${options.where}`}`;
  const found = new Map<number, Rows>();
  for (const part of options.parts ?? ACTIVITY_PARTS) {
    const { numbers, texts } = ACTIVITY_COLUMNS[part];
    const answer = await columns.query(activitySql(part, { events, asOfDay: String(cutoff.day), zone: plan.zone }), [], options.signal === undefined ? {} : { signal: options.signal });
    const ids = numbersOf(answer, 'customer_id');
    const [byNumber, byText] = [new Map(numbers.map((name) => [name as string, numbersOf(answer, name)])), new Map(texts.map((name) => [name as string, textsOf(answer, name)]))];
    let at = 0;
    const row: Read = { number: (name) => byNumber.get(name)?.[at] ?? Number.NaN, text: (name) => byText.get(name)?.[at] ?? null };
    for (; at < answer.rows; at++) {
      let own = found.get(ids[at]);
      if (own === undefined) found.set(ids[at], (own = emptyRows()));
      add(own, part, row);
    }
  }
  return found;
}

const STORE_EVENTS = `SELECT ${COLUMNS}, CAST(floor(date_part('epoch', occurred_at) * 1000 + 0.0005) AS INT8) AS occurred_ms, `
  + `CASE WHEN kind IN ('view', 'message_open', 'message_click') THEN properties ->> 'topic' END AS topic FROM events WHERE customer_id = $1::int8 AND occurred_at < $2::timestamptz AND occurred_at >= $3::timestamptz`;

/** Statements by plan: a plan is frozen. */
const statements = new WeakMap<FeaturePlan, readonly { readonly part: ActivityPart; readonly name: string; readonly sql: string }[]>();

function statementsOf(plan: FeaturePlan): readonly { readonly part: ActivityPart; readonly name: string; readonly sql: string }[] {
  const known = statements.get(plan);
  if (known !== undefined) return known;
  const made = ACTIVITY_PARTS.map((part) => {
    const sql = activitySql(part, { events: STORE_EVENTS, asOfDay: '$4::int8', zone: plan.zone });
    return { part, sql, name: `activity_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}` };
  });
  statements.set(plan, made);
  return made;
}

/** Activity of one customer before the cut-off (epoch ms): the same rows as {@link activityBetween} has for the customer. */
export async function activityOf(store: Store, plan: FeaturePlan, customerId: number, asOf: number): Promise<Activity> {
  const cutoff = cutoffAt(asOf, plan.timeZone);
  const rows = emptyRows();
  const bound = [customerId, new Date(asOf).toISOString(), new Date(cutoff.startOf(ACTIVITY_DAYS)).toISOString()];
  for (const { part, name, sql } of statementsOf(plan)) {
    // Parts without ages do not mention the day of the cut-off.
    for (const one of await store.prepared<Record<string, number | string | null>>(name, sql, sql.includes('$4') ? [...bound, cutoff.day] : bound)) {
      add(rows, part, { number: (column) => Number(one[column]), text: (column) => (one[column] === null ? null : String(one[column])) });
    }
  }
  return rows;
}
