/** Everything a condition can look at of one customer, in memory. */
import type { ConsentPurpose, TagStatusName } from './schema.ts';

export interface EventFacts {
  /** Ingestion order; breaks ties of `occurredAt` for first and last. */
  readonly eventId: number;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly kind: string;
  /** Decimals as text, as the store gives numeric. */
  readonly amount?: string | null;
  readonly quantity?: string | null;
  readonly discount?: string | null;
  readonly product?: string | null;
  readonly category?: string | null;
  readonly channel?: string | null;
  readonly campaign?: string | null;
  readonly session?: string | null;
  readonly orderRef?: string | null;
  readonly properties?: Readonly<Record<string, unknown>> | null;
}

export interface TagFacts {
  readonly status: Exclude<TagStatusName, 'absent'>;
  readonly valueNumber?: number | null;
  readonly valueText?: string | null;
  /** YYYY-MM-DD. */
  readonly valueDate?: string | null;
  readonly valueList?: readonly string[] | null;
  readonly band?: string | null;
  readonly probability?: number | null;
  readonly percentile?: number | null;
  readonly lift?: number | null;
  /** Day on which the tag turns stale; null never. */
  readonly expiresAt?: string | null;
}

export interface CustomerFacts {
  /** JSON values. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Namespaces of which an identity is known. */
  readonly identities: ReadonlySet<string>;
  readonly consents: Readonly<Partial<Record<ConsentPurpose, 'granted' | 'refused'>>>;
  /** Any order. */
  readonly events: readonly EventFacts[];
  readonly tags: ReadonlyMap<string, TagFacts>;
  /** Segments that have been built, and whether the customer is a member. */
  readonly segments: ReadonlyMap<string, boolean>;
  /** Every stage with the day it was entered, any order; null: without a stage from that day on. */
  readonly stages: readonly { readonly stage: string | null; readonly enteredOn: string }[];
}
