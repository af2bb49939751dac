import { describe, expect, test } from 'vitest';
import { describeError } from '../../../src/base/errors.ts';
import { closestName, columnResolver, editDistance } from '../../../src/store/import/columns.ts';
import { parseMapping } from '../../../src/store/import/mapping.ts';
import { compileRows, mentionedColumns } from '../../../src/store/import/mapRow.ts';
import { occurrences } from '../../../src/store/import/occurrences.ts';
import { loadMapping, mappingFromFlags, readyMappingNames } from '../../../src/store/import/readyMappings.ts';
import type { RecordSource } from '../../../src/store/import/records.ts';

const base = { target: 'events', customer: 'c', time: 't', kind: 'order' };
const now = Date.parse('2026-03-01T00:00:00Z');

function source(columns: string[], sample: string[][] = []): RecordSource {
  return {
    columns,
    sample,
    async *records() {
      // Only columns and sample are asked for here.
    },
  };
}

function compile(mapping: object, columns: string[], sample: string[][] = []) {
  return compileRows(parseMapping({ ...base, ...mapping }), source(columns, sample), [], { now, timeZone: 'UTC' });
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    const { code, message, hint } = describeError(error);
    return `${code}: ${message} ${hint ?? ''}`;
  }
  return 'no error';
}

describe('mapping files', () => {
  test('unknown keys and wrong values are named with their path', () => {
    const message = messageOf(() => parseMapping({ ...base, colour: 'x', kind: 'Order', time: { column: 't', timeZone: 'Mars/Base' } }));
    expect(message).toMatch(/^invalid_mapping:/);
    for (const part of ['colour', 'kind', 'time', 'docs/import.md']) expect(message).toContain(part);
    expect(messageOf(() => parseMapping('x'))).toMatch(/^invalid_mapping:/);
    expect(messageOf(() => parseMapping({ ...base, time: { column: 't', formats: ['MM/YYYY'] } }))).toContain('year, a month and a day');
    expect(messageOf(() => parseMapping({ ...base, lookups: [{ file: '../secret.csv', column: 'c', key: 'k', add: {} }] }))).toContain('lookups');
  });

  test('every ready-made mapping is sound and bears its own name', () => {
    const names = readyMappingNames();
    expect(names.length).toBeGreaterThanOrEqual(12);
    for (const name of names) {
      expect(loadMapping(name).name).toBe(name);
      expect(mentionedColumns(loadMapping(name)).length).toBeGreaterThan(0);
    }
    expect(messageOf(() => loadMapping('online_retial'))).toContain('did you mean "online_retail"');
  });

  test('contracts: a log, invoices, and a table of subscriptions become the same kinds of events', () => {
    const read = (mapping: string, columns: string[], values: string[]) => compileRows(loadMapping(mapping), source(columns), [], { now, timeZone: 'Asia/Shanghai' })(values);
    const log = ['customer_id', 'contract_id', 'event', 'event_time', 'plan', 'starts', 'ends', 'amount', 'auto_renew'];
    expect(read('contracts', log, ['7', 'k1', 'renewal', '2026-01-30 10:00', 'gold', '2026/2/1', '2026年2月28日', '99', '是'])).toMatchObject({
      take: { event: { customer: '7', kind: 'contract', amount: '99', product: 'gold', orderRef: 'k1', properties: { starts: '2026-02-01', ends: '2026-02-28', auto_renew: true } } },
    });
    expect(read('contracts', log, ['7', 'k1', 'cancelled', '2026-02-10', '', '', '', '', ''])).toMatchObject({ take: { event: { kind: 'contract_cancelled', orderRef: 'k1' } } });
    expect(read('contracts', log, ['7', 'k1', 'moved', '2026-02-10', '', '', '', '', ''])).toEqual({ quarantine: 'bad_kind' });
    expect(read('contracts', log, ['7', 'k1', 'new', '2026-02-10', '', 'soon', '', '', ''])).toEqual({ quarantine: 'bad_time' });
    expect(read('contract_payments', log, ['7', 'k1', 'renewal', '2026-01-30 10:00', 'gold', '2026-02-01', '2026-02-28', '99', ''])).toMatchObject({ take: { orderPer: 'line', event: { kind: 'order', amount: '99', product: 'gold' } } });
    expect(read('contract_payments', log, ['7', 'k1', 'cancelled', '2026-02-10', '', '', '', '', ''])).toEqual({ skip: 'no_payment' });
    // A period until midnight of 1 March, Shanghai time, ends with the last day of February.
    const invoice = ['customer_id', 'subscription_id', 'invoice_id', 'paid_at', 'plan', 'period_start', 'period_end', 'amount_paid'];
    expect(read('contract_invoices', invoice, ['7', 's1', 'i1', '2026-01-31T23:00:00Z', 'gold', '2026-01-31T16:00:00Z', '2026-02-28T16:00:00Z', '9.90'])).toMatchObject({ take: { event: { kind: 'contract', eventId: 'i1', properties: { starts: '2026-02-01', ends: '2026-02-28' } } } });
    const table = ['customer_id', 'subscription_id', 'cancelled_at', 'stopped_on'];
    expect(read('contract_cancellations', table, ['7', 's1', '2026-02-03', '2026-02-10'])).toMatchObject({ take: { event: { kind: 'contract_cancelled', orderRef: 's1', properties: { ends: '2026-02-10' } } } });
    expect(read('contract_cancellations', table, ['7', 's1', '', ''])).toEqual({ skip: 'not_cancelled' });
    expect(messageOf(() => parseMapping({ ...base, properties: [{ column: 'x', plusDays: 1 }] }))).toContain('plusDays');
  });

  test('flags alone, and flags over a mapping', () => {
    expect(mappingFromFlags({ customer: 'CustomerID', time: 'InvoiceDate', quantity: 'Quantity', unitPrice: 'UnitPrice', order: 'InvoiceNo', dateFormat: ['M/D/YYYY H:mm'] })).toEqual({
      target: 'events', customer: 'CustomerID', time: { column: 'InvoiceDate', formats: ['M/D/YYYY H:mm'] }, kind: 'order', amount: { product: ['Quantity', 'UnitPrice'] }, quantity: 'Quantity', orderRef: 'InvoiceNo',
    });
    const changed = mappingFromFlags({ timeZone: 'UTC', duplicates: 'drop', encoding: 'gbk' }, loadMapping('online_retail'));
    expect(changed).toMatchObject({ name: 'online_retail', time: { column: 'InvoiceDate', timeZone: 'UTC' }, duplicates: 'drop', file: { encoding: 'gbk' } });
    expect(messageOf(() => mappingFromFlags({ time: 't' }))).toContain('customer');
  });

  test('missing columns: all of them, the found ones, and what was meant', () => {
    const message = messageOf(() => compile({ customer: 'CustomerId', amount: 'Amuont' }, ['Customer ID', 't', 'Amount']));
    expect(message).toContain('"CustomerId" (customer), did you mean "Customer ID"?');
    expect(message).toContain('"Amuont" (amount), did you mean "Amount"?');
    expect(message).toContain('Columns found: "Customer ID", "t", "Amount"');
  });

  test('the "columns" of a file without header are data and are not shown', () => {
    const message = messageOf(() => compile({}, ['anna@example.com', '13800138000', '2026-01-01', 'city']));
    expect(message).not.toMatch(/anna|13800138000|2026-01-01/);
    expect(message).toContain('file.header');
  });

  test('distances', () => {
    expect(editDistance('CustmoerID', 'CustomerID')).toBe(1);
    expect(closestName('quantity', ['QTY', 'Quantity '])).toBe('Quantity ');
    expect(closestName('price', ['colour'])).toBeUndefined();
    expect(columnResolver(['a']).nameOf(['b', 'a'])).toBe('a');
  });

  test('equal keys are counted, also when the table grows', () => {
    const counter = occurrences(16);
    const key = (i: number): string => `${i.toString(16).padStart(8, '0')}-0000-4000-8000-00000000${(i % 7).toString(16).padStart(4, '0')}`;
    for (let round = 1; round <= 3; round++) for (let i = 0; i < 1000; i++) expect(counter.next(key(i))).toBe(round);
    expect(counter.bytes).toBeLessThan(60_000);
  });
});

describe('rows', () => {
  const columns = ['c', 't', 'inv', 'q', 'p', 'code'];
  const row = compile(
    {
      kind: { rules: [{ when: { column: 'inv', startsWith: 'C' }, kind: 'refund' }], otherwise: 'order' },
      amount: { product: ['q', 'p'] }, quantity: 'q', product: 'code', orderRef: 'inv',
      skip: [{ when: { column: 'code', in: ['POST'] }, reason: 'not_a_product', import: 'without_product' }, { when: { column: 'code', equals: 'TEST' }, reason: 'test_line' }],
    },
    columns,
  );
  const taken = (...values: string[]): unknown => {
    const outcome = row(values);
    return 'take' in outcome && outcome.take.target === 'events' ? outcome.take.event : outcome;
  };

  test('an order line', () => {
    expect(taken('7', '2026-01-02', '100', '3', '1.10', 'A')).toEqual({ customer: '7', occurredAt: Date.parse('2026-01-02'), kind: 'order', amount: '3.3', quantity: '3', product: 'A', orderRef: '100' });
  });

  test('cancelled invoices and negative quantities are refunds with amount ≤ 0', () => {
    expect(taken('7', '2026-01-02', 'C100', '-3', '1.10', 'A')).toMatchObject({ kind: 'refund', amount: '-3.3', quantity: '-3' });
    expect(taken('7', '2026-01-02', '100', '-3', '1.10', 'A')).toMatchObject({ kind: 'refund', amount: '-3.3' });
    expect(taken('7', '2026-01-02', 'C100', '3', '1.10', 'A')).toMatchObject({ kind: 'refund', amount: '-3.3', quantity: '-3' });
    expect(taken('7', '2026-01-02', '100', '-3', '0', 'A')).toMatchObject({ kind: 'refund', amount: '0' });
  });

  test('a line at price 0 is an order of 0', () => {
    expect(taken('7', '2026-01-02', '100', '3', '0.00', 'A')).toMatchObject({ kind: 'order', amount: '0' });
  });

  test('rows that no product is sold in are counted, and kept or left out as the mapping says', () => {
    const kept = row(['7', '2026-01-02', '100', '1', '4', 'POST']);
    expect(kept).toMatchObject({ note: 'not_a_product', take: { event: { amount: '4' } } });
    expect(taken('7', '2026-01-02', '100', '1', '4', 'POST')).not.toHaveProperty('product');
    expect(row(['7', '2026-01-02', '100', '1', '4', 'TEST'])).toEqual({ skip: 'test_line' });
  });

  test.each([
    ['missing_customer', ['  ', '2026-01-02', '1', '1', '1', 'A']],
    ['missing_time', ['7', '', '1', '1', '1', 'A']],
    ['bad_time', ['7', '2026-02-30', '1', '1', '1', 'A']],
    ['ambiguous_time', ['7', '3/4/2025', '1', '1', '1', 'A']],
    ['time_before_1970', ['7', '1969-12-31 23:59:59', '1', '1', '1', 'A']],
    ['time_in_future', ['7', '2026-03-02 00:00:01', '1', '1', '1', 'A']],
    ['bad_number', ['7', '2026-01-02', '1', 'three', '1', 'A']],
    ['number_too_large', ['7', '2026-01-02', '1', '999999999999', '1000', 'A']],
    ['too_long', ['x'.repeat(257), '2026-01-02', '1', '1', '1', 'A']],
    ['bad_text', ['a\u0000b', '2026-01-02', '1', '1', '1', 'A']],
    ['bad_text', ['a\uD800b', '2026-01-02', '1', '1', '1', 'A']],
  ])('quarantine: %s', (reason, values) => {
    expect(row(values)).toEqual({ quarantine: reason });
  });

  test('the edges of time are taken', () => {
    expect(taken('7', '1970-01-01', '1', '1', '1', 'A')).toMatchObject({ occurredAt: 0 });
    expect(taken('7', '2026-03-02 00:00:00', '1', '1', '1', 'A')).toMatchObject({ occurredAt: now + 86_400_000 });
  });

  test('dates that could mean two things stop the file, a proof in the sample decides', () => {
    expect(messageOf(() => compile({}, ['c', 't'], [['1', '3/4/2025'], ['1', '5/6/2025']]))).toMatch(/^bad_data: .*"t" could be day\/month or month\/day.*--date-format/);
    expect(messageOf(() => compile({}, ['c', 't'], [['1', '13/4/2025'], ['1', '4/13/2025']]))).toMatch(/mixes day\/month and month\/day/);
    const decided = compile({}, ['c', 't'], [['1', '13/4/2025']]);
    expect(decided(['1', '3/4/2025'])).toMatchObject({ take: { event: { occurredAt: Date.parse('2025-04-03') } } });
    expect(decided(['1', '4/13/2025'])).toEqual({ quarantine: 'bad_time' });
  });

  test('sums, types and missing marks', () => {
    const other = compile(
      { file: { missing: ['NA'] }, discount: { sum: ['d1', 'd2'] }, properties: [{ column: 'n', as: 'count', type: 'number' }, { column: 'b', type: 'boolean' }, 's'] },
      ['c', 't', 'd1', 'd2', 'n', 'b', 's'],
    );
    expect(other(['1', '2025-01-01', '0.1', '0.2', '12', '是', 'NA'])).toMatchObject({ take: { event: { discount: '0.3', properties: { count: 12, b: true } } } });
    expect(other(['1', '2025-01-01', '-1', '', '', '', ''])).toEqual({ quarantine: 'negative_discount' });
    expect(other(['NA', '2025-01-01', '', '', '', '', ''])).toEqual({ quarantine: 'missing_customer' });
    const plain = other(['1', '2025-01-01', '', '', '', '', '']);
    expect('take' in plain && plain.take.target === 'events' ? Object.keys(plain.take.event) : []).toEqual(['customer', 'occurredAt', 'kind']);
  });
});
