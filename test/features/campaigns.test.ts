/** Features for shops with coupon campaigns, with values computed by hand. */
import { expect, test } from 'vitest';
import { CAMPAIGN_FEATURES } from '../../features/index.ts';
import { startOfDay } from '../../src/base/time.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { featurePlan } from '../../src/features/plan.ts';
import { shopColumns } from './shop.ts';

const ZONE = 'America/New_York';
const asOf = startOfDay('2026-07-01', ZONE);
/** Noon, `days` before the cut-off. */
const ago = (days: number): number => asOf - days * 86_400_000 + 12 * 3_600_000;

test('campaigns, coupons and households', async () => {
  const touch = (kind: string, days: number, campaign: string) => ({ customer: 0, at: ago(days), kind, campaign });
  const columns = await shopColumns({
    customers: [
      { createdAt: ago(500), attributes: { age: '35-44', income: '50-74K', household_size: '3', kids_count: '1', home_ownership: 'Homeowner', marital_status: 'Unmarried' } },
      { createdAt: ago(500) },
    ],
    events: [
      // Campaign 18 reaches the household twice and is redeemed twice; 13 is redeemed once; 8 is more than a year ago.
      touch('campaign', 10, '18'), touch('campaign', 9, '18'), touch('campaign', 200, '13'), touch('campaign', 400, '8'), touch('campaign', 100, '14'), touch('campaign', 90, '15'),
      touch('coupon_redeemed', 5, '18'), touch('coupon_redeemed', 4, '18'), touch('coupon_redeemed', 190, '13'), touch('coupon_redeemed', 390, '8'),
    ],
  });
  const { matrix } = await buildFeatures(columns, featurePlan(CAMPAIGN_FEATURES, { timeZone: ZONE }), { asOf });
  columns.close();
  const values = Object.fromEntries(matrix.columns.map(({ name, values: [active, silent] }) => [name, [active, silent]]));
  expect(values).toEqual({
    campaigns_30d: [1, 0],
    campaigns_365d: [4, 0],
    campaigns_redeemed_365d: [2, 0],
    campaign_redemption_rate_365d: [2 / 4, Number.NaN],
    coupons_redeemed_365d: [3, 0],
    days_since_last_campaign: [8.5, Number.NaN],
    days_since_last_coupon: [3.5, Number.NaN],
    household_age_band: [2, Number.NaN],
    household_income_band: [4, Number.NaN],
    household_people: [2, Number.NaN],
    household_kids: [1, Number.NaN],
    household_owns_home: [1, Number.NaN],
    household_married: [0, Number.NaN],
  });
});
