/** Tags that are answered when somebody asks, for the moment of the question: no night writes them, nobody carries them, and no condition can match by them. */
import type { TagDefinition } from './definition.ts';
import { INTENT_BANDS } from './predictive.ts';

export const VISIT_TAG: TagDefinition = {
  kind: 'predictive', category: 'intent', model: 'session_purchase', key: 'purchase_prob_session', valueType: 'number', unit: 'probability', bands: INTENT_BANDS, ttlDays: 0, onDemand: true,
  label: { zh: '本次访问购买概率', en: 'Purchase probability, this visit' },
  description: {
    zh: '正在进行的访问结束前下单的概率（已校准）。只在查询时计算（tagcast visit，POST /v1/customers/{id}/visit），静默时限一到即过期；不随夜间任务发布，不能用于条件',
    en: 'Calibrated probability of an order before the visit that is under way ends. Worked out when asked for (tagcast visit, POST /v1/customers/{id}/visit) and good until the silence that ends the visit; no night publishes it, and no condition can name it',
  },
};

export const ON_DEMAND_TAGS: readonly TagDefinition[] = [VISIT_TAG];
