/** A contract business from its files to its tags: the page of the guide is run command by command, and then looked at from inside. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { silentProgress } from '../../src/base/progress.ts';
import { addDays } from '../../src/base/time.ts';
import { scoreOneNow } from '../../src/jobs/scoring/one.ts';
import { listModels } from '../../src/registry/models.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { tagsOf } from '../../src/store/repositories/tagReads.ts';
import { contractShop } from '../simulator/contractShop.ts';
import { freshDatabase } from '../support/stores.ts';
import { cliHome } from '../surfaces/cli/kit.ts';
import { CONTRACTS_PAGE, examplesOf, shellWords } from './guideKit.ts';

/** The last event is of the day before; with --historic this day is today. */
const END = '2026-04-01';
const LOG_NAMES: Readonly<Record<string, string>> = { contract_cancelled: 'cancelled', contract_resumed: 'resumed' };

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

describe('a contract business', () => {
  const settings: NodeJS.ProcessEnv = {};
  const shop = cliHome(settings);
  const simulated = contractShop({ seed: 2, customers: 280, days: 235, end: END });
  let drop: () => Promise<void> = () => Promise.resolve();
  let app: App | undefined;

  beforeAll(async () => {
    const database = await freshDatabase();
    drop = database.drop;
    settings['TAGCAST_DATABASE_URL'] = database.databaseUrl;
    const rows = simulated.events.filter(({ kind }) => kind.startsWith('contract')).map(({ customer, occurredAt, kind, amount = '', product = '', orderRef = '', properties }) =>
      [customer, orderRef, LOG_NAMES[kind] ?? 'renewal', new Date(occurredAt).toISOString(), product, text(properties?.['starts']), text(properties?.['ends']), amount, properties?.['auto_renew'] === undefined ? '' : 'no'].join(','));
    shop.file('contracts.csv', ['customer_id,contract_id,event,event_time,plan,starts,ends,amount,auto_renew', ...rows].join('\n'));
    const visits = simulated.events.filter(({ kind }) => !kind.startsWith('contract')).map(({ customer, occurredAt, kind }) => `${customer},${new Date(occurredAt).toISOString()},${kind}`);
    const file = shop.file('visits.csv', ['customer,time,what', ...visits].join('\n'));
    await shop.json('init', '--historic');
    await shop.json('import', file, '--customer', 'customer', '--time', 'time', '--kind-column', 'what');
  });
  afterAll(async () => {
    await app?.close();
    await drop();
    shop.remove();
  });

  /** Opened once the shop has said that there are contracts. */
  async function opened(): Promise<App> {
    return (app ??= await openApp({ home: shop.home, databaseUrl: settings['TAGCAST_DATABASE_URL'] ?? '' }));
  }

  test('a shop that has said nothing of contracts knows no model and no tag of them', async () => {
    expect(JSON.stringify(await shop.json('models', 'list'))).not.toContain('renewal');
    expect(JSON.stringify(await shop.json('tags', 'list'))).not.toContain('renewal_prob');
    expect(await shop.run('train', 'renewal')).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no model "renewal"') as string });
    // Turned on before there are any contracts: the training says what is missing, in numbers.
    await shop.json('init', '--contracts', '--historic', '--force');
    expect(await shop.run('train', 'renewal')).toMatchObject({ stderr: expect.stringContaining('Contract ends with their grace days over: 0 of 200') as string });
    expect(await shop.run('init', '--contracts', '30,x', '--force')).toMatchObject({ code: 2 });
    expect(await shop.run('init', '--grace-days', '3')).toMatchObject({ code: 2 });
  });

  test('the page of the guide does what it says', { timeout: 120_000 }, async () => {
    const said: string[] = [];
    for (const { line, exit } of examplesOf('en', CONTRACTS_PAGE)) {
      const words = shellWords(line).map((word) => (word.startsWith('./') ? join(shop.folder, word) : word));
      const { code, stdout, stderr } = await shop.run(...words.slice(1), '--quiet');
      expect(code, `${line}\n${stdout}\n${stderr}`).toBe(exit);
      said.push(stdout);
    }
    expect(said.join('\n')).toContain('At risk');
  });

  test('a customer asked for on demand has the tags of the night, and only whose contract ends soon has a probability', async () => {
    const shopApp = await opened();
    const { store } = shopApp;
    const { card: { target, heads } } = (await listModels(store, 'renewal'))[0];
    expect(target).toEqual({ kind: 'renewal', graceDays: 14 });
    // 104 days until the labels of a 90-day horizon are known, and as many before each part: too long for this history.
    expect(heads.map(({ horizonDays }) => horizonDays)).toEqual([30]);
    const rows = await selectRows<{ id: number; external: string; status: string }>(
      store.db, `SELECT c.customer_id AS id, c.external_id AS external, t.status FROM customer_tags t JOIN customers c USING (customer_id) WHERE tag_key = 'renewal_prob' ORDER BY c.customer_id`);
    const people = new Map(simulated.customers.map((customer) => [customer.id, customer]));
    const due = rows.filter(({ external }) => simulated.oracle(people.get(external) ?? { id: '', periods: [] }, END, 30) !== undefined);
    expect(rows.filter(({ status }) => status === 'ok').map(({ external }) => external)).toEqual(due.map(({ external }) => external));
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['ok', 'not_eligible']));
    for (const { id } of [due[0], due[20], rows.find(({ status }) => status !== 'ok') ?? due[1]]) {
      const pick = (tags: Awaited<ReturnType<typeof tagsOf>>) => tags.filter(({ key }) => key === 'renewal_prob' || key === 'contract_days_left').sort((a, b) => (a.key < b.key ? -1 : 1));
      expect(pick(await scoreOneNow(shopApp.scoring({ progress: silentProgress }), id, { asOf: END }))).toEqual(pick(await tagsOf(store.db, id)));
    }
  });

  test('the tag carries everything that a marketer reads, and ends with the contract', async () => {
    const { store } = await opened();
    const tags = await selectRows<{ value: number; probability: number; percentile: number; lift: number; band: string; horizon: number; expires: string; left: number; reasons: { text: { zh: string; en: string } }[] }>(
      store.db,
      `SELECT t.value_number AS value, t.probability, t.percentile, t.lift, t.band, t.horizon_days AS horizon, t.expires_at AS expires, d.value_number AS left, t.reasons
       FROM customer_tags t JOIN customer_tags d ON d.customer_id = t.customer_id AND d.tag_key = 'contract_days_left' WHERE t.tag_key = 'renewal_prob' AND t.status = 'ok' ORDER BY t.customer_id`);
    for (const { value, probability, percentile, lift, horizon, expires, left } of tags) {
      expect(value).toBe(probability);
      expect(percentile).toBeGreaterThan(0);
      expect(lift).toBeGreaterThan(0);
      expect(left).toBeLessThan(horizon);
      expect(expires).toBe(addDays(END, Math.min(3, left + 1)));
    }
    expect(new Set(tags.map(({ band }) => band)).size).toBeGreaterThan(1);
    const [some] = tags.flatMap(({ reasons }) => reasons);
    expect(some.text.zh).toMatch(/[\u4e00-\u9fff]/);
    const counted = (await shop.json('segment', 'count', '--condition', 'tag.renewal_prob.band = "at_risk" and tag.renewal_prob.probability < 0.7')) as { matching: number };
    expect(counted.matching).toBe(tags.filter(({ band, probability }) => band === 'at_risk' && probability < 0.7).length);
  });
});
