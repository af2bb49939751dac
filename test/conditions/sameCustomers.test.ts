/** PostgreSQL, PGlite and the evaluator in memory select the same customers. */
import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { compileCondition, compileConditions, statementOf } from '../../src/conditions/compile.ts';
import { matches } from '../../src/conditions/evaluate.ts';
import { parseCondition } from '../../src/conditions/parse.ts';
import type { Condition } from '../../src/conditions/schema.ts';
import { bindInt8s, sql as piece } from '../../src/conditions/sql/fragment.ts';
import { memberSql, selectedIdsSql } from '../../src/conditions/sql/sets.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { loadCustomers } from './load.ts';
import { NAMES, SETTINGS, conditions, customers } from './random.ts';

const CUSTOMERS = 60;
const CONDITIONS = 250;

describeOnEachStore('random conditions over random customers', (getStore) => {
  test.each(SETTINGS)('select the same customers as the evaluator in memory, $timeZone', async (setting) => {
    const store = getStore();
    const context = { ...setting, names: NAMES };
    const [people] = fc.sample(customers(setting, CUSTOMERS), { seed: 20260310, numRuns: 1 });
    const ids = await loadCustomers(store, people);
    const wanted = (condition: Condition): number[] => ids.filter((_, i) => matches(condition, people[i], setting));
    let selective = 0;
    let asSets = 0;
    await fc.assert(
      fc.asyncProperty(conditions, async (json) => {
        const condition = parseCondition(JSON.parse(JSON.stringify(json)));
        const { sql, bindings } = compileCondition(condition, context);
        const { rows } = await store.db.raw<{ rows: { customer_id: number }[] }>(sql, [...bindings]);
        const found = rows.map(({ customer_id }) => customer_id).sort((a, b) => a - b);
        expect(found).toEqual(wanted(condition));
        const member = memberSql(condition, context);
        if (member !== undefined) asSets++;
        const { sql: text, bindings: values } = statementOf(piece`select c.customer_id from customers c where ${member ?? piece`c.customer_id = any (${bindInt8s(found)})`} order by 1`);
        const inSets = await store.db.raw<{ rows: { customer_id: number }[] }>(text, [...values]);
        expect(inSets.rows.map(({ customer_id }) => customer_id)).toEqual(found);
        // Each once.
        const whole = selectedIdsSql(condition, context);
        expect(whole === undefined).toBe(member === undefined);
        const once = statementOf(piece`select m.customer_id from (${whole ?? piece`select unnest(${bindInt8s(found)}) as customer_id`}) m order by 1`);
        expect((await store.db.raw<{ rows: { customer_id: number }[] }>(once.sql, [...once.bindings])).rows.map(({ customer_id }) => customer_id)).toEqual(found);
        if (found.length > 0 && found.length < CUSTOMERS) selective++;
      }),
      { seed: 7, numRuns: CONDITIONS },
    );
    // A property that every condition meets by selecting nobody would prove nothing.
    expect(selective).toBeGreaterThan(CONDITIONS / 4);
    expect(asSets).toBeGreaterThan(CONDITIONS / 4);
  });

  test('several conditions in one statement give what each gives alone, within the range', async () => {
    const store = getStore();
    const [setting] = SETTINGS;
    const [people] = fc.sample(customers(setting, CUSTOMERS), { seed: 1, numRuns: 1 });
    const ids = await loadCustomers(store, people);
    const range = { from: ids[10], to: ids[49] };
    const many = fc.sample(conditions, { seed: 2, numRuns: 40 }).map((json) => parseCondition(JSON.parse(JSON.stringify(json))));
    const { sql, bindings } = compileConditions(many, { ...setting, names: NAMES }, range);
    const { rows } = await store.db.raw<{ rows: Record<string, string | null>[] }>(sql, [...bindings]);
    for (const [i, condition] of many.entries()) {
      const found = (rows[0][`r${i}`] ?? '').split(',').filter(Boolean).map(Number).sort((a, b) => a - b);
      expect(found).toEqual(ids.filter((id, n) => id >= range.from && id <= range.to && matches(condition, people[n], setting)));
    }
    expect(many).toHaveLength(40);
  });
});
