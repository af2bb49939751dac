/** Events as the house knows them: append-only facts about a customer, with event time and ingestion order both kept. */
import { z } from 'zod';

/**
 * Kinds that the feature files know. A shop may add its own (`^[a-z][a-z0-9_]{0,47}$`).
 * - `order`: one row per order line, or per order where there are no lines; rows of one order share `orderRef`. `amount` ≥ 0 is what the customer paid for the line.
 * - `contract`, `contract_cancelled`, `contract_resumed`: a paid period, and whether the contract goes on after it; docs/contracts.md says what they hold.
 * - `refund`: `amount` ≤ 0 at the time of the refund; `orderRef` is the refunded order where it is known.
 */
export const EVENT_KINDS = [
  'order', 'refund', 'view', 'cart', 'favourite', 'search', 'visit', 'inquiry', 'complaint', 'service',
  'message_sent', 'message_open', 'message_click', 'unsubscribe', 'campaign', 'coupon_redeemed', 'referral',
  'contract', 'contract_cancelled', 'contract_resumed',
] as const;

export const EVENT_KIND_PATTERN = /^[a-z][a-z0-9_]{0,47}$/;

/** A decimal with at most 14 digits before and 4 after the point, as text, so that money stays exact: numeric(18,4) in SQL. */
const decimal = z.string().regex(/^-?\d{1,14}(\.\d{1,4})?$/);
const label = z.string().min(1).max(256);

/** An event on its way in: the customer is named by the shop's own id. */
export const newEventSchema = z.strictObject({
  customer: z.string().min(1).max(256),
  /** Epoch milliseconds, 1970-01-01 or later. */
  occurredAt: z.int().min(0),
  kind: z.string().regex(EVENT_KIND_PATTERN),
  amount: decimal.optional(),
  quantity: decimal.optional(),
  /** Reduction that the customer received on this line, ≥ 0. */
  discount: decimal.optional(),
  product: label.optional(),
  category: label.optional(),
  channel: label.optional(),
  campaign: label.optional(),
  session: label.optional(),
  orderRef: label.optional(),
  properties: z.record(z.string().max(64), z.json()).optional(),
  /** The source's own id of the event; absent: the row's content decides what is the same event. */
  eventId: label.optional(),
});

export type NewEvent = z.infer<typeof newEventSchema>;
