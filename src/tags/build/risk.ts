/** The band of churn risk, shared by the tags that depend on it. */
import { bandOf, CHURN_SCALE } from '../bands.ts';
import type { CustomerInput } from './context.ts';
import type { HeadScore } from './draft.ts';

export function churnBand(customer: CustomerInput, { head, score }: HeadScore): string {
  return bandOf(score.value, head.baseRate, CHURN_SCALE, customer.previous.get('churn_risk_band')?.band ?? undefined);
}

export const isAtRisk = (band: string): boolean => band === 'at_risk' || band === 'critical';
