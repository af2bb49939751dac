import { describe, expect, test } from 'vitest';
import type { CustomerFacts } from '../../../src/scoring/facts.ts';
import { readFacts } from '../../../src/scoring/facts.ts';
import { scoreKey } from '../../../src/tags/build/context.ts';
import type { CustomerInput, RunContext } from '../../../src/tags/build/context.ts';
import { renewalTags } from '../../../src/tags/build/renewal.ts';
import { RENEWAL_BANDS, RENEWAL_TAGS } from '../../../src/tags/catalogue/renewal.ts';
import { DEFAULT_LIFECYCLE } from '../../../src/tags/lifecycle/rules.ts';
import { tagSchema } from '../../../src/tags/tag.ts';
import type { Tag } from '../../../src/tags/tag.ts';

const grid = Array.from({ length: 101 }, (_, i) => i / 100);
const run: RunContext = {
  asOf: '2026-04-01', runId: 9, themeOf: () => undefined,
  lifecycle: { asOf: '2026-04-01', cutoff: 0, rules: DEFAULT_LIFECYCLE, rulesVersion: 1, rulesChanged: false, lastCutoff: null, startOf: () => 0 },
  models: new Map([['renewal', { name: 'renewal', version: 2, heads: [30, 90].map((horizonDays) => ({ horizonDays, baseRate: 0.8, grid, confidence: 'high' as const })) }]]),
};
const facts: CustomerFacts = { orders: 0, ordersInYear: 0, silenceDays: Number.NaN, netSpend: 0, refundShare: Number.NaN, discountShare: Number.NaN, lastGapDays: Number.NaN, cycleDays: Number.NaN, ownWeight: 0, regularity: 'unknown' };
/** A customer with so many days left, and a probability for each horizon that reaches the end. */
const customer = (left: number | undefined, scores: Readonly<Record<number, number>>, more: Partial<CustomerInput> = {}): CustomerInput => ({
  optedOut: false, facts: left === undefined ? facts : { ...facts, contractDaysLeft: left }, previous: new Map(), stage: undefined, churnBefore: undefined,
  scores: new Map(Object.entries(scores).map(([days, value]) => [scoreKey('renewal', Number(days)), { value, interval: null, reasons: [] }])), ...more,
});
const tagsOf = (input: CustomerInput, context = run): readonly [Tag, Tag] => {
  const [probability, left] = renewalTags(context, input);
  return [probability, left];
};

describe('tags of contracts', () => {
  test('there are none where no version of the renewal model serves', () => {
    expect(renewalTags({ ...run, models: new Map() }, customer(5, { 30: 0.5 }))).toEqual([]);
  });

  test('the shortest horizon that reaches the end speaks', () => {
    expect(tagsOf(customer(5, { 30: 0.9, 90: 0.7 }))[0]).toMatchObject({ status: 'ok', value: 0.9, probability: 0.9, percentile: 91, lift: 0.9 / 0.8, horizonDays: 30, band: 'safe', expiresAt: '2026-04-04' });
    expect(tagsOf(customer(60, { 90: 0.6 }))[0]).toMatchObject({ status: 'ok', value: 0.6, horizonDays: 90, band: 'at_risk' });
  });

  test('where one rate serves for everybody, nobody has a rank', () => {
    const models = new Map([['renewal', { name: 'renewal', version: 2, heads: [{ horizonDays: 30, baseRate: 0.8, grid: grid.map(() => 0.8), confidence: 'low' as const }] }]]);
    expect(tagsOf(customer(5, { 30: 0.8 }), { ...run, models })[0]).toMatchObject({ value: 0.8, lift: 1, percentile: null, band: 'usual' });
  });

  test('what was said of a contract is stale the day after its end', () => {
    for (const [left, probability, days] of [[0, '2026-04-02', '2026-04-02'], [1, '2026-04-03', '2026-04-03'], [2, '2026-04-04', '2026-04-03']] as const) {
      const tags = tagsOf(customer(left, { 30: 0.8 }));
      expect(tags.map(({ expiresAt }) => expiresAt)).toEqual([probability, days]);
      expect(tags[1]).toMatchObject({ value: left, status: 'ok' });
    }
  });

  test('without a contract that ends soon there is no probability, without a running one no days', () => {
    expect(tagsOf(customer(200, {})).map(({ status, value }) => [status, value])).toEqual([['not_eligible', null], ['ok', 200]]);
    expect(tagsOf(customer(-3, {})).map(({ status }) => status)).toEqual(['not_eligible', 'not_eligible']);
    expect(tagsOf(customer(undefined, {})).map(({ status }) => status)).toEqual(['not_eligible', 'not_eligible']);
    expect(tagsOf({ ...customer(3, { 30: 0.5 }), facts: undefined }).map(({ status }) => status)).toEqual(['insufficient_data', 'insufficient_data']);
    expect(tagsOf(customer(3, { 30: 0.5 }, { optedOut: true })).map(({ status }) => status)).toEqual(['opted_out', 'ok']);
  });

  test('a band holds until its edge is passed by a margin; every tag is a valid envelope with a known band', () => {
    const before = (band: string) => ({ previous: new Map([['renewal_prob', { status: 'ok' as const, band, value: 0.7 }]]) });
    // Twice the odds of 0.8 is 8 to 1, 0.889.
    expect(tagsOf(customer(5, { 30: 0.892 }))[0].band).toBe('safe');
    expect(tagsOf(customer(5, { 30: 0.892 }, before('usual')))[0].band).toBe('usual');
    expect(tagsOf(customer(5, { 30: 0.885 }, before('safe')))[0].band).toBe('safe');
    for (const value of [0.01, 0.5, 0.8, 0.99]) {
      for (const tag of tagsOf(customer(5, { 30: value }))) expect(tagSchema.safeParse(tag).error).toBeUndefined();
      expect(RENEWAL_BANDS.map(({ code }) => code)).toContain(tagsOf(customer(5, { 30: value }))[0].band);
    }
    expect(RENEWAL_TAGS.map(({ key }) => key)).toEqual(['renewal_prob', 'contract_days_left']);
  });

  test('days left survive being kept as JSON, and take no room where there are none', () => {
    expect(readFacts(JSON.parse(JSON.stringify({ ...facts, contractDaysLeft: 12 })))?.contractDaysLeft).toBe(12);
    expect(Object.keys(readFacts(JSON.parse(JSON.stringify(facts))) ?? {})).not.toContain('contractDaysLeft');
  });
});
