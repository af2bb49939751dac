/**
 * The one condition language of rules, segments and populations, as JSON.
 *
 * Three-valued: every node is true, false or unknown, and a customer matches where the whole is true. `all` is false as soon as one child is
 * false, `any` true as soon as one child is true, `not` of unknown is unknown. So "not high" matches nobody of whom nothing is known.
 */
import { z } from 'zod';
import { EQUALITY_OPS, LIST_OPS, ORDER_OPS, anyComparison, valueComparison } from './comparison.ts';
import { eventAggregateSchema } from './eventLeaf.ts';
import { CONDITION_LIMITS as limits } from './limits.ts';
import { sequenceSchema } from './sequenceLeaf.ts';
import { keyLiteral, numberLiteral, textList, textLiteral } from './literals.ts';

/** Statuses of a tag (the envelope's own list) and `absent`: the customer has no such tag. */
export const TAG_STATUS_NAMES = ['ok', 'insufficient_data', 'not_eligible', 'stale', 'opted_out', 'model_paused', 'absent'] as const;
export type TagStatusName = (typeof TAG_STATUS_NAMES)[number];
export const CONSENT_PURPOSES = ['scoring', 'marketing', 'training'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];
export const CONSENT_STATES = ['granted', 'refused', 'not_recorded'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

const tagKey = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the key of a tag');
const segmentKey = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the key of a segment');
const stageCode = z.string().regex(/^[a-z][a-z0-9_]{0,47}$/, 'must be the code of a stage');
const band = { tag: tagKey, field: z.literal('band') };
const number = { op: z.enum([...EQUALITY_OPS, ...ORDER_OPS]), value: numberLiteral };

/** A profile attribute. Missing, null and empty text are unknown to every comparison; `exists` and `missing` are always true or false. */
export const attributeLeafSchema = anyComparison({ attribute: keyLiteral });
export const eventsLeafSchema = z.strictObject({ events: eventAggregateSchema });
/** A tag. Unless the status is asked for, a tag that is absent, stale or not `ok` is unknown. */
export const tagLeafSchema = z.union([
  valueComparison({ tag: tagKey, field: z.literal('value') }),
  z.strictObject({ ...band, op: z.enum(EQUALITY_OPS), value: textLiteral }),
  z.strictObject({ ...band, op: z.enum(LIST_OPS), values: textList }),
  z.strictObject({ tag: tagKey, field: z.enum(['probability', 'percentile', 'lift']), ...number }),
  z.strictObject({ tag: tagKey, field: z.literal('status'), op: z.enum(['in', 'not_in']), values: z.array(z.enum(TAG_STATUS_NAMES)).min(1).max(TAG_STATUS_NAMES.length) }),
]);
/** Lifecycle stage as of the cut-off, and the days since it was entered. Unknown for customers that never had a stage. */
export const stageLeafSchema = z.strictObject({ stage: z.array(stageCode).min(1).max(50), days: z.strictObject(number).optional() });
/** `not_recorded` where the customer never said anything about the purpose. Always true or false. */
export const consentLeafSchema = z.strictObject({ consent: z.enum(CONSENT_PURPOSES), in: z.array(z.enum(CONSENT_STATES)).min(1).max(3) });
/** Whether an identity of a namespace (phone, email, wechat …) is known. Always true or false. */
export const identityLeafSchema = z.strictObject({ identity: keyLiteral, op: z.enum(['exists', 'missing']) });

export const sequenceLeafSchema = z.strictObject({ sequence: sequenceSchema });
/** Membership of a saved segment as it was last built. Unknown while the segment has never been built. */
export const segmentLeafSchema = z.strictObject({ segment: segmentKey, op: z.enum(LIST_OPS) });

export type AttributeLeaf = z.infer<typeof attributeLeafSchema>;
export type EventsLeaf = z.infer<typeof eventsLeafSchema>;
export type TagLeaf = z.infer<typeof tagLeafSchema>;
export type StageLeaf = z.infer<typeof stageLeafSchema>;
export type ConsentLeaf = z.infer<typeof consentLeafSchema>;
export type IdentityLeaf = z.infer<typeof identityLeafSchema>;
export type SequenceLeaf = z.infer<typeof sequenceLeafSchema>;
export type SegmentLeaf = z.infer<typeof segmentLeafSchema>;
export type Leaf = AttributeLeaf | EventsLeaf | SequenceLeaf | TagLeaf | StageLeaf | ConsentLeaf | IdentityLeaf | SegmentLeaf;

export interface AllOf {
  all: Condition[];
}
export interface AnyOf {
  any: Condition[];
}
export interface Not {
  not: Condition;
}
export type Condition = AllOf | AnyOf | Not | Leaf;

/** The schema of every leaf by the key that names it. */
export const LEAF_SCHEMAS = {
  attribute: attributeLeafSchema,
  events: eventsLeafSchema,
  sequence: sequenceLeafSchema,
  tag: tagLeafSchema,
  stage: stageLeafSchema,
  consent: consentLeafSchema,
  identity: identityLeafSchema,
  segment: segmentLeafSchema,
} as const;
export type LeafKind = keyof typeof LEAF_SCHEMAS;
export const GROUP_KINDS = ['all', 'any', 'not'] as const;

/** The schema as one value, for documents. To check input use `parseCondition`, which refuses oversized trees before it descends and names the place of a mistake. */
export const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(conditionSchema).min(1).max(limits.listItems) }),
    z.strictObject({ any: z.array(conditionSchema).min(1).max(limits.listItems) }),
    z.strictObject({ not: conditionSchema }),
    ...Object.values(LEAF_SCHEMAS),
  ]),
).meta({ id: 'Condition' });

/** JSON Schema (2020-12) of the language. */
export function conditionJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(conditionSchema) as Record<string, unknown>;
}
