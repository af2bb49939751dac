/** Everything in the store that names tags or segments: what must not lose them unawares. */
import type { Knex } from 'knex';
import { selectRows } from './bulk.ts';
import { latestQualityRules } from './quality.ts';

export const USER_KINDS = ['tag', 'segment', 'quality_rule', 'webhook'] as const;
export type UserKind = (typeof USER_KINDS)[number];

export interface NamingUser {
  readonly kind: UserKind;
  readonly key: string;
  /** Stored conditions, to be parsed. */
  readonly conditions: readonly unknown[];
  /** Segments that are named outside of a condition. */
  readonly segments: readonly string[];
}

/** The conditions of a quality rule's check; checks of another form name neither tags nor segments. */
function conditionsOfRule(rule: unknown): unknown[] {
  const check = (rule as { readonly check?: { readonly of?: unknown; readonly good?: unknown } } | null)?.check;
  return [check?.of, check?.good].filter((condition) => condition !== undefined);
}

/** Rule tags, segments, quality rules and webhooks, each kind by key. */
export async function namingUsers(db: Knex): Promise<NamingUser[]> {
  const tags = await selectRows<{ key: string; condition: unknown }>(db, 'SELECT key, condition FROM tag_definitions ORDER BY key');
  const segments = await selectRows<{ key: string; condition: unknown }>(db, 'SELECT key, condition FROM segments WHERE condition IS NOT NULL ORDER BY key');
  const webhooks = await selectRows<{ key: string; segment: string }>(db, 'SELECT webhook_id AS key, segment_key AS segment FROM webhooks WHERE segment_key IS NOT NULL ORDER BY 1');
  return [
    ...tags.map(({ key, condition }): NamingUser => ({ kind: 'tag', key, conditions: [condition], segments: [] })),
    ...segments.map(({ key, condition }): NamingUser => ({ kind: 'segment', key, conditions: [condition], segments: [] })),
    ...(await latestQualityRules(db)).filter(({ rule }) => rule !== null).map(({ key, rule }): NamingUser => ({ kind: 'quality_rule', key, conditions: conditionsOfRule(rule), segments: [] })),
    ...webhooks.map(({ key, segment }): NamingUser => ({ kind: 'webhook', key, conditions: [], segments: [segment] })),
  ];
}
