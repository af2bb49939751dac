/** Messages with what followed them, as one text of SQL for both engines: an answer belongs to one message, an order to everyone that came within the week before it. */

/** Days within which an answer or an order belongs to a message. */
export const ANSWER_DAYS = 7;
/** Messages of these last days before a cut-off are left out: their week is not over. A day more, because a message may have come at its end. */
export const OPEN_DAYS = ANSWER_DAYS + 1;

/**
 * Common table expressions after `e` (see statements.ts) that end with `messages`: customer_id, channel, day, opened, clicked, converted (0 or 1). The same campaign sent twice in a day through one channel is one message.
 * An answer that names its campaign belongs to the newest message of campaign and channel before it; one that names none to the newest of the channel. A click is an open. An order counts when it came after the message, however it came about.
 */
export function messagesSql(): string {
  const within = `CAST(${ANSWER_DAYS * 86_400_000} AS INT8)`;
  const later = 'RANGE BETWEEN CAST(1 AS INT8) FOLLOWING AND UNBOUNDED FOLLOWING';
  const from = 'RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING';
  const firstOf = (test: string, window: string, name: string): string => `min(CASE WHEN ${test} THEN ms END) OVER ${window} AS ${name}`;
  const followed = (answer: string, next: string): string => `(${answer} < ms + ${within} AND (${next} IS NULL OR ${answer} < ${next}))`;
  const answered = (what: string): string => `CASE WHEN (campaign IS NOT NULL AND ${followed(`own_${what}`, 'own_next')}) OR ${followed(`any_${what}`, 'any_next')} THEN 1 ELSE 0 END`;
  return `, parts AS (SELECT customer_id, channel, campaign, day, 'message_sent' AS kind, CAST(min(occurred_ms) AS INT8) AS ms FROM e WHERE kind = 'message_sent' AND channel IS NOT NULL GROUP BY customer_id, channel, campaign, day, coalesce(campaign, event) `
    + `UNION ALL SELECT customer_id, channel, campaign, day, kind, CAST(occurred_ms AS INT8) AS ms FROM e WHERE kind IN ('message_open', 'message_click', 'order')), `
    + `followed AS (SELECT customer_id, channel, campaign, day, kind, ms, ${firstOf(`kind IN ('message_open', 'message_click')`, 'own_from', 'own_open')}, ${firstOf(`kind = 'message_click'`, 'own_from', 'own_click')}, `
    + `${firstOf(`kind = 'message_sent'`, 'own_later', 'own_next')}, ${firstOf(`campaign IS NULL AND kind IN ('message_open', 'message_click')`, 'any_from', 'any_open')}, ${firstOf(`campaign IS NULL AND kind = 'message_click'`, 'any_from', 'any_click')}, `
    + `${firstOf(`kind = 'message_sent'`, 'any_later', 'any_next')}, ${firstOf(`kind = 'order'`, 'all_later', 'next_order')} FROM parts `
    + `WINDOW own_from AS (PARTITION BY customer_id, channel, campaign ORDER BY ms ${from}), own_later AS (PARTITION BY customer_id, channel, campaign ORDER BY ms ${later}), `
    + `any_from AS (PARTITION BY customer_id, channel ORDER BY ms ${from}), any_later AS (PARTITION BY customer_id, channel ORDER BY ms ${later}), all_later AS (PARTITION BY customer_id ORDER BY ms ${later})), `
    + `messages AS (SELECT customer_id, channel, day, ${answered('open')} AS opened, ${answered('click')} AS clicked, CASE WHEN next_order < ms + ${within} THEN 1 ELSE 0 END AS converted FROM followed WHERE kind = 'message_sent')`;
}
