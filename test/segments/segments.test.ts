import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { parseCondition } from '../../src/conditions/parse.ts';
import { matches } from '../../src/conditions/evaluate.ts';
import { countSegment } from '../../src/segments/count.ts';
import { listSegment } from '../../src/segments/list.ts';
import { loadCustomers } from '../conditions/load.ts';
import { NAMES, SETTINGS, customers } from '../conditions/random.ts';
import { describeOnEachStore } from '../support/stores.ts';

const [setting] = SETTINGS;
const context = { ...setting, names: NAMES };
const people = fc.sample(customers(setting, 50), { seed: 11, numRuns: 1 })[0];
const condition = parseCondition({ any: [{ events: { kinds: ['order'], aggregate: 'count', window: 'all', op: '>=', value: 2 } }, { attribute: 'k', op: 'exists' }] });
const refused = people.map(({ consents }) => consents.scoring === 'refused' || consents.marketing === 'refused');
const selected = people.map((person) => matches(condition, person, setting));

describeOnEachStore('a segment', (getStore) => {
  test('is counted with those who opted out, and listed without them, whatever the page and the window', async () => {
    const store = getStore();
    const ids = await loadCustomers(store, people);
    const listable = ids.filter((_, i) => selected[i] && !refused[i]);
    const matching = selected.filter(Boolean).length;
    expect(listable.length).toBeGreaterThan(5);
    expect(matching).toBeGreaterThan(listable.length);
    for (const window of [7, 1_000]) {
      expect(await countSegment(store, condition, context, { window })).toMatchObject({ customers: 50, matching, optedOut: matching - listable.length, listable: listable.length });
      for (const limit of [1, 4, listable.length, 1_000]) {
        const seen: number[] = [];
        let after: number | null = 0;
        while (after !== null) {
          const page: Awaited<ReturnType<typeof listSegment>> = await listSegment(store, condition, context, { limit, after, window });
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          seen.push(...page.rows.map(({ customerId }) => customerId));
          after = page.next;
        }
        expect(seen).toEqual(listable);
      }
    }
  });

  test('shows the tags that were asked for, and a stale tag without its value', async () => {
    const store = getStore();
    const ids = await loadCustomers(store, people);
    const { rows } = await listSegment(store, parseCondition({ attribute: 'nobody has this', op: 'missing' }), context, { limit: 1_000, tags: ['churn_risk_band'] });
    expect(rows).toHaveLength(refused.filter((no) => !no).length);
    const statuses = new Set<string>();
    for (const row of rows) {
      const tag = people[ids.indexOf(row.customerId)].tags.get('churn_risk_band');
      const stale = tag?.status === 'ok' && typeof tag.expiresAt === 'string' && tag.expiresAt <= '2026-03-10';
      const shown = row.tags['churn_risk_band'];
      statuses.add(shown?.status ?? 'absent');
      const wanted = stale ? { status: 'stale', band: null, probability: null } : { status: tag?.status, band: tag?.band, probability: tag?.probability };
      expect(shown === null ? undefined : { status: shown.status, band: shown.band, probability: shown.probability }).toEqual(tag === undefined ? undefined : wanted);
    }
    expect([...statuses]).toEqual(expect.arrayContaining(['ok', 'stale', 'absent']));
  });

  test('of an empty store has nobody', async () => {
    const store = getStore();
    await store.db.raw('truncate customers, events cascade');
    expect(await countSegment(store, condition, context)).toMatchObject({ customers: 0, matching: 0, listable: 0 });
    expect(await listSegment(store, condition, context, { limit: 10 })).toEqual({ rows: [], next: null });
  });

  test('refuses unknown tags, bad pages and a spent time limit', async () => {
    const store = getStore();
    await loadCustomers(store, people.slice(0, 2));
    await expect(listSegment(store, condition, context, { limit: 5, tags: ['churn_risk'] })).rejects.toMatchObject({ code: 'unknown_name', details: { suggestions: ['churn_risk_band'] } });
    await expect(listSegment(store, condition, context, { limit: 0 })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(listSegment(store, condition, context, { limit: 5, after: -1 })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(countSegment(store, condition, context, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(countSegment(store, condition, context, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
