/** Every command in the order of a shop's first day, against a real PostgreSQL server: exit codes, standard output and standard error, text and JSON. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { openApp } from '../../../src/app.ts';
import { addDays } from '../../../src/base/time.ts';
import { comparisonSchema } from '../../../src/reports/compare.ts';
import { reportSchema } from '../../../src/reports/document.ts';
import { configFromEnvironment } from '../../../src/environment.ts';
import { main } from '../../../src/surfaces/cli/main.ts';
import { readReportDocument, readReportPage, readVersion } from '../../../src/surfaces/http/handlers/models.ts';
import { modelVersionSchema } from '../../../src/surfaces/http/schemas/models.ts';
import { freshDatabase } from '../../support/stores.ts';

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process. `until` is looked for in the output; then Ctrl-C is pressed. */
async function run(env: NodeJS.ProcessEnv, args: readonly string[], until?: { readonly seen: RegExp; readonly act: (out: string) => Promise<void> }): Promise<Ran> {
  let out = '';
  let err = '';
  let pressed = false;
  const look = (): void => {
    if (until === undefined || pressed || !until.seen.test(out + err)) return;
    pressed = true;
    // The command's own listener is the newest one; the test runner's stay alone.
    void until.act(out).finally(() => process.listeners('SIGINT').at(-1)?.('SIGINT'));
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      look();
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += String(text);
      look();
      return true;
    }),
  ];
  try {
    return { exit: await main(args, env), out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-cli-'));
  let env: NodeJS.ProcessEnv = {};
  const drops: (() => Promise<void>)[] = [];
  const cli = (...args: string[]): Promise<Ran> => run(env, args);
  /** Runs with --json, expects success, and answers the document. */
  const json = async (...args: string[]): Promise<Record<string, unknown> & unknown[]> => {
    const { exit, out, err } = await run(env, [...args, '--json']);
    expect(exit, err).toBe(0);
    return JSON.parse(out) as Record<string, unknown> & unknown[];
  };

  beforeAll(async () => {
    const { databaseUrl, drop } = await freshDatabase();
    drops.push(drop);
    env = { TAGCAST_HOME: join(folder, 'demo'), TAGCAST_DATABASE_URL: databaseUrl, LANG: 'en_GB.UTF-8' };
  });
  afterAll(async () => {
    for (const drop of drops) await drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('without a home every command says what to do first', async () => {
    const { exit, err } = await cli('tags', 'list');
    expect(exit).toBe(2);
    expect(err).toMatch(/Error \(not_found\)[\s\S]*tagcast init/);
    expect(JSON.parse((await cli('models', 'list', '--json')).err)).toMatchObject({ error: { code: 'not_found' } });
  });
  test('wrong usage is exit 2 with a suggestion, help is 0', async () => {
    expect(await cli('scor')).toMatchObject({ exit: 2 });
    expect(await cli('train', '--seed', 'x')).toMatchObject({ exit: 2 });
    expect(await cli('--help')).toMatchObject({ exit: 0, out: expect.stringContaining('quickstart') as string });
  });

  test('quickstart makes a demo shop with tags and tells where to go', async () => {
    const { exit, out, err } = await run(env, ['quickstart', '--customers', '150', '--no-serve']);
    expect(exit, err).toBe(0);
    expect(out).toMatch(/150 customers, [\d,]+ tags/);
    expect(out).toMatch(/API key \(role admin\), shown only this once: \w+/);
    // So few customers are not enough for most models, and it says so.
    expect(out).toMatch(/churn \(Churn\): not trained[\s\S]*What to do/);
  });

  test('features: list, preview, refresh, export', async () => {
    expect((await cli('features', 'list', '--lang', 'zh')).out).toContain('距上次下单');
    const { features } = await json('features', 'preview', 'SIM-000001', '--as-of', '2026-03-01') as unknown as { features: { name: string }[] };
    expect(features.map(({ name }) => name)).toContain('orders_total');
    expect(await json('features', 'refresh', '--full')).toMatchObject({ rows: expect.any(Number) as number });
    const file = join(folder, 'all.parquet');
    expect(await json('features', 'export', file, '--as-of', '2026-03-01')).toMatchObject({ asOf: '2026-03-01' });
    expect(existsSync(file)).toBe(true);
    expect(await cli('features', 'preview', 'nobody')).toMatchObject({ exit: 2 });
  });

  test('train, evaluate and models: a second version, promoted and rolled back', async () => {
    expect(await cli('train', 'churn')).toMatchObject({ exit: 4, err: expect.stringContaining('insufficient_data') as string });
    // However the grade of so few customers falls out, version 1 serves, and a week later the shop retrains.
    expect(await json('models', 'promote', 'repurchase_cycle', '1', '--reason', 'test')).toMatchObject({ aliases: { champion: 1 } });
    const shown = await json('models', 'show', 'repurchase_cycle', '1') as unknown as { card: { data: { end: string } }; promotion: { gate: { rule: string } } };
    expect(shown.promotion).toMatchObject({ comparison: null, gate: { why: { zh: expect.stringMatching(/\p{Script=Han}/u) as string } } });
    const [trained] = await json('train', 'repurchase_cycle', '--seed', '2', '--end', addDays(shown.card.data.end, 7)) as unknown as Record<string, unknown>[];
    expect(trained).toMatchObject({ model: 'repurchase_cycle', version: 2, gate: { pass: expect.any(Boolean) as boolean }, comparison: { champion: { version: 1, end: shown.card.data.end }, heads: [{ horizonDays: 180, verdict: expect.any(String) as string, words: { en: expect.stringContaining(`version 1 knows events up to ${shown.card.data.end}`) as string } }] } });
    const { gate, comparison } = trained;
    expect(await json('models', 'show', 'repurchase_cycle', '2')).toMatchObject({ promotion: { gate, comparison } });
    expect((await cli('doctor')).out).toMatch(/model repurchase_cycle: version 1 serves; version 2 waits: its grade[^\n]*\n +Look at it with `tagcast models show repurchase_cycle 2`/);
    expect(await json('models', 'promote', 'repurchase_cycle', '2')).toMatchObject({ aliases: { champion: 2, previous: 1 } });
    expect(await json('models', 'rollback', 'repurchase_cycle')).toMatchObject({ aliases: { champion: 1 } });
    expect((await cli('models', 'list')).out).toMatch(/repurchase_cycle.*champion/);
    expect((await cli('models', 'show', 'repurchase_cycle', '2')).out).toContain('Leaderboard');
    expect(await cli('evaluate', 'nothing')).toMatchObject({ exit: 2, err: expect.stringContaining('There are: churn') as string });
  });

  test('models go out to LightGBM and come in from elsewhere only where they fit', async () => {
    const file = join(folder, 'model.txt');
    expect(await cli('models', 'export', 'churn', '--out', file)).toMatchObject({ exit: 2, err: expect.stringContaining('not been trained') as string });
    expect(await cli('models', 'export', 'repurchase_cycle', '--out', file)).toMatchObject({ exit: 2, err: expect.stringContaining('only boosted_trees') as string });
    expect(await cli('models', 'export', 'repurchase_cycle', '--out', file, '--format', 'pickle')).toMatchObject({ exit: 2 });
    expect(await cli('models', 'import', file, '--name', 'churn')).toMatchObject({ exit: 3, err: expect.stringContaining('file_unreadable') as string });
    writeFileSync(file, 'tree\nversion=v4\n');
    expect(await cli('models', 'import', file, '--name', 'churn')).toMatchObject({ exit: 3, err: expect.stringContaining('before "end of trees"') as string });
    expect(await cli('models', 'import', file, '--name', 'churn', '--horizon', '31')).toMatchObject({ exit: 2, err: expect.stringContaining('It has: 90') as string });
  });

  test('evaluate writes the report of any version, compares two, and says what a version of before lacks', async () => {
    const out = join(folder, 'pages');
    const shown = await cli('evaluate', 'repurchase_cycle', '--out', out);
    expect(shown.out).toMatch(/version 1[\s\S]*The whole report: .*repurchase_cycle-v1\.html/);
    expect(readFileSync(join(out, 'repurchase_cycle-v1.html'), 'utf8')).toContain('id="card"');
    expect(reportSchema.parse(JSON.parse(readFileSync(join(out, 'repurchase_cycle-v1.json'), 'utf8')))).toMatchObject({ name: 'repurchase_cycle', version: 1 });
    expect(await json('evaluate', 'repurchase_cycle', '--version', '2')).toMatchObject([{ version: 2, heads: [{ diagnostics: { task: 'duration' } }] }]);
    const compared = await cli('evaluate', 'repurchase_cycle', '--version', '2', '--against', '1', '--out', out);
    expect(compared.out).toMatch(/version 1 knows events up to[\s\S]*repurchase_cycle-v2-against-v1\.html/);
    // Their own tests are of different periods; the newer one was measured beside the other all the same.
    expect(comparisonSchema.parse(await json('evaluate', 'repurchase_cycle', '--against', '2')).heads[0]).toMatchObject({ measured: { challenger: 2, champion: 1 }, notComparable: { en: expect.stringContaining('test periods differ') as string } });
    const app = await openApp(configFromEnvironment(env, folder));
    try {
      const call = { params: { name: 'repurchase_cycle', version: 2 }, query: {}, body: {}, caller: null, signal: new AbortController().signal };
      const { promotion } = modelVersionSchema.parse(await readVersion(call, app));
      expect(promotion).toMatchObject({ gate: { pass: expect.any(Boolean) as boolean }, comparison: { champion: { version: 1 }, heads: [{ horizonDays: 180 }] } });
      expect(reportSchema.parse(await readReportDocument(call, app)).promotion).toEqual(promotion);
      expect(await readReportPage(call, app)).toContain(promotion.comparison?.heads[0].words.zh);
    } finally {
      await app.close();
    }
    expect(await cli('evaluate', 'repurchase_cycle', '--against', '1')).toMatchObject({ exit: 2, err: expect.stringContaining('with itself') as string });
    expect(await cli('evaluate', 'repurchase_cycle', '--version', '9')).toMatchObject({ exit: 2, err: expect.stringContaining('no version 9') as string });
    expect(await cli('evaluate', 'repurchase_cycle', 'churn', '--version', '1')).toMatchObject({ exit: 2, err: expect.stringContaining('speak of one model') as string });
    expect(await cli('evaluate', 'repurchase_cycle', '--out', join(out, 'repurchase_cycle-v1.html', 'under'))).toMatchObject({ exit: 3, err: expect.stringContaining('cannot be written') as string });
    const client = new Client({ connectionString: env.TAGCAST_DATABASE_URL });
    await client.connect();
    await client.query('DELETE FROM model_reports WHERE version = 2');
    await client.end();
    expect((await cli('evaluate', 'repurchase_cycle', '--version', '2', '--out', out)).out).toMatch(/trained before reports were kept[\s\S]*tagcast train repurchase_cycle/);
    expect(await cli('--version')).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) as string });
  });

  test('rule tags are made, evaluated, looked at by a segment, edited and deleted only when nothing uses them', async () => {
    expect(await cli('tags', 'create', 'test_buyer')).toMatchObject({ exit: 2, err: expect.stringContaining('needs a condition') as string });
    expect(await json('tags', 'create', 'test_buyer', '--condition', 'orders last 365 days >= 1', '--name-zh', '买家', '--enable')).toMatchObject({ key: 'test_buyer', version: 1, status: 'enabled', label: { zh: '买家' }, description: { en: 'number of orders in the last 365 days ≥ 1' } });
    const evaluated = await json('tags', 'evaluate', 'test_buyer') as unknown as { state: string; published: { entered: number } };
    expect(evaluated).toMatchObject({ state: 'done', rules: 1 });
    expect(evaluated.published.entered).toBeGreaterThan(10);
    expect(await json('tags', 'evaluate', '--new-events')).toMatchObject({ customers: expect.any(Number) as number });
    expect((await cli('tags', 'distribution', 'test_buyer')).out).toContain(String(evaluated.published.entered));
    expect(await json('tags', 'list', '--kind', 'rule', '--search', 'TEST_b')).toMatchObject([{ key: 'test_buyer', published: { customers: evaluated.published.entered } }]);
    expect(await json('segment', 'save', 'test_segment', '--condition', 'tag.test_buyer.band = yes', '--holdout', '0.1')).toMatchObject({ key: 'test_segment', holdoutShare: 0.1 });
    expect(await json('segment', 'build', 'test_segment')).toMatchObject([{ members: evaluated.published.entered, version: 1 }]);
    const members = async (holdout: string): Promise<{ rows: { holdout: boolean }[] }> => (await json('segment', 'members', 'test_segment', '--holdout', holdout, '--limit', '1000')) as unknown as { rows: { holdout: boolean }[] };
    const held = await members('only');
    const others = await members('without');
    expect([held.rows.every((row) => row.holdout), others.rows.some((row) => row.holdout), others.rows.length > held.rows.length]).toEqual([true, false, true]);
    expect((await cli('segment', 'members', 'test_segment', '--limit', '1')).out).toMatch(/^SIM-\d+[\s\S]*More: add --after \d+/);
    const [member] = (await json('segment', 'changes', 'test_segment', '--limit', '1')) as unknown as { externalId: string }[];
    expect(await json('customer', member.externalId)).toMatchObject({ segments: [{ key: 'test_segment', label: { zh: 'test_segment' } }], ruleHistory: expect.arrayContaining([expect.objectContaining({ key: 'test_buyer', label: { zh: '买家', en: '买家' }, change: 'entered', version: 1, cause: 'manual' })]) as unknown[] });
    expect((await cli('customer', member.externalId, '--lang', 'zh')).out).toMatch(/所在人群: test_segment \(test_segment\)[\s\S]*获得.*买家 \(test_buyer\).*手动计算/);
    expect((await json('segment', 'changes', 'test_segment', '--limit', '5')) as unknown as unknown[]).toHaveLength(5);
    expect(await json('segment', 'saved')).toMatchObject([{ key: 'test_segment', live: { state: 'live' } }]);
    expect((await cli('segment', 'show', 'test_segment')).out).toContain('tag.test_buyer.band = yes');
    expect((await cli('segment', 'portrait', 'test_segment', '--top', '4')).out).toMatch(/of \d+ customers[\s\S]*in segment/);
    expect(await cli('segment', 'portrait')).toMatchObject({ exit: 2, err: expect.stringContaining('needs a saved segment') as string });
    expect((await cli('tags', 'show', 'test_buyer')).out).toMatch(/orders last 365 days >= 1[\s\S]*segment test_segment/);
    expect(await cli('tags', 'delete', 'test_buyer')).toMatchObject({ exit: 2, err: expect.stringContaining('segment test_segment') as string });
    expect(await json('tags', 'edit', 'test_buyer', '--condition', 'orders >= 2')).toMatchObject({ version: 2 });
    expect(await json('tags', 'pause', 'test_buyer')).toMatchObject({ status: 'paused' });
    expect(await json('tags', 'draft', 'test_buyer')).toMatchObject({ status: 'draft' });
    expect(await json('tags', 'enable', 'test_buyer')).toMatchObject({ status: 'enabled' });
    const rules = join(folder, 'rules.json');
    expect(await json('tags', 'export', rules)).toMatchObject({ tags: expect.any(Number) as number });
    expect(await json('tags', 'import', rules)).toMatchObject({ created: [], edited: [] });
    const edited = JSON.parse(readFileSync(rules, 'utf8')) as { tags: { key: string; owner: string; status: string }[] };
    writeFileSync(rules, JSON.stringify({ ...edited, tags: [...edited.tags.map((tag) => (tag.key === 'test_buyer' ? { ...tag, owner: 'bo', status: 'paused' } : tag)), { ...edited.tags[0], key: 'test_new' }] }));
    expect(await json('tags', 'import', rules)).toMatchObject({ created: ['test_new'], edited: ['test_buyer'] });
    expect((await cli('tags', 'show', 'test_buyer')).out).toMatch(/paused[\s\S]*owner bo|owner bo[\s\S]*paused/);
    writeFileSync(rules, '{"format": "tagcast-rule-tags", "version": 2, "tags": []}');
    expect(await cli('tags', 'import', rules)).toMatchObject({ exit: 2, err: expect.stringContaining('wrong at version') as string });
    expect((await cli('tags', 'diff')).out).toMatch(/test_new +made in the store/);
    expect(await json('tags', 'take', '--overwrite')).toEqual({ written: [] });
    expect(await json('tags', 'delete', 'test_new')).toEqual({ deleted: 'test_new' });
    expect(await json('segment', 'delete', 'test_segment')).toEqual({ deleted: 'test_segment' });
    expect(await json('tags', 'delete', 'test_buyer')).toEqual({ deleted: 'test_buyer' });
  });

  test('score and nightly: a finished day is left alone until forced', async () => {
    expect(await json('score')).toMatchObject({ state: 'already_done' });
    expect(await json('score', '--force')).toMatchObject({ state: expect.stringMatching(/done|held/) as string });
    expect(await json('nightly')).toMatchObject({ asOf: '2026-04-01' });
    expect(await cli('nightly', '--schedule')).toMatchObject({ exit: 2, err: expect.stringContaining('no night will ever come due') as string });
  });

  test('tags, customer and segment read what was published', async () => {
    expect((await cli('tags', 'list')).out).toContain('lifecycle_stage');
    expect((await cli('tags', 'distribution', 'lifecycle_stage')).out).toMatch(/Lifecycle stage/);
    expect(await cli('tags', 'distribution', 'lifecycle_stag')).toMatchObject({ exit: 2, err: expect.stringContaining('Did you mean lifecycle_stage') as string });
    expect((await cli('customer', 'SIM-000001', '--events', '3')).out).toMatch(/Customer SIM-000001 \(simulated\)[\s\S]*Last events/);
    expect(await json('customer', 'SIM-000001', '--now')).toMatchObject({ customer: 'SIM-000001' });
    const condition = '{"tag": "lifecycle_stage", "field": "band", "op": "!=", "value": "lead"}';
    const { matching } = await json('segment', 'count', '--condition', condition) as unknown as { matching: number };
    expect(matching).toBeGreaterThan(20);
    expect(await json('segment', 'list', '--condition', condition, '--limit', '3', '--tags', 'lifecycle_stage')).toMatchObject({ rows: [{}, {}, {}] });
    expect(await cli('segment', 'count', '--condition', 'nonsense')).toMatchObject({ exit: 2 });
  });

  test('keys: made once, listed without the secret, revoked', async () => {
    const made = await json('keys', 'create', '--name', 'crm', '--role', 'service') as unknown as { keyId: string; key: string };
    const { out } = await cli('keys', 'list');
    expect(out).toContain(made.keyId);
    expect(out).not.toContain(made.key);
    expect(await json('keys', 'revoke', made.keyId)).toEqual({ revoked: made.keyId });
    expect(await cli('keys', 'revoke', made.keyId)).toMatchObject({ exit: 2 });
  });

  test('serve answers until Ctrl-C', async () => {
    let status = 0;
    const served = await run(env, ['serve', '--port', '0'], {
      seen: /listens on http/,
      act: async (out) => {
        status = (await fetch(`${/http:\/\/[^\s]+/.exec(out)?.[0] ?? ''}/health`)).status;
      },
    });
    expect(served, served.err).toMatchObject({ exit: 0 });
    expect(status).toBe(200);
  });

  test('init and import make a shop of one’s own; doctor says what is missing; the demo stays out', async () => {
    const { databaseUrl, drop } = await freshDatabase();
    drops.push(drop);
    env = { ...env, TAGCAST_HOME: join(folder, 'own'), TAGCAST_DATABASE_URL: databaseUrl };
    expect(await json('init', '--time-zone', 'Europe/London', '--currency', 'GBP', '--historic')).toMatchObject({ timeZone: 'Europe/London', apiKey: expect.any(String) as string });
    expect(await cli('init', '--currency', 'EUR')).toMatchObject({ exit: 2, err: expect.stringContaining('conflict') as string });
    const file = join(folder, 'orders.csv');
    writeFileSync(file, 'who,when,paid,no\nA,2026-01-05 10:00:00,12.50,1\nB,2026-01-06 11:00:00,8.00,2\n');
    const flags = ['--customer', 'who', '--time', 'when', '--amount', 'paid', '--order', 'no', '--kind', 'order'];
    expect(await json('import', file, ...flags)).toMatchObject({ taken: 2, duplicates: 0 });
    expect(await json('import', file, ...flags)).toMatchObject({ taken: 0, duplicates: 2 });
    const { out } = await cli('doctor');
    expect(out).toMatch(/✓ data: 2 customers, 2 events/);
    expect(out).toMatch(/✗ model churn: no serving version/);
    expect(out).toMatch(/✓ model lead_intent: no serving version; it serves shops that have whom it is meant for/);
    expect(await cli('quickstart')).toMatchObject({ exit: 2, err: expect.stringContaining('shop of your own') as string });
    expect(await json('init', '--no-historic', '--force')).toMatchObject({ historic: false, currency: 'GBP' });
    const waited = await run(env, ['nightly', '--schedule', '--at', '03:00'], { seen: /Waiting for 03:00/, act: () => Promise.resolve() });
    expect(waited, waited.err).toMatchObject({ exit: 0 });
  });
});
