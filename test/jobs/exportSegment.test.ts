/** Exports on both stores: what is in the file, who is not, that it is whole or not there, and what the audit log keeps. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { readCondition } from '../../src/conditions/text/read.ts';
import { openExport } from '../../src/jobs/export/toStream.ts';
import { exportToFile } from '../../src/jobs/export/toFile.ts';
import type { ExportOptions } from '../../src/jobs/export/plan.ts';
import { buildSegmentNow } from '../../src/jobs/segments.ts';
import { exportColumns } from '../../src/segments/export/columns.ts';
import { exportRows } from '../../src/segments/export/rows.ts';
import { inHoldout } from '../../src/segments/holdout.ts';
import { createSegment } from '../../src/segments/edit.ts';
import { listAudit } from '../../src/store/repositories/audit.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { linkIdentities, upsertCustomers } from '../../src/store/repositories/customers.ts';
import { takeRun } from '../../src/store/repositories/runs.ts';
import { publishTags, stageTags } from '../../src/store/repositories/tagPublish.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { scratchFolder } from '../support/scoredShop.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { tag } from '../surfaces/http/support.ts';

const asOf = '2026-03-01';
const timeZone = 'Asia/Shanghai';

describeOnEachStore('exports', (getStore, about) => {
  const scratch = scratchFolder();
  afterAll(scratch.remove);
  let ids: ReadonlyMap<string, number>;
  const deps = () => ({ store: getStore(), clock: about().clock, timeZone });
  const idOf = (name: string): number => ids.get(name) ?? 0;
  const options = (more: Partial<ExportOptions> = {}): ExportOptions => ({ subject: { segment: 'all' }, columns: ['id'], format: 'csv', asOf, actor: 'test', personal: true, ...more });
  const file = (name: string): string => join(scratch.path, name);
  const refuse = (name: string, purpose: 'marketing' | 'scoring'): Promise<void> => recordConsents(getStore().db, [{ customerId: idOf(name), purpose, state: 'refused', recordedAt: 1, source: 'test' }]);
  const audited = async (limit = 2): Promise<unknown[]> => (await listAudit(getStore().db, { limit })).map(({ action, object, actor, details }) => ({ action, object, actor, ...details }));

  beforeEach(async () => {
    const { db } = getStore();
    await db.raw('TRUNCATE customers, segments, suppressions, runs, audit_log RESTART IDENTITY CASCADE');
    ids = await upsertCustomers(db, [
      ...Array.from({ length: 20 }, (_, i) => ({ externalId: `c${String(i).padStart(2, '0')}`, attributes: { city: i % 2 === 0 ? '北京' : '上海', balance: i - 10 } })), { externalId: '=evil()', attributes: { city: '北京', balance: '-7.5', note: '@x' } },
    ], 0);
    await linkIdentities(db, [{ namespace: 'phone', value: '+8613812345678', customerId: idOf('c00') }, { namespace: 'phone', value: '13900000000', customerId: idOf('c00') }]);
    const run = await takeRun(db, { job: 'score', asOf, owner: 'x', leaseMs: 60_000, at: 0 });
    if (!run.ok) throw new Error(run.detail);
    await db.transaction((trx) => stageTags(trx, run.value, [
      { customerId: idOf('c00'), tag: tag('churn_prob_90d', { value: 0.25, probability: 0.25, percentile: 40, expiresAt: '2026-03-08' }) },
      { customerId: idOf('c01'), tag: tag('churn_prob_90d', { value: 0.5, probability: 0.5, percentile: 80, expiresAt: '2026-03-01' }) },
      { customerId: idOf('c00'), tag: tag('clv_tier', { value: 'top', band: 'top' }) },
    ]));
    await publishTags(db, run.value, { at: 0, details: {} });
    const words = { zh: '全部', en: 'All' };
    await createSegment(getStore(), { key: 'all', label: words, description: words, owner: 'ann', condition: readCondition('attr.city exists'), status: 'enabled', schedule: 'nightly', holdoutShare: 0.3 }, (await loadCatalogue(db)).names, 'ann');
    await buildSegmentNow(deps(), 'all', asOf);
  });

  test('have the columns that were asked for; numbers stay numbers, texts cannot run, what is stale has no value', async () => {
    const out = file('whole.csv');
    const written = await exportToFile(deps(), { ...options({ bom: true, columns: ['id', 'attr.city', 'attr.balance', 'attr.note', 'identity.phone', 'tag.churn_prob_90d', 'tag.churn_prob_90d.percentile', 'tag.churn_prob_90d.status', 'tag.clv_tier.band', 'holdout'] }), file: out });
    const text = readFileSync(out, 'utf8');
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('\uFEFFid,attr.city,attr.balance,attr.note,identity.phone,tag.churn_prob_90d,tag.churn_prob_90d.percentile,tag.churn_prob_90d.status,tag.clv_tier.band,holdout');
    const held = (name: string): boolean => inHoldout('all', idOf(name), 0.3);
    expect(lines[2]).toBe(`c00,北京,-10,,'+8613812345678; 13900000000,0.25,40,ok,top,${held('c00')}`);
    expect(lines[3]).toBe(`c01,上海,-9,,,,,stale,,${held('c01')}`);
    expect(lines[1]).toBe(`'=evil(),北京,-7.5,'@x,,,,,,${held('=evil()')}`);
    expect(written).toEqual({ file: out, rows: 21, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(readFileSync(out)).digest('hex') });
    expect(statSync(out).mode & 0o077).toBe(0);
    expect(await audited()).toMatchObject([{ action: 'segment.exported', object: 'all', actor: 'test', rows: 21, sha256: written.sha256, format: 'csv' }, { action: 'segment.export', columns: expect.arrayContaining(['identity.phone']) as unknown[] }]);
  });

  test('of pages and of one go are the same; the hold-out can be had alone or left out; a limit is kept', async () => {
    const { names } = await loadCatalogue(getStore().db);
    const context = { asOf: 0, timeZone, names };
    const rowsOf = async (more: object): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const page of exportRows(getStore(), { subject: { segment: 'all' }, columns: exportColumns(['id', 'holdout', 'attr.city'], context, new Map()), ...more }, context)) found.push(...page);
      return found;
    };
    const whole = await rowsOf({});
    expect(whole).toHaveLength(21);
    for (const page of [1, 4, 7, 21]) expect(await rowsOf({ page })).toEqual(whole);
    const [only, without] = [await rowsOf({ holdout: 'only', page: 3 }), await rowsOf({ holdout: 'without', page: 3 })];
    expect([only.length + without.length, only.every((row) => (row as unknown[])[1] === true)]).toEqual([21, true]);
    expect(await rowsOf({ limit: 9, page: 4 })).toEqual(whole.slice(0, 9));
    const ofCondition: unknown[] = [];
    for await (const page of exportRows(getStore(), { subject: { condition: readCondition('attr.city = "上海"') }, columns: exportColumns(['id'], context, new Map()), page: 3 }, context)) ofCondition.push(...page);
    expect(ofCondition).toEqual(Array.from({ length: 10 }, (_, i) => [`c${String(2 * i + 1).padStart(2, '0')}`]));
  });

  test('leave out who refused marketing or scoring since the build, of a segment and of a condition', async () => {
    await refuse('c02', 'marketing');
    await refuse('c03', 'scoring');
    for (const subject of [{ segment: 'all' }, { condition: readCondition('attr.city exists') }]) {
      const { rows } = await exportToFile(deps(), { ...options({ subject, format: 'ndjson' }), file: file('refused.ndjson') });
      const lines = readFileSync(file('refused.ndjson'), 'utf8').trim().split('\n');
      expect([rows, lines.length, lines.some((line) => /c0[23]/.test(line))]).toEqual([19, 19, false]);
    }
    expect(await audited(1)).toMatchObject([{ object: 'condition', conditionSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
  });

  test('as Parquet have types, as gzip are packed', async () => {
    const out = file('all.parquet');
    const written = await exportToFile(deps(), { ...options({ format: 'parquet', columns: ['id', 'attr.balance', 'tag.churn_prob_90d', 'tag.clv_tier', 'holdout'] }), file: out });
    expect(written.sha256).toBe(createHash('sha256').update(readFileSync(out)).digest('hex'));
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll(`SELECT id, "attr.balance", "tag.churn_prob_90d", "tag.clv_tier", typeof(holdout), count(*) OVER () FROM read_parquet('${out}') ORDER BY id = '=evil()' DESC, id LIMIT 2`);
    connection.closeSync();
    expect(reader.getRows().map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)))).toEqual([['=evil()', '-7.5', null, null, 'BOOLEAN', 21], ['c00', '-10', 0.25, 'top', 'BOOLEAN', 21]]);
    await exportToFile(deps(), { ...options({ gzip: true }), file: file('all.csv.gz') });
    expect(gunzipSync(readFileSync(file('all.csv.gz'))).toString('utf8').split('\r\n')).toHaveLength(23);
  });

  test('that are stopped leave the file of before, and nothing half; what a killed one left is no obstacle', async () => {
    const out = file('before.csv');
    writeFileSync(out, 'before');
    writeFileSync(`${out}.partial`, 'left by a killed export');
    const stop = new AbortController();
    await expect(exportToFile({ ...deps(), signal: stop.signal, progress: () => { stop.abort(); } }, { ...options(), file: out })).rejects.toMatchObject({ code: 'cancelled' });
    expect([readFileSync(out, 'utf8'), existsSync(`${out}.partial`)]).toEqual(['before', false]);
    expect(await audited(1)).toMatchObject([{ action: 'segment.export_stopped' }]);
    writeFileSync(`${out}.partial`, 'left by a killed export');
    await exportToFile(deps(), { ...options(), file: out });
    expect(readFileSync(out, 'utf8').split('\r\n')).toHaveLength(23);
    await expect(exportToFile(deps(), { ...options(), file: join(scratch.path, 'no', 'folder.csv') })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('a build in the middle starts a file over, and breaks a stream off', async () => {
    const { names } = await loadCatalogue(getStore().db);
    const context = { asOf: 0, timeZone, names };
    const pages = exportRows(getStore(), { subject: { segment: 'all' }, columns: exportColumns(['id'], context, new Map()), page: 5 }, context);
    await pages.next();
    await buildSegmentNow(deps(), 'all', asOf);
    await expect(pages.next()).rejects.toMatchObject({ code: 'conflict', details: { began: 1, live: 2 } });
  });

  test('a stream that nobody reads to its end is written down as stopped, one that is read as whole', async () => {
    const { body, contentType, fileName } = await openExport(deps(), options({ gzip: true }));
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect([contentType, fileName]).toEqual(['application/gzip', 'all-2026-03-01.csv.gz']);
    expect(await audited(1)).toMatchObject([{ action: 'segment.exported', rows: 21, sha256: createHash('sha256').update(Buffer.concat(chunks)).digest('hex') }]);
    const half = await openExport(deps(), options());
    await half.body.next();
    await half.body.return(undefined);
    expect(await audited(1)).toMatchObject([{ action: 'segment.export_stopped', to: 'http' }]);
  });

  test('are refused before anything is read or written', async () => {
    const wrong: readonly [Partial<ExportOptions>, string][] = [
      [{ columns: ['name'] }, 'invalid_input'], [{ columns: ['tag.clv_tier.size'] }, 'invalid_input'], [{ columns: ['id', 'id'] }, 'invalid_input'], [{ columns: ['tag.clv_teir.band'] }, 'unknown_name'],
      [{ columns: ['id', 'attr.city'], personal: false }, 'forbidden'], [{ columns: ['identity.phone'], personal: false }, 'forbidden'], [{ subject: { segment: 'al' } }, 'not_found'],
      [{ subject: { condition: readCondition('attr.city exists') }, holdout: 'only' }, 'invalid_input'], [{ format: 'parquet', gzip: true }, 'invalid_input'], [{ format: 'ndjson', bom: true }, 'invalid_input'], [{ limit: 0 }, 'invalid_input'],
    ];
    for (const [more, code] of wrong) {
      await expect(openExport(deps(), options(more))).rejects.toMatchObject({ code });
      await expect(exportToFile(deps(), { ...options(more), file: file('refused.csv') })).rejects.toMatchObject({ code });
    }
    expect(existsSync(file('refused.csv'))).toBe(false);
  });
});
