/** Everything that Tagcast knows about a customer as of a date: add a file, add it here. */
import { feature } from '../src/features/define.ts';
import type { FeatureDefinition } from '../src/features/define.ts';
import { BROWSING } from './browsing.ts';
import { CAMPAIGNS } from './campaigns.ts';
import { contractFeatures } from './contracts.ts';
import { HOUSEHOLD } from './household.ts';
import { MESSAGES } from './messages.ts';
import { ORDERS } from './orders.ts';
import { RECENCY } from './recency.ts';
import { RHYTHM } from './rhythm.ts';
import { SEASON } from './season.ts';
import { SERVICE } from './service.ts';
import { SPEND } from './spend.ts';
import { TASTE } from './taste.ts';
import { THEMES } from './themes.ts';

const themeOf = new Map(THEMES.flatMap(({ name, told, besides }) => [...told, ...besides].map((of, i) => [of, { theme: name, ...(i < told.length ? { told: i + 1 } : {}) }] as const)));
const themed = (definitions: readonly FeatureDefinition[]): readonly FeatureDefinition[] => Object.freeze(definitions.map((one) => feature({ ...one, ...themeOf.get(one.name) })));

export const FEATURES: readonly FeatureDefinition[] = themed([
  ...RECENCY, ...ORDERS, ...SPEND, ...RHYTHM, ...BROWSING, ...MESSAGES, ...SERVICE, ...TASTE, ...SEASON,
]);

/** For shops with coupon campaigns: what the models of CAMPAIGN_MODELS (models/index.ts) need besides. */
export const CAMPAIGN_FEATURES: readonly FeatureDefinition[] = Object.freeze([...CAMPAIGNS, ...HOUSEHOLD]);

/** What a shop computes: with contracts, what is known of them as well. */
export function featuresFor(contracts: { readonly graceDays: number } | undefined): readonly FeatureDefinition[] {
  return contracts === undefined ? FEATURES : [...FEATURES, ...themed(contractFeatures(contracts.graceDays))];
}
