/** The tag of the visit that is under way, from the model's answer about it. */
import { bandOf, INTENT_SCALE, percentileOf } from '../bands.ts';
import { VISIT_TAG } from '../catalogue/onDemand.ts';
import type { Reason } from '../../scoring/reasons.ts';
import type { Tag, TagStatus } from '../tag.ts';

export interface VisitAnswer {
  readonly probability: number;
  readonly reasons: readonly Reason[];
  /** Share of the rows of the newest finished period that ended in an order. */
  readonly baseRate: number;
  /** 101 points of the probabilities of the visits that were learned from. */
  readonly percentiles: readonly number[];
  readonly confidence: 'high' | 'medium' | 'low';
  /** End of the silence that ends the visit, ISO 8601. */
  readonly expiresAt: string;
}

/** @param answer what the model says, or why nothing is said @param version of the model; 0 where none serves @param day business day of the question */
export function visitTag(answer: VisitAnswer | Exclude<TagStatus, 'ok'>, version: number, day: string): Tag {
  const none: Tag = {
    key: VISIT_TAG.key, kind: VISIT_TAG.kind, status: 'not_eligible', value: null, band: null, probability: null, percentile: null, lift: null, interval: null, horizonDays: null,
    asOf: day, validFrom: day, expiresAt: null, source: { name: VISIT_TAG.model ?? '', version, run: 0 }, confidence: null, reasons: [],
  };
  if (typeof answer === 'string') return { ...none, status: answer };
  const { probability, baseRate, percentiles, confidence, expiresAt, reasons } = answer;
  return {
    ...none, status: 'ok', value: probability, probability, band: bandOf(probability, baseRate, INTENT_SCALE), percentile: percentiles.length === 0 ? null : percentileOf(probability, percentiles),
    lift: baseRate > 0 ? probability / baseRate : null, confidence, expiresAt, reasons: [...reasons],
  };
}
