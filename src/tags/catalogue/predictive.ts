/** Predictive tags 挖掘类: what models say, with calibrated probability and percentile side by side. */
import { band } from './definition.ts';
import type { TagDefinition } from './definition.ts';

const churn = { kind: 'predictive', category: 'churn', ttlDays: 7, model: 'churn' } as const;
const intent = { kind: 'predictive', category: 'intent', ttlDays: 3, model: 'purchase_intent' } as const;
const second = { kind: 'predictive', category: 'intent', ttlDays: 3, model: 'second_purchase' } as const;
const lead = { kind: 'predictive', category: 'intent', ttlDays: 3, model: 'lead_intent' } as const;
const cycle = { kind: 'predictive', category: 'cycle', ttlDays: 7, model: 'repurchase_cycle' } as const;
const orders = { kind: 'predictive', category: 'cycle', ttlDays: 7, model: 'order_count' } as const;
const value = { kind: 'value', category: 'value', ttlDays: 30, model: 'clv' } as const;

export const CHURN_BANDS = [band('safe', '安全', 'Safe'), band('watch', '关注', 'Watch'), band('at_risk', '高风险', 'At risk'), band('critical', '极高风险', 'Critical')] as const;
export const INTENT_BANDS = [band('low', '低', 'Low'), band('medium', '中', 'Medium'), band('high', '高', 'High')] as const;
export const INTENT_RANKS = [band('rest', '其他', 'Rest'), band('top20', '前20%', 'Top 20 %'), band('top10', '前10%', 'Top 10 %'), band('top5', '前5%', 'Top 5 %')] as const;
export const SIGNALS = [
  band('none', '无', 'None'), band('price_check', '询价', 'Price check'), band('inquiry', '咨询', 'Inquiry'), band('repeated_views', '反复浏览同一商品', 'Repeated views of one product'), band('cart_not_ordered', '加购未下单', 'Cart not ordered'),
] as const;
/** Each grade with what to do. */
export const LEAD_GRADES = [band('d', 'D 暂缓', 'D: leave for now'), band('c', 'C 培育', 'C: nurture'), band('b', 'B 尽快', 'B: soon'), band('a', 'A 立即跟进', 'A: follow up now')] as const;
export const TREND_BANDS = [band('falling', '下降', 'Falling'), band('steady', '平稳', 'Steady'), band('rising', '上升', 'Rising')] as const;
export const TIERS = [band('low', '低', 'Low'), band('middle', '中', 'Middle'), band('high', '高', 'High'), band('top', '顶级', 'Top')] as const;
export const TIER_MOVES = [band('down', '降级', 'Down'), band('same', '持平', 'Same'), band('up', '升级', 'Up')] as const;
export const QUADRANTS = [
  band('nurture', '自然经营', 'Let grow'), band('win_back_cheaply', '低成本召回', 'Win back at low cost'),
  band('keep_close', '重点维系', 'Keep close'), band('rescue', '重点挽留', 'Rescue'),
] as const;
export const WINDOW_STATES = [
  band('not_due', '未到期', 'Not due'), band('due_soon', '即将到期', 'Due soon'), band('in_window', '窗口期', 'In the window'),
  band('overdue', '逾期', 'Overdue'), band('long_overdue', '严重逾期', 'Long overdue'),
] as const;
export const REGULARITY = [band('irregular', '不规律', 'Irregular'), band('average', '一般', 'Average'), band('regular', '规律', 'Regular')] as const;

const probability = (days: number): Pick<TagDefinition, 'valueType' | 'unit'> & { days: number } => ({ valueType: 'number', unit: 'probability', days });

function churnProbability(horizon: number): TagDefinition {
  const { days, ...shape } = probability(horizon);
  return { ...churn, ...shape, key: `churn_prob_${days}d`, label: { zh: `${days}天流失概率`, en: `Churn probability, ${days} days` }, description: { zh: `未来${days}天不下单的概率（已校准）`, en: `Calibrated probability of no order in the next ${days} days` } };
}

function purchaseProbability(horizon: number): TagDefinition {
  const { days, ...shape } = probability(horizon);
  return { ...intent, ...shape, key: `purchase_prob_${days}d`, label: { zh: `${days}天购买概率`, en: `Purchase probability, ${days} days` }, description: { zh: `未来${days}天下单的概率（已校准）`, en: `Calibrated probability of an order in the next ${days} days` } };
}

function futureValue(days: number): TagDefinition {
  return { ...value, valueType: 'number', unit: 'currency', key: `clv_pred_${days}d`, label: { zh: `未来${days}天价值`, en: `Value in the next ${days} days` }, description: { zh: `未来${days}天预计净消费，附80%区间`, en: `Expected net spend in the next ${days} days, with an 80 % interval` } };
}

export const PREDICTIVE_TAGS: readonly TagDefinition[] = [
  ...[30, 60, 90, 180].map(churnProbability),
  { ...churn, key: 'churn_risk_band', valueType: 'text', bands: CHURN_BANDS, label: { zh: '流失风险等级', en: 'Churn risk' }, description: { zh: '由校准后的流失概率相对全店水平得出', en: 'From the calibrated churn probability relative to the shop\'s own rate' } },
  { ...churn, key: 'churn_risk_trend', valueType: 'text', bands: TREND_BANDS, label: { zh: '流失风险变化', en: 'Change of churn risk' }, description: { zh: '与7天前相比的变化（百分点）', en: 'Change against 7 days ago, in percentage points' } },
  { ...churn, key: 'churn_reason', valueType: 'text', label: { zh: '流失原因', en: 'Reason for the risk' }, description: { zh: '推高流失风险的最主要原因', en: 'What pushes the risk up most' } },
  { ...churn, key: 'high_value_churn_alert', valueType: 'text', label: { zh: '高价值客户流失预警', en: 'High-value churn alert' }, description: { zh: '价值前20%且流失风险高或极高', en: 'Top 20 % by value and at risk or critical' } },
  ...[7, 14, 30].map(purchaseProbability),
  { ...intent, key: 'purchase_intent_band', valueType: 'text', bands: INTENT_BANDS, label: { zh: '购买意向', en: 'Purchase intent' }, description: { zh: '由校准后的30天购买概率相对全店水平得出', en: 'From the calibrated 30-day purchase probability relative to the shop\'s own rate' } },
  { ...intent, key: 'purchase_intent_rank', valueType: 'text', bands: INTENT_RANKS, label: { zh: '意向排名', en: 'Intent rank' }, description: { zh: '购买概率在全部客户中的排名', en: 'Rank by purchase probability among all customers' } },
  { ...second, key: 'second_purchase_prob_60d', valueType: 'number', unit: 'probability', label: { zh: '首购后复购概率', en: 'Second purchase, 60 days' }, description: { zh: '只下过一单（且在近一年内）的客户未来60天再次下单的概率（已校准）；其他客户不适用', en: 'Calibrated probability of a second order in the next 60 days, for customers with exactly one order, in the last year; not for others' } },
  { ...lead, key: 'lead_intent_grade', valueType: 'text', bands: LEAD_GRADES, label: { zh: '线索意向等级', en: 'Lead grade' }, description: { zh: '从未下单、近90天有到访、浏览、搜索、收藏或加购的客户，按30天内首次下单的校准概率相对线索总体水平分级：A立即跟进、B尽快、C培育、D暂缓', en: 'For people without an order who looked around in the last 90 days: calibrated probability of a first order in 30 days against that of all leads. A follow up now, B soon, C nurture, D leave for now' } },
  {
    kind: 'predictive', category: 'intent', ttlDays: 2, key: 'intent_signal', valueType: 'list', bands: SIGNALS, label: { zh: '意向信号', en: 'Intent signals' },
    description: {
      zh: '最近7天的信号，最强的在前：加购后未下单、同一商品浏览3次以上而未购买、咨询、询价（price_check 事件，或主题为 price 的咨询）后未下单；90天内没有任何浏览记录的为数据不足',
      en: 'Signals of the last 7 days, strongest first: cart without an order since, 3 or more views of a product without buying it, inquiry, price check (event price_check, or an inquiry on the topic price) without an order since; unknown where nothing was seen for 90 days',
    },
  },
  { ...cycle, key: 'repurchase_cycle_days', valueType: 'number', unit: 'days', label: { zh: '个人复购周期', en: 'Personal repurchase cycle' }, description: { zh: '两次下单之间的典型天数；订单少时向全店水平收缩', en: 'Typical days between orders; shrunk to the shop\'s where there are few' } },
  { ...cycle, key: 'cycle_regularity', valueType: 'text', bands: REGULARITY, label: { zh: '购买规律性', en: 'Regularity' }, description: { zh: '下单间隔是否稳定', en: 'How steady the gaps between orders are' } },
  { ...cycle, key: 'next_order_date', valueType: 'date', label: { zh: '预计下次下单日', en: 'Next order date' }, description: { zh: '考虑沉默时间后的中位日期，附P25–P75窗口', en: 'Median date given the silence so far, with its P25–P75 window' } },
  { ...cycle, key: 'next_order_window', valueType: 'text', bands: WINDOW_STATES, label: { zh: '复购窗口状态', en: 'Repurchase window' }, description: { zh: '相对个人周期，现在处于哪个阶段', en: 'Where the customer stands in the personal cycle' } },
  { ...cycle, key: 'overdue_days', valueType: 'number', unit: 'days', label: { zh: '逾期天数', en: 'Days overdue' }, description: { zh: '超过个人周期的天数', en: 'Days beyond the personal cycle' } },
  {
    ...orders, key: 'orders_next_90d', valueType: 'number', unit: 'orders', label: { zh: '90天预计订单数', en: 'Orders in the next 90 days' },
    description: { zh: '未来90天内订单数的期望值，附80%区间；不是概率，可以大于1，也可以小于1', en: 'Expected number of orders in the next 90 days, with an 80 % interval; no probability: it may be above or below 1' },
  },
  ...[90, 180, 365].map(futureValue),
  { ...value, key: 'clv_total', valueType: 'number', unit: 'currency', label: { zh: '总价值', en: 'Total value' }, description: { zh: '历史价值 + 未来365天价值', en: 'Historic value plus the next 365 days' } },
  { ...value, key: 'clv_tier', valueType: 'text', bands: TIERS, label: { zh: '价值等级', en: 'Value tier' }, description: { zh: '按未来价值排名：顶级为前10%', en: 'By rank of the future value: top is the first 10 %' } },
  { ...value, key: 'clv_tier_move', valueType: 'text', bands: TIER_MOVES, label: { zh: '价值升降', en: 'Tier move' }, description: { zh: '与上次评分相比的等级变化', en: 'Change of tier against the previous run' } },
  { ...value, key: 'value_risk_quadrant', valueType: 'text', bands: QUADRANTS, label: { zh: '价值×流失四象限', en: 'Value × churn quadrant' }, description: { zh: '价值高低与流失风险高低的组合', en: 'High or low value combined with high or low churn risk' } },
];
