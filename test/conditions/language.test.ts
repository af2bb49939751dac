import { readFileSync } from 'node:fs';
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { compileCondition } from '../../src/conditions/compile.ts';
import { exactDecimal, parseDecimal, plainDecimal } from '../../src/conditions/decimal.ts';
import { CONDITION_LIMITS } from '../../src/conditions/limits.ts';
import { parseCondition } from '../../src/conditions/parse.ts';
import { TAG_STATUS_NAMES, conditionJsonSchema, conditionSchema } from '../../src/conditions/schema.ts';
import { editDistance, suggestNames } from '../../src/conditions/suggest.ts';
import { EVENT_KIND_WORDS } from '../../src/conditions/words.ts';
import { EVENT_KINDS, EVENT_KIND_PATTERN } from '../../src/store/events.ts';
import { STAGES } from '../../src/tags/catalogue/lifecycle.ts';
import { PREDICTIVE_TAGS } from '../../src/tags/catalogue/predictive.ts';
import { TAG_STATUSES } from '../../src/tags/tag.ts';
import { NAMES, NASTY, SETTINGS, conditions } from './random.ts';

const CONTEXT = { ...SETTINGS[0], names: NAMES };
const exists = { attribute: 'phone', op: 'exists' };
const nested = (levels: number): unknown => (levels === 0 ? exists : { not: nested(levels - 1) });

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what is refused', () => {
  const count = { kinds: ['order'], aggregate: 'count', window: 'all', op: '>=', value: 1 };
  test.each([
    ['a text', 'condition', 'x'],
    ['an empty object', 'condition', {}],
    ['two kinds in one node', 'condition', { ...exists, not: exists }],
    ['an empty group', 'condition.all', { all: [] }],
    ['a group with company', 'condition', { all: [exists], op: '=' }],
    ['an unknown operator', 'condition.any[1].op', { any: [exists, { attribute: 'k', op: 'like', value: 'x' }] }],
    ['a key that does not belong', 'condition', { ...exists, sql: '1=1' }],
    ['a list as a value', 'condition.value', { attribute: 'k', op: '=', value: ['a'] }],
    ['an object as a value', 'condition.value', { attribute: 'k', op: '=', value: { a: 1 } }],
    ['NUL in a text', 'condition.value', { attribute: 'k', op: 'contains', value: 'a\u0000' }],
    ['half a surrogate pair', 'condition.attribute', { attribute: '\ud800', op: 'exists' }],
    ['a number that is not exact', 'condition.value', { attribute: 'k', op: '=', value: 0.1 + 0.2 }],
    ['a day that is not in the calendar', 'condition.value', { attribute: 'k', op: '<', value: '2026-02-30' }],
    ['a window of no days', 'condition.events.window', { events: { ...count, window: { lastDays: 0 } } }],
    ['a window that ends before it begins', 'condition.events.window', { events: { ...count, window: { from: '2026-02-02', to: '2026-02-01' } } }],
    ['a column that is not hot', 'condition.events.where[0]', { events: { ...count, where: [{ column: 'dedupe_key', op: '=', value: 'x' }] } }],
    ['a kind that is SQL', 'condition.events.kinds[0]', { events: { ...count, kinds: ["order' or 1=1"] } }],
    ['a text beside a probability', 'condition', { tag: 'churn', field: 'probability', op: '>', value: 'high' }],
    ['too long a list', 'condition.values', { attribute: 'k', op: 'in', values: Array.from({ length: 201 }, (_, i) => `v${i}`) }],
    ['too many values', 'condition.all[24]', { all: Array.from({ length: 40 }, (_, n) => ({ attribute: `k${n}`, op: 'in', values: Array.from({ length: 200 }, (_, i) => `v${i}`) })) }],
    ['too many nodes', 'condition.all[2]', { all: Array.from({ length: 5 }, () => ({ any: Array.from({ length: 200 }, () => exists) })) }],
    ['too deep a tree', 'condition', nested(12)],
    ['a tree that would break the stack', 'condition', nested(5_000)],
  ])('%s', (_, path, input) => {
    const error = refusal(() => parseCondition(input));
    expect(error.code).toBe('invalid_input');
    expect(error.details['path']).toEqual(expect.stringContaining(path));
    expect(error.message).not.toContain('1=1');
  });

  test('nothing at the limits', () => {
    expect(parseCondition(nested(CONDITION_LIMITS.depth - 1))).toEqual(nested(11));
    expect(parseCondition({ any: Array.from({ length: 200 }, () => exists) })).toBeDefined();
  });

  test('a prototype key is no node', () => {
    expect(refusal(() => parseCondition(JSON.parse('{"__proto__": {"attribute": "k", "op": "exists"}}'))).code).toBe('invalid_input');
  });
});

test('the document schema and the parser accept the same conditions, and leave them as they are', () => {
  fc.assert(
    fc.property(conditions, (generated) => {
      const json: unknown = JSON.parse(JSON.stringify(generated));
      expect(parseCondition(json)).toEqual(json);
      expect(conditionSchema.parse(json)).toEqual(json);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('the JSON Schema is closed and refers to itself for children', () => {
  const schema = JSON.stringify(conditionJsonSchema());
  expect(schema).toContain('"$ref"');
  expect(schema).toContain('local_weekday');
  expect(schema).not.toContain('"additionalProperties":{}');
});

describe('no byte of a caller reaches the SQL text', () => {
  test('a statement has the same text whatever its texts, keys, numbers and days are', () => {
    const swap = (value: unknown, key = ''): unknown => {
      if (Array.isArray(value)) return value.map((item) => swap(item, key));
      if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, swap(item, name)]));
      if (['attribute', 'property'].includes(key)) return `zz${String(value)}`.slice(0, 64);
      if ((key === 'value' || key === 'values') && typeof value === 'string' && !/^\d{4}-/.test(value)) return `zz${value}`;
      return value;
    };
    fc.assert(
      fc.property(conditions, (generated) => {
        const condition = parseCondition(JSON.parse(JSON.stringify(generated)));
        const { sql, bindings } = compileCondition(condition, CONTEXT);
        expect(sql.split('?')).toHaveLength(bindings.length + 1);
        // Letters, digits and the marks of our own SQL: nothing that a literal could bring in, such as quotes around anything but our constants.
        expect(sql.replaceAll(/'(absent|ok|stale|not_recorded|string|array|true|false|r|e|\^\[0-9\]\{4\}-\[0-9\]\{2\}-\[0-9\]\{2\}\(\$\|\[T \]\)|)'/g, '')).not.toMatch(/['\\$;]|--|\/\*|[^\x20-\x7e]/);
      }),
      { seed: 5, numRuns: 300 },
    );
    for (const text of NASTY) {
      const one = { all: [{ attribute: text, op: '=', value: text }, { events: { aggregate: 'count', where: [{ property: text, op: 'contains', value: text }], window: 'all', op: '>', value: 1 } }] };
      expect(compileCondition(parseCondition(one), CONTEXT).sql).toBe(compileCondition(parseCondition(swap(one)), CONTEXT).sql);
      expect(compileCondition(parseCondition(one), CONTEXT).bindings).toContain(text);
    }
  });

  test('a name that is not in the catalogue is refused with what was meant, before any SQL', () => {
    const names = { tags: PREDICTIVE_TAGS, stages: STAGES, eventKinds: EVENT_KINDS };
    const condition = parseCondition({
      any: [{ tag: 'churn_risk_bnad', field: 'band', op: '=', value: 'high' }, { tag: 'churn_risk_band', field: 'band', op: 'in', values: ['critcal'] }, { stage: ['dorment'] }, { events: { kinds: ['orders'], aggregate: 'count', window: 'all', op: '>', value: 0 } }],
    });
    const error = refusal(() => compileCondition(condition, { ...SETTINGS[0], names }));
    expect(error.code).toBe('unknown_name');
    expect(error.details['unknown']).toEqual([
      { what: 'tag', name: 'churn_risk_bnad', suggestions: expect.arrayContaining(['churn_risk_band']) },
      { what: 'band', name: 'critcal', suggestions: ['critical'] },
      { what: 'stage', name: 'dorment', suggestions: ['dormant'] },
      { what: 'event kind', name: 'orders', suggestions: ['order'] },
    ]);
    expect(error.message).toContain('did you mean churn_risk_band');
  });
});

test('edit distance counts a swap of neighbours as one edit', () => {
  expect(editDistance('bnad', 'band')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(suggestNames('zzzzzz', ['order', 'refund'])).toEqual([]);
});

describe('exact decimals', () => {
  test('write numbers without an exponent', () => {
    expect([1e-7, 1.5e21, -2.5e-9, 0, 12.34].map(plainDecimal)).toEqual(['0.0000001', '1500000000000000000000', '-0.0000000025', '0', '12.34']);
  });
  test('hold a number of up to 15 digits as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 9 }), (digits, scale) => {
        expect(exactDecimal(digits / 10 ** scale)).toBe(BigInt(digits) * 10n ** BigInt(9 - scale));
      }),
    );
    expect(parseDecimal('007.50')).toBe(7_500_000_000n);
    expect(['', '+1', '1.', '.5', '1e3', ' 1', '1\n', '１'].map(parseDecimal)).toEqual([null, null, null, null, null, null, null, null]);
  });
});

test('the lists that this room repeats are those of the rooms that own them', () => {
  expect(TAG_STATUS_NAMES).toEqual([...TAG_STATUSES, 'absent']);
  expect(Object.keys(EVENT_KIND_WORDS)).toEqual([...EVENT_KINDS]);
  expect(readFileSync(new URL('../../src/conditions/eventLeaf.ts', import.meta.url), 'utf8')).toContain(String(EVENT_KIND_PATTERN));
});
