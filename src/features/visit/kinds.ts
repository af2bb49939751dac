/** What a visit is made of: kinds of events that somebody who looks around leaves behind, and how long a silence ends a visit. */

/** `checkout`, `cart_remove` and `price_check` are kinds of a shop's own; a cart event with a negative quantity takes back as `cart_remove` does. */
export const BROWSING_KINDS = ['visit', 'view', 'search', 'favourite', 'cart', 'cart_remove', 'checkout', 'inquiry', 'price_check'] as const;

/** Minutes of silence that end a visit. Thirty is what web analytics has counted by since Catledge & Pitkow (1995) measured 25.5 on the first browsers; most tools use it, so that visits here are the visits there. */
export const SILENCE_MINUTES = 30;
/** A minute would cut visits apart between two pages, and beyond four hours two visits of a day become one. */
export const SILENCE_LIMITS = { least: 5, most: 240 } as const;

/** An event of browsing. Channel and device are what it was seen through, where the shop says so. */
export interface VisitEvent {
  /** Epoch ms. */
  readonly at: number;
  readonly kind: string;
  readonly product: string | null;
  readonly category: string | null;
  readonly channel: string | null;
  /** The property `device` of the event. */
  readonly device: string | null;
  readonly quantity: number | null;
}

/** What was known of the customer before the visit began: everything strictly before its first event. */
export interface VisitHistory {
  readonly visits: number;
  /** Visits with an order in them. */
  readonly converted: number;
  readonly orders: number;
  /** Epoch ms; NaN without any. */
  readonly lastOrderMs: number;
  /** Last browsing event of the visit before, epoch ms; NaN without any. */
  readonly lastVisitMs: number;
}

export const NO_HISTORY: VisitHistory = { visits: 0, converted: 0, orders: 0, lastOrderMs: Number.NaN, lastVisitMs: Number.NaN };

/** Channels and devices that have a column of their own, most used first; learned from the events that training may know. */
export interface VisitLevels {
  readonly channels: readonly string[];
  readonly devices: readonly string[];
}

export const NO_LEVELS: VisitLevels = { channels: [], devices: [] };
export const MOST_LEVELS = { channels: 6, devices: 3 } as const;
