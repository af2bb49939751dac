/**
 * What customers did, as far as preferences need it, in few whole numbers: purchases by item and day, contents by period, contacts by channel and period, messages with what followed, hours, orders with a discount.
 * One text of SQL for both engines; only where the events come from differs. Everything is an integer or a name, so both engines give equal answers.
 */
import { localDaySql, localHourSql } from '../zone.ts';
import type { OffsetPeriod } from '../zone.ts';
import { messagesSql, OPEN_DAYS } from './messages.ts';

/** Older events say too little about what somebody likes now. */
export const ACTIVITY_DAYS = 728;
/** Days of a period; ages and calendar are cut into these. */
export const PERIOD_DAYS = 28;

export const ACTIVITY_PARTS = ['purchases', 'contents', 'contacts', 'messages', 'hours', 'discounts'] as const;
export type ActivityPart = (typeof ACTIVITY_PARTS)[number];

export interface ActivitySource {
  /** Rows of the events: customer_id, event_id, occurred_ms, kind, product, category, channel, campaign, session, order_ref, discount, topic; before the cut-off and not too old. */
  readonly events: string;
  /** Day number of the cut-off. */
  readonly asOfDay: string;
  readonly zone: readonly OffsetPeriod[];
}

const RESPONSES = `('message_open', 'message_click')`;

/** What makes two rows one order, one visit or one contact. */
const TOUCH = `CASE WHEN kind = 'order' THEN coalesce(order_ref, event) WHEN kind = 'visit' THEN coalesce(session, event) ELSE coalesce(campaign, event) END`;

/** Columns of each part; the first is the customer. */
export const ACTIVITY_COLUMNS = {
  purchases: { numbers: ['day'], texts: ['product', 'category'] },
  contents: { numbers: ['period', 'n'], texts: ['topic', 'category'] },
  contacts: { numbers: ['period', 'n', 'last_ms'], texts: ['channel', 'kind'] },
  messages: { numbers: ['period', 'sent', 'opened', 'clicked', 'converted', 'last_answered'], texts: ['channel'] },
  hours: { numbers: ['hour', 'n'], texts: ['kind'] },
  discounts: { numbers: ['period', 'orders', 'discounted'], texts: [] },
} as const satisfies Record<ActivityPart, { readonly numbers: readonly string[]; readonly texts: readonly string[] }>;

export function activitySql(part: ActivityPart, { events, asOfDay, zone }: ActivitySource): string {
  const day = localDaySql(zone, 'occurred_ms');
  const age = `CAST(floor(CAST(${asOfDay} - day AS FLOAT8) / ${PERIOD_DAYS}) AS FLOAT8) AS period`;
  const calendar = `CAST(floor(CAST(day AS FLOAT8) / ${PERIOD_DAYS}) AS FLOAT8) AS period`;
  const e = `WITH e AS (SELECT customer_id, CAST(event_id AS VARCHAR) AS event, occurred_ms, ${day} AS day, kind, product, category, channel, campaign, session, order_ref, discount, topic FROM (${events}) AS s)`;
  const customer = 'CAST(customer_id AS FLOAT8) AS customer_id';
  switch (part) {
    case 'purchases':
      return `${e} SELECT DISTINCT ${customer}, product, category, CAST(day AS FLOAT8) AS day FROM e WHERE kind = 'order' AND (product IS NOT NULL OR category IS NOT NULL)`;
    case 'contents':
      return `${e}, days AS (SELECT DISTINCT customer_id, topic, category, day FROM e WHERE kind IN ('view', 'message_open', 'message_click') AND (topic IS NOT NULL OR category IS NOT NULL)) `
        + `SELECT ${customer}, topic, category, period, CAST(count(*) AS FLOAT8) AS n FROM (SELECT customer_id, topic, category, ${age} FROM days) AS d GROUP BY customer_id, topic, category, period`;
    case 'contacts':
      return `${e}, c AS (SELECT customer_id, coalesce(channel, '') AS channel, CASE WHEN kind IN ${RESPONSES} THEN 'response' ELSE kind END AS kind, ${age}, ${TOUCH} AS touch, occurred_ms FROM e `
        + `WHERE kind IN ('message_sent', 'message_open', 'message_click', 'unsubscribe', 'order', 'visit')) `
        + `SELECT ${customer}, channel, kind, period, CAST(count(DISTINCT touch) AS FLOAT8) AS n, CAST(max(occurred_ms) AS FLOAT8) AS last_ms FROM c GROUP BY customer_id, channel, kind, period`;
    case 'messages': {
      const sums = ['opened', 'clicked', 'converted'].map((name) => `CAST(sum(${name}) AS FLOAT8) AS ${name}`).join(', ');
      return `${e}${messagesSql()} SELECT ${customer}, channel, CAST(floor(CAST(${asOfDay} - ${OPEN_DAYS} - day AS FLOAT8) / ${PERIOD_DAYS}) AS FLOAT8) AS period, CAST(count(*) AS FLOAT8) AS sent, ${sums}, `
        + `CAST(coalesce(max(CASE WHEN opened = 1 THEN day END), -1) AS FLOAT8) AS last_answered FROM messages WHERE day <= ${asOfDay} - ${OPEN_DAYS} GROUP BY 1, 2, 3`;
    }
    case 'hours':
      return `${e}, h AS (SELECT customer_id, CASE WHEN kind IN ${RESPONSES} THEN 'response' ELSE 'activity' END AS kind, day, CAST(${localHourSql(zone, 'occurred_ms')} AS FLOAT8) AS hour FROM e `
        + `WHERE kind IN ('message_open', 'message_click', 'order', 'visit')) SELECT ${customer}, kind, hour, CAST(count(DISTINCT day) AS FLOAT8) AS n FROM h GROUP BY customer_id, kind, hour`;
    case 'discounts':
      return `${e}, o AS (SELECT customer_id, coalesce(order_ref, event) AS one, min(day) AS day, max(CASE WHEN discount > 0 THEN 1 ELSE 0 END) AS off FROM e WHERE kind = 'order' GROUP BY 1, 2) `
        + `SELECT ${customer}, period, CAST(count(*) AS FLOAT8) AS orders, CAST(sum(off) AS FLOAT8) AS discounted FROM (SELECT customer_id, off, ${calendar} FROM o) AS p GROUP BY customer_id, period`;
  }
}
