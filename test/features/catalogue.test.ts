import { expect, test } from 'vitest';
import { CAMPAIGN_FEATURES, featuresFor } from '../../features/index.ts';
import { THEMES } from '../../features/themes.ts';
import { cataloguePage } from '../../src/features/catalogue.ts';
import { featurePlan } from '../../src/features/plan.ts';

const FEATURES = featuresFor({ graceDays: 14 });

test('docs/features.md is the catalogue', async () => {
  await expect(cataloguePage([...FEATURES, ...CAMPAIGN_FEATURES])).toMatchFileSnapshot('../../docs/features.md');
});

test('every feature has a name of its own, both languages, and fits the plan', () => {
  const all = [...FEATURES, ...CAMPAIGN_FEATURES];
  expect(featurePlan(all, { timeZone: 'Asia/Shanghai' }).names.length).toBe(all.length);
  expect(all.filter(({ label, meaning }) => !/[\u4e00-\u9fff]/.test(label.zh + meaning.zh) || /[\u4e00-\u9fff]/.test(label.en + meaning.en))).toEqual([]);
});

test('themes name features that exist, each once, and leave out only what speaks for itself', () => {
  const named = THEMES.flatMap(({ told, besides }) => [...told, ...besides]);
  const names = new Set(FEATURES.map(({ name }) => name));
  expect(named.filter((name) => !names.has(name))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
  expect(FEATURES.filter(({ theme }) => theme === undefined).map(({ name }) => name)).toEqual(['campaigns_90d', 'referrals_total', 'weekend_order_share', 'evening_order_share', 'contract_auto_renew']);
});
