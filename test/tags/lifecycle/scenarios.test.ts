/** Stages over a controlled clock, in a store: entering, staying, leaving, late events, missed nights, refusal, rules that are edited in between, nights that are published again. */
import { beforeEach, expect, test } from 'vitest';
import { listRulesVersions, stagesOf } from '../../../src/store/repositories/lifecycle.ts';
import { stageChanges } from '../../../src/store/repositories/lifecycleChanges.ts';
import { recordConsents } from '../../../src/store/repositories/consents.ts';
import { customerIds } from '../../../src/store/repositories/customers.ts';
import { tagsOf } from '../../../src/store/repositories/tagReads.ts';
import { lifecycleSchema } from '../../../src/tags/lifecycle/rules.ts';
import { forget, history, ordered, publishNight, told } from '../../support/lifecycleNights.ts';
import type { Person } from '../../support/lifecycleNights.ts';
import { describeOnEachStore } from '../../support/stores.ts';

const person = (name: string, orders: Person['orders'], more: Partial<Person> = {}): Person => ({ name, orders, cycleDays: 10, ...more });
const nights = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describeOnEachStore('lifecycle nights', (getStore) => {
  beforeEach(async () => { await forget(getStore()); });
  const run = async (days: readonly number[], people: (night: number) => readonly Person[]): Promise<void> => { for (const night of days) await publishNight(getStore(), night, people(night)); };

  test('entering, staying, leaving: a customer goes through every stage, each told once', async () => {
    await run([0, 1, 2, 9, 10, 24, 25, 34, 35, 49, 50, 60, 61, 70], () => [person('A', ordered(1, 9, 60))]);
    expect(await told(getStore())).toEqual([
      '2026-01-01 A –→lead', '2026-01-03 A lead→new', '2026-01-11 A new→growing', '2026-01-26 A growing→slipping', '2026-02-05 A slipping→dormant', '2026-02-20 A dormant→churned', '2026-03-03 A churned→reactivated',
    ]);
    const [id = 0] = (await customerIds(getStore().db, ['A'])).values();
    expect(await stagesOf(getStore().db, id, 2)).toMatchObject([{ enteredOn: '2026-03-03', stage: 'reactivated', previousStage: 'churned', rulesVersion: 1 }, { enteredOn: '2026-02-20', stage: 'churned' }]);
    expect(await tagsOf(getStore().db, id)).toContainEqual(expect.objectContaining({ key: 'lifecycle_stage', band: 'reactivated', validFrom: '2026-03-03', asOf: '2026-03-12', source: { name: 'lifecycle', version: 1, run: 14 } }));
  });

  test('a cycle that is learned anew does not flicker, and an order moves at once', async () => {
    // The cycle jumps between 10 and 30 every night: silence of 20 days is slipping by one and growing by the other.
    await run(nights(20, 36), (night) => [person('A', ordered(0, 8, 36), { cycleDays: night % 2 === 0 ? 10 : 30 })]);
    expect(await told(getStore())).toEqual(['2026-01-21 A –→growing', '2026-01-29 A growing→slipping', '2026-02-05 A slipping→growing']);
    await forget(getStore());
    await run(nights(24, 28), () => [person('A', ordered(0, 8, 26))]);
    expect(await told(getStore())).toEqual(['2026-01-25 A –→slipping', '2026-01-28 A slipping→growing']);
  });

  test('events that become known late: churned ends on the night that knows of the order', async () => {
    await run(nights(50, 56), () => [person('A', [...ordered(0, 5), { day: 47, known: 54 }]), person('B', [...ordered(0, 5), { day: 30, known: 54 }])]);
    expect(await told(getStore())).toEqual(['2026-02-20 A –→churned', '2026-02-20 B –→churned', '2026-02-24 A churned→reactivated', '2026-02-24 B churned→slipping']);
  });

  test('missed nights: the next one tells where the customer is now; nights made up for one by one are the same as on time', async () => {
    const people = (): Person[] => [person('A', ordered(0, 8)), person('B', ordered(0, 8, 52))];
    await run([10, 60], people);
    expect(await told(getStore())).toEqual(['2026-01-11 A –→growing', '2026-01-11 B –→growing', '2026-03-02 A growing→churned', '2026-03-02 B growing→reactivated']);
    await forget(getStore());
    const all = [10, 15, 20, 24, 25, 30, 34, 35, 40, 48, 49, 52, 53, 60];
    await run(all, people);
    const onTime = [await history(getStore()), await told(getStore())];
    await forget(getStore());
    await run(all.slice(0, 3), people);
    // Weeks later, all at once.
    await run(all.slice(3), people);
    expect([await history(getStore()), await told(getStore())]).toEqual(onTime);
  });

  test('a night that is published again gives the same bytes and tells nothing; an older one changes nothing', async () => {
    const people = (night: number): Person[] => [person('A', ordered(0, 8, 15)), person('B', ordered(night > 20 ? 19 : 3)), person('C', ordered(2), { refused: night > 12 })];
    await run([10, 11, 13, 16, 20, 21, 25, 30], people);
    const [lines, feed] = [await history(getStore()), await told(getStore())];
    for (const night of [30, 25, 11, 30]) await run([night], people);
    expect(await history(getStore())).toEqual(lines);
    expect(await told(getStore())).toEqual(feed);
  });

  test('a night that is published again with other data corrects the history, and the feed tells the correction', async () => {
    await run([10, 11], () => [person('A', ordered(0, 8))]);
    await run([24], () => [person('A', ordered(0, 8))]);
    expect((await history(getStore())).length).toBe(2);
    await run([24], () => [person('A', ordered(0, 8, 23))]);
    expect((await history(getStore())).length).toBe(1);
    expect(await told(getStore())).toEqual(['2026-01-11 A –→growing', '2026-01-25 A growing→slipping', '2026-01-25 A slipping→growing']);
  });

  test('who refuses has no stage from then on, and only that is told; who comes back begins anew', async () => {
    const store = getStore();
    await run([10, 11], () => [person('A', ordered(0, 8)), person('B', ordered(0, 8))]);
    await run([12, 13], () => [person('A', ordered(0, 8), { refused: true }), person('B', ordered(0, 8))]);
    expect(await told(store)).toEqual(['2026-01-11 B –→growing', '2026-01-13 A growing→–']);
    await run([14], () => [person('A', ordered(0, 8), { refused: false }), person('B', ordered(0, 8))]);
    expect(await told(store)).toEqual(['2026-01-11 A –→growing', '2026-01-11 B –→growing', '2026-01-13 A growing→–', '2026-01-15 A –→growing']);
    const [id = 0] = (await customerIds(store.db, ['B'])).values();
    await recordConsents(store.db, [{ customerId: id, purpose: 'marketing', state: 'refused', recordedAt: 99, source: 'test' }]);
    expect((await stageChanges(store.db, { after: 0, limit: 9 })).changes.map(({ externalId, contactable }) => [externalId, contactable])).toEqual([['A', true], ['B', false], ['A', true], ['A', true]]);
  });

  test('a customer who could not be computed keeps the stage; one who is not found any more loses it; one who is erased leaves nothing', async () => {
    const store = getStore();
    await run([10], () => [person('A', ordered(0, 8)), person('B', ordered(0, 8)), person('C', ordered(8))]);
    await run([11], () => [person('A', ordered(0, 8), { failed: true }), person('B', ordered(0, 8), { absent: true }), person('C', ordered(8))]);
    await run([12], () => [person('A', ordered(0, 8)), person('B', ordered(0, 8), { absent: true }), person('C', ordered(8))]);
    expect(await told(store)).toEqual(['2026-01-11 A –→growing', '2026-01-11 B –→growing', '2026-01-11 C –→new', '2026-01-12 B growing→–']);
    await store.db.raw("DELETE FROM customers WHERE external_id = 'C'");
    expect((await told(store)).filter((line) => line.includes(' C '))).toEqual([]);
    expect(JSON.stringify(await history(store))).not.toContain('"C"');
  });

  test('edited rules make the next night, at once and written down', async () => {
    const store = getStore();
    const strict = lifecycleSchema.parse({ slippingAfterCycles: 1, dormantAfterCycles: 1.2 });
    const people = [person('A', ordered(0, 8))];
    await publishNight(store, 20, people);
    await publishNight(store, 21, people, strict);
    await publishNight(store, 22, people);
    await publishNight(store, 23, people, { ...strict, forecastDays: 60 });
    expect(await told(store)).toEqual(['2026-01-21 A –→growing', '2026-01-22 A growing→dormant', '2026-01-23 A dormant→growing', '2026-01-24 A growing→dormant']);
    expect(await history(store)).toMatchObject([{ rules_version: 1 }, { rules_version: 2 }, { rules_version: 1 }, { rules_version: 2 }]);
    expect(await listRulesVersions(store.db)).toMatchObject([{ version: 2, rules: { slippingAfterCycles: 1 }, firstDay: '2026-01-22', lastDay: '2026-01-24' }, { version: 1, firstDay: '2026-01-21', lastDay: '2026-01-23' }]);
  });

  test('the feed is read in pages, each change once and in order', async () => {
    const store = getStore();
    await run([0, 2, 7, 8, 9, 24, 30], () => ['A', 'B', 'C'].map((name, i) => person(name, ordered(1, 6 + i))));
    const whole = (await stageChanges(store.db, { after: 0, limit: 1000 })).changes;
    expect(whole.map(({ id }) => id)).toEqual(whole.map(({ id }) => id).toSorted((a, b) => a - b));
    const pages: typeof whole = [];
    for (let after = 0, more = true; more;) {
      const page = await stageChanges(store.db, { after, limit: 4 });
      pages.push(...page.changes);
      ({ next: after, more } = page);
    }
    expect(pages).toEqual(whole);
    expect((await stageChanges(store.db, { after: 0, limit: 99, from: 'lead', to: 'new' })).changes).toHaveLength(3);
    const end = whole.at(-1)?.id ?? 0;
    expect(await stageChanges(store.db, { after: end, limit: 5 })).toEqual({ changes: [], next: end, more: false });
  });
});
