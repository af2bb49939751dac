/** Everything that Tagcast predicts: add a file, add it here. */
import type { ModelDefinition } from '../src/training/define.ts';
import { churn } from './churn.ts';
import { clv } from './clv.ts';
import { purchaseIntent } from './purchaseIntent.ts';
import { repurchaseCycle } from './repurchaseCycle.ts';

export const MODELS: readonly ModelDefinition[] = Object.freeze([churn, purchaseIntent, repurchaseCycle, clv]);
