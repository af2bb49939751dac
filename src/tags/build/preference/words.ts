/** Reasons of preference tags: the customer's number beside the shop's, in both languages. */
import type { Bilingual } from '../../../base/text.ts';
import type { Reason } from '../../tag.ts';

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
export const times = (ratio: number): string => ratio.toFixed(1);

export function reason(direction: Reason['direction'], feature: string, weight: number, value: number | null, typical: number | null, text: Bilingual): Reason {
  return { direction, feature, weight: Math.max(0.0001, Math.min(1, Number(weight.toFixed(4)))), value: value === null ? null : Number(value.toPrecision(6)), typical: typical === null ? null : Number(typical.toPrecision(6)), text };
}

/** Shares of a whole; equal shares where there is none. */
export function sharesOf(values: readonly number[]): number[] {
  const whole = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => (whole > 0 ? value / whole : 1 / values.length));
}

/** How much of the customer's own the answer rests on. */
export function confidenceBy(count: number, medium: number, high: number): 'high' | 'medium' | 'low' {
  return count >= high ? 'high' : count >= medium ? 'medium' : 'low';
}
