import * as fc from '../../support/properties.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { addDays } from '../../../src/base/time.ts';
import { mondayOf, parseWeek, weekOf } from '../../../src/base/week.ts';
import { insertRows } from '../../../src/store/repositories/bulk.ts';
import { upsertCustomers } from '../../../src/store/repositories/customers.ts';
import { takeRun } from '../../../src/store/repositories/runs.ts';
import { STAGE_CODES } from '../../../src/tags/lifecycle/rules.ts';
import { stageFlows } from '../../../src/tags/lifecycle/flows.ts';
import type { StageFlows } from '../../../src/tags/lifecycle/flows.ts';
import { forget } from '../../support/lifecycleNights.ts';
import { describeOnEachStore } from '../../support/stores.ts';

interface Entry {
  readonly customer: number;
  readonly day: number;
  readonly stage: string | null;
}

const MONDAY = '2025-12-08';
const someHistories = fc.uniqueArray(fc.record({ customer: fc.integer({ min: 0, max: 11 }), day: fc.integer({ min: 0, max: 62 }), stage: fc.constantFrom<string | null>(...STAGE_CODES, null) }), { selector: ({ customer, day }) => `${customer} ${day}`, maxLength: 60 });

/** The plain way: every customer's stage on every Sunday, and pairs of neighbouring Sundays. */
function replay(entries: readonly Entry[], weeks: readonly string[]): Map<string, number> {
  const stageOn = (customer: number, day: string): string | null => entries.filter((entry) => entry.customer === customer && addDays(MONDAY, entry.day) <= day).toSorted((a, b) => a.day - b.day).at(-1)?.stage ?? null;
  const counts = new Map<string, number>();
  for (const monday of weeks) {
    for (const customer of new Set(entries.map((entry) => entry.customer))) {
      const [from, to] = [stageOn(customer, addDays(monday, -1)), stageOn(customer, addDays(monday, 6))];
      if (from === null && to === null) continue;
      const key = `${weekOf(monday)} ${from ?? 'arrived'} ${to ?? 'gone'}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** What a diagram relies on: places exist, columns are neighbours, and what flows out of a node and into one is what is in it. */
function checkDiagram({ weeks, nodes, links }: StageFlows): void {
  const sum = (some: readonly { value: number }[]): number => some.reduce((total, { value }) => total + value, 0);
  for (const { source, target, value, from, to } of links) {
    expect(value).toBeGreaterThan(0);
    expect([nodes[source].stage, nodes[target].stage, nodes[target].column - nodes[source].column]).toEqual([from, to, 1]);
  }
  for (const [place, { column, stage, customers }] of nodes.entries()) {
    const [out, into] = [sum(links.filter(({ source }) => source === place)), sum(links.filter(({ target }) => target === place))];
    expect(column === weeks.length - 1 || stage === 'gone' ? 0 : customers).toBe(out);
    expect(column === 0 || stage === 'arrived' ? 0 : customers).toBe(into);
  }
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
}

describeOnEachStore('flows between stages', (getStore) => {
  beforeEach(async () => { await forget(getStore()); });

  async function write(entries: readonly Entry[]): Promise<void> {
    const { db } = getStore();
    await forget(getStore());
    const ids = await upsertCustomers(db, Array.from({ length: 12 }, (_, i) => ({ externalId: `F${i}` })), 0);
    const run = await takeRun(db, { job: 'score', asOf: addDays(MONDAY, 62), owner: 'test', leaseMs: 60_000, at: 0, again: true });
    if (!run.ok) throw new Error(run.detail);
    await insertRows(db, 'lifecycle_history', { customer_id: 'int8', entered_on: 'date', stage: 'text', run_id: 'int8' },
      entries.map(({ customer, day, stage }) => ({ customer_id: ids.get(`F${customer}`), entered_on: addDays(MONDAY, day), stage: stage ?? undefined, run_id: run.value.runId })));
  }

  test('are those of a plain replay of the histories, and add up', async () => {
    await fc.assert(fc.asyncProperty(someHistories, fc.integer({ min: -1, max: 7 }), fc.integer({ min: 1, max: 5 }), async (entries, start, length) => {
      fc.pre(entries.length > 0);
      await write(entries);
      const from = addDays(MONDAY, 7 * start);
      const flows = await stageFlows(getStore().db, { from, weeks: length });
      const found = new Map(flows.links.map(({ week, from: a, to: b, value }) => [`${week} ${a} ${b}`, value]));
      const weeks = Array.from({ length: length - 1 }, (_, i) => addDays(from, 7 * (i + 1)));
      expect(found).toEqual(replay(entries, weeks));
      checkDiagram(flows);
    }), { numRuns: 25, seed: 5 });
  });

  test('name weeks of the calendar, kinds of flows, and what is not complete yet', async () => {
    await write([{ customer: 0, day: 14, stage: 'new' }, { customer: 0, day: 23, stage: 'growing' }, { customer: 1, day: 15, stage: 'loyal' }, { customer: 2, day: 22, stage: 'lead' }, { customer: 1, day: 30, stage: null }]);
    const { weeks, links, nodes } = await stageFlows(getStore().db, { weeks: 3 });
    expect(weeks.map(({ week, from, complete }) => [week, from, complete])).toEqual([['2025-W52', '2025-12-22', true], ['2026-W01', '2025-12-29', true], ['2026-W02', '2026-01-05', false]]);
    expect(links.map(({ week, from, to, kind, value }) => [week, from, to, kind, value])).toEqual([
      ['2026-W01', 'new', 'growing', 'moved', 1], ['2026-W01', 'arrived', 'lead', 'arrived', 1], ['2026-W01', 'loyal', 'loyal', 'stayed', 1],
      ['2026-W02', 'loyal', 'gone', 'gone', 1], ['2026-W02', 'lead', 'lead', 'stayed', 1], ['2026-W02', 'growing', 'growing', 'stayed', 1],
    ]);
    expect(nodes[links[0].source]).toEqual({ id: '2025-W52:new', week: '2025-W52', column: 0, stage: 'new', label: { zh: '新客', en: 'New' }, customers: 1 });
  });

  test('say when there is nothing to show, or too much asked for', async () => {
    await expect(stageFlows(getStore().db, {})).rejects.toMatchObject({ code: 'insufficient_data' });
    await write([{ customer: 0, day: 14, stage: 'new' }]);
    await expect(stageFlows(getStore().db, { from: '2010-01-04' })).rejects.toMatchObject({ code: 'invalid_input', details: { from: '2010-W01', to: '2025-W52', weeks: 834 } });
    await expect(stageFlows(getStore().db, { from: '2026-02-02', to: '2026-01-05' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('weeks', () => {
  test.each([['2026-01-01', '2026-W01'], ['2025-12-29', '2026-W01'], ['2027-01-03', '2026-W53'], ['2021-01-03', '2020-W53'], ['2024-12-31', '2025-W01'], ['1969-12-31', '1970-W01']])('%s lies in %s', (day, week) => {
    expect([weekOf(day), parseWeek(week, 'week') === mondayOf(day), parseWeek(day, 'week')]).toEqual([week, true, mondayOf(day)]);
  });
  test.each(['2025-W53', '2026-W00', '2026-W1', 'last week', '2026-02-30'])('%s is none', (text) => {
    expect(() => parseWeek(text, 'The first week')).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});
