/** The words of the language in Chinese and English. */
import type { Bilingual } from '../base/text.ts';
import type { NumberColumn, TextColumn } from './eventLeaf.ts';
import type { ConsentPurpose, ConsentState, TagStatusName } from './schema.ts';

export type Language = keyof Bilingual;
type Words<Key extends string> = Readonly<Record<Key, Bilingual>>;

/** Kinds that the product knows; others are shown by their own name. */
export const EVENT_KIND_WORDS: Readonly<Record<string, Bilingual>> = {
  order: { zh: '下单', en: 'order' }, refund: { zh: '退款', en: 'refund' }, view: { zh: '浏览', en: 'page view' }, cart: { zh: '加购', en: 'add to cart' },
  favourite: { zh: '收藏', en: 'favourite' }, search: { zh: '搜索', en: 'search' }, visit: { zh: '访问', en: 'visit' }, inquiry: { zh: '咨询', en: 'inquiry' },
  complaint: { zh: '投诉', en: 'complaint' }, service: { zh: '售后服务', en: 'service contact' }, message_sent: { zh: '消息发送', en: 'message sent' },
  message_open: { zh: '消息打开', en: 'message open' }, message_click: { zh: '消息点击', en: 'message click' }, unsubscribe: { zh: '退订', en: 'unsubscribe' },
  campaign: { zh: '活动', en: 'campaign contact' }, coupon_redeemed: { zh: '用券', en: 'coupon redemption' }, referral: { zh: '推荐', en: 'referral' },
  contract: { zh: '签约或续费', en: 'contract period' }, contract_cancelled: { zh: '合同退订', en: 'contract cancellation' }, contract_resumed: { zh: '合同撤回退订', en: 'contract resumption' },
};

export const COLUMN_WORDS: Words<NumberColumn | TextColumn | 'local_hour' | 'local_weekday' | 'kind' | 'order' | 'local_date' | 'occurred_at'> = {
  amount: { zh: '金额', en: 'amount' }, quantity: { zh: '数量', en: 'quantity' }, discount: { zh: '优惠金额', en: 'discount' }, product: { zh: '商品', en: 'product' },
  category: { zh: '品类', en: 'category' }, channel: { zh: '渠道', en: 'channel' }, campaign: { zh: '活动', en: 'campaign' }, session: { zh: '会话', en: 'session' },
  order_ref: { zh: '订单号', en: 'order reference' }, local_hour: { zh: '小时', en: 'hour of day' }, local_weekday: { zh: '星期', en: 'day of week' },
  kind: { zh: '行为', en: 'kind' }, order: { zh: '订单', en: 'orders' }, local_date: { zh: '天', en: 'days' }, occurred_at: { zh: '时间', en: 'time' },
};

export const FIELD_WORDS: Words<'value' | 'band' | 'probability' | 'percentile' | 'lift' | 'status'> = {
  value: { zh: '', en: '' }, band: { zh: '', en: '' }, probability: { zh: '的概率', en: ' probability' }, percentile: { zh: '的百分位', en: ' percentile' },
  lift: { zh: '的提升倍数', en: ' lift' }, status: { zh: '的状态', en: ' status' },
};

export const STATUS_WORDS: Words<TagStatusName> = {
  ok: { zh: '有效', en: 'valid' }, insufficient_data: { zh: '数据不足', en: 'not enough data' }, not_eligible: { zh: '不适用', en: 'not eligible' }, stale: { zh: '已过期', en: 'stale' },
  opted_out: { zh: '已拒绝个性化', en: 'opted out' }, model_paused: { zh: '模型停用', en: 'model paused' }, absent: { zh: '无此标签', en: 'absent' },
};

export const PURPOSE_WORDS: Words<ConsentPurpose> = {
  scoring: { zh: '个性化评分', en: 'scoring' }, marketing: { zh: '营销', en: 'marketing' }, training: { zh: '模型训练', en: 'training' },
};

export const CONSENT_WORDS: Words<ConsentState> = {
  granted: { zh: '已同意', en: 'granted' }, refused: { zh: '已拒绝', en: 'refused' }, not_recorded: { zh: '未记录', en: 'not recorded' },
};

export const OP_WORDS: Words<'=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not_in' | 'contains' | 'starts_with' | 'has'> = {
  '=': { zh: '=', en: '=' }, '!=': { zh: '≠', en: '≠' }, '<': { zh: '<', en: '<' }, '<=': { zh: '≤', en: '≤' }, '>': { zh: '>', en: '>' }, '>=': { zh: '≥', en: '≥' },
  in: { zh: '属于', en: 'is one of' }, not_in: { zh: '不属于', en: 'is none of' }, contains: { zh: '包含', en: 'contains' }, starts_with: { zh: '开头为', en: 'starts with' }, has: { zh: '含有', en: 'has' },
};
