/** Everything that Tagcast predicts: add a file, add it here. */
import type { ContractSettings } from '../src/training/contractSettings.ts';
import type { ModelDefinition } from '../src/training/define.ts';
import { churn } from './churn.ts';
import { clv } from './clv.ts';
import { couponRedemption } from './couponRedemption.ts';
import { leadIntent } from './leadIntent.ts';
import { nextOrderValue } from './nextOrderValue.ts';
import { orderCount } from './orderCount.ts';
import { purchaseIntent } from './purchaseIntent.ts';
import { renewalModel } from './renewal.ts';
import { repurchaseCycle } from './repurchaseCycle.ts';
import { secondPurchase } from './secondPurchase.ts';
import { sessionPurchase } from './sessionPurchase.ts';

export const MODELS: readonly ModelDefinition[] = Object.freeze([churn, purchaseIntent, repurchaseCycle, clv, nextOrderValue, orderCount, secondPurchase, leadIntent]);

/** Asked about the visit that is under way, and trained with the others; nights do not score them. */
export const VISIT_MODELS: readonly ModelDefinition[] = Object.freeze([sessionPurchase]);

/** For shops with coupon campaigns; trained with CAMPAIGN_FEATURES (features/index.ts) beside the general features. */
export const CAMPAIGN_MODELS: readonly ModelDefinition[] = Object.freeze([couponRedemption]);

/** What a shop trains and serves: with contracts, renewals as well. */
export function modelsFor(contracts: ContractSettings | undefined): readonly ModelDefinition[] {
  return contracts === undefined ? MODELS : [...MODELS, renewalModel(contracts)];
}
