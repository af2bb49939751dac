/** What a tag is: its names, meaning, values and life time. One catalogue holds every kind of tag. */
import type { Bilingual } from '../../base/text.ts';
import type { TagKind } from '../tag.ts';

/** One of the values that a tag can take, weakest or lowest first. */
export interface Band {
  readonly code: string;
  readonly label: Bilingual;
}

export interface TagDefinition {
  readonly key: string;
  readonly kind: TagKind;
  /** Code of a category: one of {@link TAG_CATEGORIES}, or one that the shop added. */
  readonly category: string;
  readonly label: Bilingual;
  readonly description: Bilingual;
  readonly valueType: 'number' | 'text' | 'date' | 'list';
  /** Unit of a number, e.g. `days`, `currency`, `probability`. */
  readonly unit?: 'days' | 'currency' | 'probability' | 'orders' | 'ratio' | 'share' | 'points' | 'hour';
  readonly bands?: readonly Band[];
  /** Days after which a dynamic tag is stale; null for a static tag, 0 for one that is good for minutes. */
  readonly ttlDays: number | null;
  /** Model that the tag is read from, for lineage and for the status `model_paused`. */
  readonly model?: string;
  /** Answered when somebody asks and never written: nobody carries it, so no condition may name it. */
  readonly onDemand?: true;
}

export const TAG_CATEGORIES = ['activity', 'value', 'churn', 'intent', 'cycle', 'lifecycle', 'preference', 'behaviour', 'response'] as const;
export type TagCategory = (typeof TAG_CATEGORIES)[number];

export const CATEGORY_LABELS: Readonly<Record<TagCategory, Bilingual>> = {
  activity: { zh: '交易活跃', en: 'Orders and activity' },
  value: { zh: '客户价值', en: 'Value' },
  churn: { zh: '流失风险', en: 'Churn risk' },
  intent: { zh: '购买意向', en: 'Purchase intent' },
  cycle: { zh: '复购周期', en: 'Repurchase cycle' },
  lifecycle: { zh: '生命周期', en: 'Lifecycle' },
  preference: { zh: '偏好与触达', en: 'Preferences and contact' },
  behaviour: { zh: '行为特征', en: 'Behaviour' },
  response: { zh: '营销响应', en: 'Response to contacts' },
};

export function band(code: string, zh: string, en: string): Band {
  return { code, label: { zh, en } };
}
