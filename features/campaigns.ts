/** Campaigns that reached the customer and the coupons that came back. One campaign may hold many coupons, so campaigns are counted beside coupons. */
import { daysSince, events, ratio } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('campaigns');
const received = events.ofKind('campaign');
const redeemed = events.ofKind('coupon_redeemed');

export const CAMPAIGNS = [
  ...[30, 365].map((days) => declare(`campaigns_${days}d`, 'times', [`近 ${days} 天活动触达`, `Campaigns, last ${days} days`], [`最近 ${days} 天收到的不同活动数`, `Different campaigns that reached the customer in the last ${days} days.`], received.last(days).countDistinct('campaign'), 0)),
  declare('campaigns_redeemed_365d', 'times', ['近 365 天用过券的活动', 'Campaigns redeemed, last 365 days'], ['最近 365 天核销过优惠券的不同活动数', 'Different campaigns of which the customer redeemed a coupon in the last 365 days.'], redeemed.last(365).countDistinct('campaign'), 0),
  declare('campaign_redemption_rate_365d', 'multiple', ['近 365 天活动用券率', 'Campaign redemption rate, last 365 days'], ['最近 365 天用过券的活动数与收到的活动数之比', 'Campaigns redeemed ÷ campaigns received in the last 365 days.'], ratio(redeemed.last(365).countDistinct('campaign'), received.last(365).countDistinct('campaign')), 'missing'),
  declare('coupons_redeemed_365d', 'times', ['近 365 天用券', 'Coupons redeemed, last 365 days'], ['最近 365 天核销优惠券次数', 'Coupons redeemed in the last 365 days.'], redeemed.last(365).count(), 0),
  declare('days_since_last_campaign', 'days', ['距上次活动触达', 'Days since last campaign'], ['距最近一次收到活动的天数', 'Days since the latest campaign that reached the customer.'], daysSince(received.lastTime()), 'missing'),
  declare('days_since_last_coupon', 'days', ['距上次用券', 'Days since last coupon'], ['距最近一次核销优惠券的天数', 'Days since a coupon was last redeemed.'], daysSince(redeemed.lastTime()), 'missing'),
];
