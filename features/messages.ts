/** Answers to messages and campaigns. */
import { daysSince, events, ratio } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('messages');
const sent = events.ofKind('message_sent');
const opened = events.ofKind('message_open');
const clicked = events.ofKind('message_click');

export const MESSAGES = [
  declare('messages_sent_30d', 'messages', ['近 30 天发送消息', 'Messages sent, last 30 days'], ['最近 30 天发给客户的消息数', 'Messages sent to the customer in the last 30 days.'], sent.last(30).count(), 0),
  declare('messages_sent_90d', 'messages', ['近 90 天发送消息', 'Messages sent, last 90 days'], ['最近 90 天发给客户的消息数', 'Messages sent to the customer in the last 90 days.'], sent.last(90).count(), 0),
  declare('message_opens_90d', 'times', ['近 90 天打开消息', 'Message opens, last 90 days'], ['最近 90 天打开消息的次数', 'Messages opened in the last 90 days.'], opened.last(90).count(), 0),
  declare('message_open_rate_90d', 'multiple', ['近 90 天消息打开率', 'Message open rate, last 90 days'], ['最近 90 天打开次数与发送数之比（同一消息可多次打开）', 'Opens ÷ messages sent in the last 90 days; one message may be opened more than once.'], ratio(opened.last(90).count(), sent.last(90).count()), 'missing'),
  declare('message_click_rate_90d', 'multiple', ['近 90 天消息点击率', 'Message click rate, last 90 days'], ['最近 90 天点击次数与发送数之比', 'Clicks ÷ messages sent in the last 90 days.'], ratio(clicked.last(90).count(), sent.last(90).count()), 'missing'),
  declare('days_since_last_open', 'days', ['距上次打开消息', 'Days since last open'], ['距最近一次打开或点击消息的天数', 'Days since a message was last opened or clicked.'], daysSince(events.ofKind('message_open', 'message_click').lastTime()), 'missing'),
  declare('unsubscribes_total', 'times', ['退订次数', 'Unsubscribes'], ['累计退订次数', 'Times the customer unsubscribed.'], events.ofKind('unsubscribe').count(), 0),
  declare('campaigns_90d', 'times', ['近 90 天活动触达', 'Campaigns, last 90 days'], ['最近 90 天参加或收到的活动次数', 'Campaigns that reached the customer in the last 90 days.'], events.ofKind('campaign').last(90).count(), 0),
  declare('coupons_redeemed_total', 'times', ['累计用券', 'Coupons redeemed, all time'], ['累计核销优惠券次数', 'Coupons redeemed so far.'], events.ofKind('coupon_redeemed').count(), 0),
  declare('coupons_redeemed_180d', 'times', ['近 180 天用券', 'Coupons redeemed, last 180 days'], ['最近 180 天核销优惠券次数', 'Coupons redeemed in the last 180 days.'], events.ofKind('coupon_redeemed').last(180).count(), 0),
  declare('referrals_total', 'times', ['推荐次数', 'Referrals'], ['累计推荐他人的次数', 'Times the customer referred somebody.'], events.ofKind('referral').count(), 0),
];
