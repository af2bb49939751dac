import { copyFileSync, createReadStream, createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collector, emptyBatch } from '../../src/store/import/batch.ts';
import { loadLookups } from '../../src/store/import/lookups.ts';
import { compileRows, mentionedColumns } from '../../src/store/import/mapRow.ts';
import { openRecords } from '../../src/store/import/open.ts';
import { loadMapping } from '../../src/store/import/readyMappings.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { needs, sharedData } from '../support/sharedData.ts';
import { testClock } from '../support/stores.ts';
import { emptyStore, importKit, total } from './importKit.ts';

const kit = importKit();
const now = Date.parse('2026-03-01');

interface Tally {
  rows: number;
  taken: number;
  readonly keys: Set<string>;
  readonly kinds: Record<string, number>;
  readonly notes: Record<string, number>;
  readonly quarantined: Record<string, number>;
  /** In hundredths of a cent. */
  amount: bigint;
}

/** Reads and maps a whole file without a store: what the counts of the sources can be held against in seconds. */
async function tally(mappingName: string, files: readonly string[]): Promise<Tally> {
  const mapping = loadMapping(mappingName);
  const result: Tally = { rows: 0, taken: 0, keys: new Set(), kinds: {}, notes: {}, quarantined: {}, amount: 0n };
  const count = (into: Record<string, number>, name: string): void => {
    into[name] = (into[name] ?? 0) + 1;
  };
  for (const file of files) {
    const path = sharedData(file) ?? '';
    const source = await openRecords(path, mapping.file ?? {}, mentionedColumns(mapping));
    const mapRow = compileRows(mapping, source, await loadLookups(mapping.lookups, path), { now, timeZone: 'UTC' });
    const gather = collector(mapping, mapping.source ?? '', 'UTC');
    for await (const block of source.records(() => undefined)) {
      const batch = emptyBatch();
      for (const [i, values] of block.read().entries()) {
        result.rows += 1;
        const outcome = typeof values === 'string' ? { quarantine: values } : mapRow(values);
        gather.add(batch, outcome, { line: block.line(i), bytes: 0, raw: () => '' });
        if ('quarantine' in outcome) count(result.quarantined, outcome.quarantine);
        if ('take' in outcome && outcome.note !== undefined) count(result.notes, outcome.note);
      }
      for (const [i, row] of batch.taken.entries()) {
        const key = batch.keys[i] ?? '';
        if (row.target !== 'events' || result.keys.has(key)) continue;
        result.keys.add(key);
        result.taken += 1;
        count(result.kinds, row.event.kind);
        const [whole = '0', fraction = ''] = (row.event.amount ?? '0').split('.');
        result.amount += BigInt(`${whole}${fraction.padEnd(4, '0')}`);
      }
    }
  }
  return result;
}

/** The first lines of a packed file, unpacked. */
async function slice(file: string, lines: number): Promise<string> {
  const target = join(kit.folder, file.replaceAll('/', '_').replace(/\.gz$/, ''));
  if (existsSync(target)) return target;
  const out = createWriteStream(target);
  const input = createReadStream(sharedData(file) ?? '');
  let count = 0;
  for await (const line of createInterface({ input: file.endsWith('.gz') ? input.pipe(createGunzip()) : input })) {
    out.write(`${line}\n`);
    count += 1;
    if (count > lines) break;
  }
  input.destroy();
  await new Promise<void>((resolve) => {
    out.end(() => resolve());
  });
  return target;
}

const RETAIL = 'online_retail/online_retail_2010_2011.csv.gz';
const EARLIER = 'online_retail/online_retail_II_2009_2010.parquet';

describe('Online Retail, counts of its SOURCE.md', () => {
  test.skipIf(sharedData(RETAIL) === undefined)(`541,909 lines, 135,080 without customer; the 22,523 lines that both years have get the same keys${needs(RETAIL, '')}`, async () => {
    const mapping = loadMapping('online_retail');
    const keysOf = async (file: string, inOverlap: (date: string) => boolean): Promise<{ rows: number; missing: number; overlap: number; keys: Set<string> }> => {
      const source = await openRecords(sharedData(file) ?? '', {}, mentionedColumns(mapping));
      const mapRow = compileRows(mapping, source, [], { now, timeZone: 'UTC' });
      const gather = collector(mapping, '', 'UTC');
      const found = { rows: 0, missing: 0, overlap: 0, keys: new Set<string>() };
      const [date, customer] = [source.columns.indexOf('InvoiceDate'), source.columns.findIndex((name) => name === 'CustomerID' || name === 'Customer ID')];
      for await (const block of source.records(() => undefined)) {
        const batch = emptyBatch();
        found.rows += block.count;
        for (const [i, values] of block.read().entries()) {
          if (typeof values === 'string') throw new Error(`record ${block.line(i)}: ${values}`);
          if (values[customer] === '') found.missing += 1;
          // Mapping a million rows takes its time: only the days that both files have are mapped here.
          if (!inOverlap(values[date] ?? '')) continue;
          found.overlap += 1;
          gather.add(batch, mapRow(values), { line: block.line(i), bytes: 0, raw: () => '' });
        }
        for (const key of batch.keys) found.keys.add(key);
      }
      return found;
    };
    const inOverlap = (date: string): boolean => date >= '2010-12-01' && date <= '2010-12-09 20:01:00';
    const late = await keysOf(RETAIL, inOverlap);
    expect(late).toMatchObject({ rows: 541_909, missing: 135_080, overlap: 22_523 });
    const early = await keysOf(EARLIER, inOverlap);
    expect(early).toMatchObject({ rows: 525_461, missing: 107_927, overlap: 22_523 });
    expect(late.keys.size).toBeGreaterThan(10_000);
    expect(late.keys).toEqual(early.keys);
  }, 180_000);

  test.skipIf(sharedData(RETAIL) === undefined || process.env['TAGCAST_FULL_DATA'] !== '1')(`both years in full give the events of the derived files (TAGCAST_FULL_DATA=1)${needs(RETAIL, '')}`, async () => {
    const late = await tally('online_retail', [RETAIL]);
    expect(late).toMatchObject({ rows: 541_909, quarantined: { missing_customer: 135_080 }, taken: 406_829, kinds: { order: 397_924, refund: 8905 } });
    const both = await tally('online_retail', [EARLIER, RETAIL]);
    expect(both.quarantined).toEqual({ missing_customer: 107_927 + 135_080 });
    const derived = await tally('online_retail', ['online_retail/lines_2009-12_2010-11.csv.gz', 'online_retail/lines_2010-12_2011-12.csv.gz']);
    expect(derived.quarantined).toEqual({});
    expect(derived.taken).toBe(derived.rows);
    expect(both.taken).toBe(derived.rows);
    expect(both.amount).toBe(derived.amount);
    for (const key of derived.keys) if (!both.keys.has(key)) throw new Error('a derived line is not among the lines of both years');
  }, 900_000);

  test.skipIf(sharedData(RETAIL) === undefined)(`invoices add up to the lines${needs(RETAIL, '')}`, async () => {
    const invoices = await tally('online_retail_invoices', ['online_retail/invoices.csv.gz']);
    expect(invoices).toMatchObject({ rows: 44_876, taken: 44_876, quarantined: {} });
  });
});

describe('ready-made mappings on slices of their files', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openStore({ memory: true }, { clock: testClock() });
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    await store.close();
    kit.remove();
  });

  test.skipIf(sharedData(RETAIL) === undefined)(`online_retail${needs(RETAIL, '')}`, async () => {
    const path = await slice(RETAIL, 20_000);
    const first = await kit.run(store, path, loadMapping('online_retail'));
    expect(first.rows).toBe(20_000);
    expect(first.taken + first.quarantined).toBe(20_000);
    expect(first.notes['not_a_product']).toBeGreaterThan(50);
    expect(await kit.run(store, path, loadMapping('online_retail'))).toMatchObject({ taken: 0, duplicates: first.taken, quarantined: first.quarantined });
    expect(await total(store, `SELECT count(*) AS n FROM events WHERE product IN ('POST', 'M', 'D')`)).toEqual({ n: 0 });
    // 6 × 2.55, the first line of the file, at 08:26 in London.
    expect(await total(store, `SELECT amount::text AS amount, occurred_at::text AS at FROM events WHERE order_ref = '536365' AND product = '85123A'`)).toEqual({ amount: '15.3000', at: '2010-12-01 08:26:00+00' });
    expect(await kit.run(store, sharedData('online_retail/customers.csv.gz') ?? '', loadMapping('online_retail_customers'))).toMatchObject({ taken: 5942, quarantined: 0 });
  });

  test.skipIf(sharedData('cdnow_sample/cdnow_sample.csv') === undefined)(`CDNOW sample, csv and txt${needs('cdnow_sample/cdnow_sample.csv', '')}`, async () => {
    const csv = await kit.run(store, sharedData('cdnow_sample/cdnow_sample.csv') ?? '', loadMapping('cdnow_sample'), { quarantinePath: kit.folder });
    expect(csv).toMatchObject({ rows: 6919, taken: 6919, customersCreated: 2357 });
    expect(await total(store, 'SELECT sum(amount)::text AS s, count(DISTINCT order_ref) AS days, count(*) FILTER (WHERE amount = 0) AS free FROM events')).toEqual({ s: '244091.9400', days: 6696, free: 8 });
    await emptyStore(store);
    expect(await kit.run(store, sharedData('cdnow_sample/CDNOW_sample.txt') ?? '', loadMapping('cdnow_sample_txt'), { quarantinePath: kit.folder })).toMatchObject({ rows: 6919, taken: 6919, customersCreated: 2357 });
    expect(await total(store, 'SELECT sum(amount)::text AS s FROM events')).toEqual({ s: '244091.9400' });
  });

  test.skipIf(sharedData('cdnow_master/cdnow_master.csv') === undefined)(`CDNOW master: 69,659 lines, 2,500,315.63 dollars in both forms${needs('cdnow_master/cdnow_master.csv', '')}`, async () => {
    for (const [mapping, file] of [['cdnow_master', 'cdnow_master.csv'], ['cdnow_master_txt', 'CDNOW_master.txt']] as const) {
      expect(await tally(mapping, [`cdnow_master/${file}`])).toMatchObject({ rows: 69_659, taken: 69_659, quarantined: {}, amount: 25_003_156_300n });
    }
  });

  test.skipIf(sharedData('grocery/grocery_elog.csv') === undefined)(`grocery${needs('grocery/grocery_elog.csv', '')}`, async () => {
    expect(await kit.run(store, sharedData('grocery/grocery_elog.csv') ?? '', loadMapping('grocery'), { quarantinePath: kit.folder })).toMatchObject({ rows: 10_483, taken: 10_483, customersCreated: 1525, kinds: { order: 10_483 } });
  });

  test.skipIf(sharedData('completejourney/products.csv.gz') === undefined)(`Complete Journey: campaigns, redemptions, households, and transactions with departments${needs('completejourney/products.csv.gz', '')}`, async () => {
    const file = (name: string): string => sharedData(`completejourney/${name}.csv.gz`) ?? '';
    const options = { quarantinePath: kit.folder };
    expect(await kit.run(store, file('campaigns'), loadMapping('completejourney_campaigns'), options)).toMatchObject({ rows: 6589, taken: 6589, kinds: { campaign: 6589 } });
    expect(await total(store, `SELECT DISTINCT occurred_at::text AS at, properties FROM events WHERE campaign = '1'`)).toEqual({ at: '2017-03-03 05:00:00+00', properties: { campaign_type: 'Type B', campaign_end: '2017-04-09' } });
    expect(await kit.run(store, file('coupon_redemptions'), loadMapping('completejourney_redemptions'), options)).toMatchObject({ rows: 2102, taken: 2102, kinds: { coupon_redeemed: 2102 } });
    expect(await kit.run(store, file('demographics'), loadMapping('completejourney_demographics'), options)).toMatchObject({ rows: 801, taken: 801, quarantined: 0 });
    copyFileSync(file('products'), join(kit.folder, 'products.csv.gz'));
    const lines = await slice('completejourney/transactions_sample.csv.gz', 10_000);
    expect(await kit.run(store, lines, loadMapping('completejourney_transactions'), options)).toMatchObject({ rows: 10_000, taken: 10_000, quarantined: 0 });
    expect(Number((await total(store, 'SELECT count(category) AS n FROM events'))['n'])).toBeGreaterThan(9900);
    const whole = await tally('completejourney_transactions', ['completejourney/transactions_sample.csv.gz']);
    expect(whole).toMatchObject({ rows: 75_000, taken: 75_000, quarantined: {}, kinds: { order: 75_000 } });
    expect((whole.amount + 5000n) / 10_000n).toBe(233_935n);
  });
});
