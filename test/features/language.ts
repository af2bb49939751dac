/** Features in the parts of the language that the catalogue does not use. */
import { bilingual } from '../../src/base/text.ts';
import { attribute, attributeIs, contracts, events, feature, orderDays, orders } from '../../src/features/define.ts';

const extra = (name: string, value: Parameters<typeof feature>[0]['value']): ReturnType<typeof feature> =>
  feature({ name: `x_${name}`, label: bilingual('测试', 'test'), unit: 'score', meaning: bilingual('测试', 'test'), missing: 'missing', group: 'test', value });
export const LANGUAGE = [
  extra('first_value', orders.first('net')), extra('last_amount', events.lastValue('amount')), extra('first_amount', events.ofKind('refund').first('amount')), extra('min_net', orders.min('net')),
  extra('p10', events.percentile('amount', 0.1)), extra('p100', orderDays.percentile('orders', 1)), extra('avg_quantity', events.avg('quantity')), extra('sd_discount', events.stddev('discount')),
  extra('web', events.whereIs('channel', 'web', "o'c").last(30).count()), extra('known_campaign', events.whereKnown('campaign').count()), extra('big', orders.whereAbove('net', 10.5).sum('lines')),
  extra('session_top', events.topCount('session')), extra('refs', events.countDistinct('order_ref')), extra('decayed_days', orderDays.decayed(10, 'orders')), extra('ewm_net', orderDays.ewm('gross', 0.1)),
  extra('age', attribute('age')), extra('vip', attributeIs('等级 "x'.replace('"', ''), 'gold', '黄金')), extra('old', events.between(400, 365).last(3).countKnown('product')),
  extra('sd_term', contracts.last(400).stddev('term')), extra('first_booked', contracts.first('booked')), extra('gold', contracts.whereIs('plan', 'web', '茶').sum('amount')), extra('top_contract', contracts.topCount('contract')),
];
