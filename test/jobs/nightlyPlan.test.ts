import { beforeEach, describe, expect, test } from 'vitest';
import { dueInstant, dueRuns } from '../../src/jobs/nightlyPlan.ts';
import { finishRun, takeRun } from '../../src/store/repositories/runs.ts';
import { describeOnEachStore, testClock } from '../support/stores.ts';

const iso = (instant: number): string => new Date(instant).toISOString();

describe('the instant a day is due', () => {
  test('in a gap of daylight saving when the gap ends, in an overlap the first time', () => {
    expect(iso(dueInstant('2026-03-28', '02:30', 'Europe/Berlin'))).toBe('2026-03-28T01:30:00.000Z');
    expect(iso(dueInstant('2026-03-29', '02:30', 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(dueInstant('2026-10-25', '02:30', 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
    // Midnight itself is skipped: the day begins at 01:00.
    expect(iso(dueInstant('2026-09-06', '00:15', 'America/Santiago'))).toBe('2026-09-06T04:00:00.000Z');
    expect(iso(dueInstant('2028-02-29', '02:30', 'Asia/Shanghai'))).toBe('2028-02-28T18:30:00.000Z');
    expect(() => dueInstant('2026-03-28', '25:00', 'Asia/Shanghai')).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  });

  test.each(['Europe/Berlin', 'America/Santiago', 'Asia/Shanghai', 'Australia/Lord_Howe'])('every day of a year is due once, in order (%s)', (timeZone) => {
    let last = -Infinity;
    for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2027, 0, 1); day += 86_400_000) {
      const due = dueInstant(iso(day).slice(0, 10), '02:30', timeZone);
      expect(due - last).toBeGreaterThan(22 * 3_600_000);
      last = due;
    }
  });
});

describeOnEachStore('planner', (getStore) => {
  const berlin = { timeZone: 'Europe/Berlin' };
  const take = async (asOf: string, job = 'score', leaseMs = 60_000) => {
    const taken = await takeRun(getStore().db, { job, asOf, owner: 'test', leaseMs, at: 0 });
    if (!taken.ok) throw new Error(taken.reason);
    return taken.value;
  };
  beforeEach(async () => { await getStore().db.raw('TRUNCATE runs CASCADE'); });

  /** Ticks every ten minutes; each due day is finished at once. */
  async function live(from: string, to: string): Promise<string[]> {
    const done: string[] = [];
    for (let now = Date.parse(from); now < Date.parse(to); now += 600_000) {
      for (const { asOf } of await dueRuns(getStore(), { now: () => now }, berlin)) {
        for (const job of ['score', 'rules']) await finishRun(getStore().db, await take(asOf, job), { state: 'done', at: now });
        done.push(asOf);
      }
    }
    return done;
  }

  test('over both changes of the clock each day runs once', async () => {
    expect(await live('2026-03-28T01:40:00Z', '2026-03-31T00:00:00Z')).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    await getStore().db.raw('TRUNCATE runs CASCADE');
    expect(await live('2026-10-24T01:00:00Z', '2026-10-27T00:00:00Z')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
  });

  test('what was missed is made up for once, with the newest day', async () => {
    const clock = testClock('2026-06-10T12:00:00Z');
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([{ job: 'score', asOf: '2026-06-10' }]);
    clock.set('2026-06-10T00:10:00Z'); // 02:10 in Berlin: today is not due yet, yesterday was missed
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([{ job: 'score', asOf: '2026-06-09' }]);
    expect(await dueRuns(getStore(), clock, { ...berlin, catchUpDays: 0 })).toEqual([]);
  });

  test('done, held and leased days are settled; failed ones and dead leases are due again; a clock that jumps back wakes nothing', async () => {
    const clock = testClock('2026-06-10T12:00:00Z');
    const due = [{ job: 'score', asOf: '2026-06-10' }];
    const run = await take('2026-06-10');
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([]);
    await getStore().db.raw("UPDATE runs SET lease_expires_at = clock_timestamp() - interval '1 second'");
    expect(await dueRuns(getStore(), clock, berlin)).toEqual(due);
    await finishRun(getStore().db, run, { state: 'failed', at: 1 });
    expect(await dueRuns(getStore(), clock, berlin)).toEqual(due);
    await getStore().db.raw(`UPDATE runs SET state = 'held'`);
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([]);
    await getStore().db.raw(`UPDATE runs SET state = 'done'`);
    expect(await dueRuns(getStore(), clock, berlin), 'scores are published, rule tags are not evaluated').toEqual(due);
    const rules = await take('2026-06-10', 'rules');
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([]);
    await finishRun(getStore().db, rules, { state: 'failed', at: 2 });
    expect(await dueRuns(getStore(), clock, berlin)).toEqual(due);
    await getStore().db.raw(`UPDATE runs SET state = 'done'`);
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([]);
    clock.set('2026-06-08T12:00:00Z');
    expect(await dueRuns(getStore(), clock, berlin)).toEqual([]);
  });
});
