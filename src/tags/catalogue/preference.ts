/** Preference tags 推荐: what a customer likes, where and when to reach the customer, and how the customer takes to discounts and messages. */
import { band } from './definition.ts';
import type { TagDefinition } from './definition.ts';

/** Name of what they are read from, in lineage. */
export const PREFERENCE_MODEL = 'preferences';

const preference = { kind: 'preference', category: 'preference', model: PREFERENCE_MODEL } as const;

export const LEVELS = [band('low', '低', 'Low'), band('medium', '中', 'Medium'), band('high', '高', 'High')] as const;
export const REACH = [band('unreachable', '不可触达', 'Not reachable'), band('second_only', '仅第二渠道可触达', 'By the second channel only'), band('reachable', '可触达', 'Reachable')] as const;
/** Parts of the day with their first hours. */
export const DAY_PARTS = [
  { from: 22, band: band('night', '深夜', 'Night') }, { from: 18, band: band('evening', '晚间', 'Evening') }, { from: 14, band: band('afternoon', '下午', 'Afternoon') },
  { from: 11, band: band('noon', '中午', 'Noon') }, { from: 6, band: band('morning', '上午', 'Morning') }, { from: 0, band: band('night', '深夜', 'Night') },
] as const;

export const PREFERENCE_TAGS: readonly TagDefinition[] = [
  {
    ...preference, key: 'pref_category_top3', valueType: 'list', ttlDays: 30, label: { zh: '品类偏好', en: 'Category preference' },
    description: { zh: '最多3个品类，按相对全店份额的倍数排序（购买少时向全店收缩）；刚买过的耐用品类不列', en: 'Up to 3 categories by how many times the shop\'s share they have (shrunk where purchases are few); without durable ones just bought' },
  },
  {
    ...preference, key: 'pref_product_top5', valueType: 'list', ttlDays: 7, label: { zh: '产品偏好', en: 'Product preference' },
    description: { zh: '接下来适合推荐的5个产品，由时间验证中胜出的方法给出；刚买过的耐用品不列', en: 'Five products to offer next, by the method that won on a later period; without durable ones just bought' },
  },
  {
    ...preference, key: 'pref_content_topic', valueType: 'list', ttlDays: 30, label: { zh: '内容偏好', en: 'Content preference' },
    description: { zh: '最多3个主题，来自浏览和打开的内容（没有主题时用品类）', en: 'Up to 3 topics of what was viewed and opened (categories where contents have no topic)' },
  },
  {
    ...preference, key: 'pref_channel', valueType: 'list', bands: REACH, ttlDays: 30, label: { zh: '渠道偏好', en: 'Channel preference' },
    description: { zh: '回应率最高的两个渠道及能否触达；没试过的渠道属于数据不足，不等于不喜欢', en: 'The two channels that are answered most, and whether they are open; a channel never tried is unknown, not disliked' },
  },
  {
    ...preference, key: 'pref_hour', valueType: 'number', unit: 'hour', bands: [...new Map(DAY_PARTS.map(({ band: one }) => [one.code, one])).values()], ttlDays: 30, label: { zh: '最佳触达时段', en: 'Best hour' },
    description: { zh: '当地时间，回应最集中的两小时的开始；至少5次回应', en: 'Local time: start of the two hours with most responses; needs at least 5' },
  },
  {
    ...preference, key: 'discount_sensitivity', valueType: 'text', bands: LEVELS, ttlDays: 30, label: { zh: '促销敏感度', en: 'Discount sensitivity' },
    description: { zh: '与同期全店相比，用优惠下单的占比；仅为观察，不能证明没有优惠就不买', en: 'Share of orders with a discount against the shop in the same weeks; observed, no proof that there were no order without it' },
  },
  {
    ...preference, key: 'contact_fatigue', valueType: 'text', bands: LEVELS, ttlDays: 7, label: { zh: '触达疲劳', en: 'Contact fatigue' },
    description: { zh: '近期回应是否比以往少得超出偶然，或已退订', en: 'Whether lately fewer messages are answered than chance explains, or the customer unsubscribed' },
  },
];
