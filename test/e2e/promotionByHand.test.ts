/** Trainings one after the other through the command line: a shop that promotes by hand, and a champion that can no longer be opened. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { freshDatabase } from '../support/stores.ts';
import { cliHome, COLUMNS } from '../surfaces/cli/kit.ts';

const settings: NodeJS.ProcessEnv = {};
const shop = cliHome(settings);
let drop: () => Promise<void> = () => Promise.resolve();
let databaseUrl = '';
const MODEL = 'order_count';

/** Orders of customers who buy at very different rates, over a year and a half. */
function orders(): string {
  const rng = seededRandom('promotion by hand');
  const lines = ['customer,time,amount,order'];
  for (let customer = 0; customer < 260; customer++) {
    const gap = 12 * Math.exp(2.6 * rng.next());
    for (let day = 40 * rng.next(); day < 420; day += -gap * Math.log1p(-rng.next())) {
      lines.push(`C${customer},${new Date(Date.UTC(2024, 0, 1) + Math.floor(day) * 86_400_000).toISOString().slice(0, 10)},${(20 + 30 * rng.next()).toFixed(2)},${lines.length}`);
    }
  }
  return lines.join('\n');
}

interface Trained { readonly version: number; readonly champion: boolean; readonly gate: { readonly pass: boolean; readonly rule: string; readonly why: { readonly zh: string; readonly en: string } }; readonly comparison: unknown }
const train = async (end: string): Promise<Trained> => ((await shop.json('train', MODEL, '--end', end)) as [Trained])[0];

function promotes(how: 'by_hand' | 'automatic'): void {
  const config = join(shop.home, 'config.json');
  writeFileSync(config, JSON.stringify({ ...(JSON.parse(readFileSync(config, 'utf8')) as object), promotion: how }));
}

async function listed(): Promise<{ version: number; aliases: string[]; state: string; why: string }[]> {
  const { versions } = (await shop.json('models', 'list')) as { versions: { version: number; aliases: string[]; promotion: { state: string; gate: { why: { en: string } } } }[] };
  return versions.map(({ version, aliases, promotion }) => ({ version, aliases, state: promotion.state, why: promotion.gate.why.en }));
}

beforeAll(async () => {
  const database = await freshDatabase();
  ({ drop, databaseUrl } = database);
  settings['TAGCAST_DATABASE_URL'] = databaseUrl;
  await shop.json('init', '--historic');
  await shop.json('import', shop.file('orders.csv', orders()), ...COLUMNS);
}, 120_000);

afterAll(async () => {
  await drop();
  shop.remove();
});

test('by hand: what passes waits and is listed so, a person promotes it, and a champion that cannot be opened is replaced', { timeout: 120_000 }, async () => {
  promotes('by_hand');
  const first = await train('2025-02-01');
  expect(first).toMatchObject({ version: 1, champion: false, gate: { pass: true, rule: 'first_version' }, comparison: null });
  expect(await listed()).toMatchObject([{ version: 1, aliases: ['challenger'], state: 'waits', why: first.gate.why.en }]);
  const { stdout } = await shop.run('models', 'list', '--lang', 'zh');
  expect(stdout).toContain('待人工上线');

  expect(await shop.json('models', 'promote', MODEL, '1')).toMatchObject({ model: MODEL, aliases: { champion: 1 } });
  expect(await listed()).toMatchObject([{ version: 1, aliases: ['champion'], state: 'serves' }]);

  // The champion's bytes rot. The thread that trains its successor says so in the comparison, and ends as ever.
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('UPDATE models SET artefact = set_byte(artefact, 300, (get_byte(artefact, 300) + 1) % 128) WHERE name = $1 AND version = 1', [MODEL]);
  } finally {
    await client.end();
  }
  promotes('automatic');
  const second = await train('2025-02-20');
  expect(second).toMatchObject({
    version: 2, champion: true, gate: { pass: true, rule: 'champion_unreadable', why: { en: expect.stringContaining('version 1') as string, zh: expect.stringContaining('版本 1') as string } },
    comparison: { champion: { version: 1, end: null }, heads: [{ compared: null, reason: 'champion_unreadable', words: { en: expect.any(String) as string, zh: expect.any(String) as string } }] },
  });
  expect((await listed()).map(({ version, state }) => [version, state])).toEqual([[2, 'serves'], [1, 'served']]);
  // Going back to it is refused with what to do.
  const back = await shop.run('models', 'rollback', MODEL, '--json');
  expect([back.code === 0, JSON.parse(back.stderr)]).toMatchObject([false, { error: { code: 'artefact_invalid', hint: expect.any(String) as string } }]);
  expect((await listed())[0]).toMatchObject({ version: 2, aliases: ['champion'] });
});
