import { defineRuleTag } from '../src/tags/rules/definition.ts';

/** "First seen within half a year, from Baidu or Ocean Engine or Tencent Ads, more than 5 page views in 30 days, woman in Beijing, phone known, has ordered": the second example of the tag page. */
export default defineRuleTag({
  key: 'paid_search_beijing_woman',
  label: { zh: '广告来源北京女性买家', en: 'Buyer from paid ads, woman in Beijing' },
  category: 'behaviour',
  description: { zh: '半年内首次出现，来自百度、巨量引擎或腾讯广告，30天浏览超过5次，北京女性，手机号已知，且下过单', en: 'First seen within half a year, from Baidu, Ocean Engine or Tencent Ads, more than 5 page views in 30 days, woman in Beijing, phone known, has ordered' },
  ttlDays: 2,
  condition: {
    all: [
      { events: { aggregate: 'first', of: 'occurred_at', window: 'all', op: 'last_days', value: 180 } },
      { any: [{ attribute: 'source', op: 'in', values: ['百度', '巨量引擎', '腾讯广告', 'baidu', 'ocean_engine', 'tencent_ads'] }, { events: { aggregate: 'first', of: 'channel', window: 'all', op: 'in', values: ['百度', '巨量引擎', '腾讯广告', 'baidu', 'ocean_engine', 'tencent_ads'] } }] },
      { events: { kinds: ['view'], aggregate: 'count', window: { lastDays: 30 }, op: '>', value: 5 } },
      { attribute: 'gender', op: 'in', values: ['女', 'female', 'F'] },
      { attribute: 'city', op: 'in', values: ['北京', '北京市', 'Beijing'] },
      { any: [{ identity: 'phone', op: 'exists' }, { attribute: 'phone', op: 'exists' }] },
      { events: { kinds: ['order'], aggregate: 'count', window: 'all', op: '>=', value: 1 } },
    ],
  },
});
