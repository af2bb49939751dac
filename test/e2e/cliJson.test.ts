/** --json for every command there is: one document on standard output, or one error document on standard error and nothing else. A new command without a line here fails. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCommands } from '../architecture/commands.ts';
import { freshDatabase } from '../support/stores.ts';
import { cliHome, COLUMNS } from '../surfaces/cli/kit.ts';

const settings: NodeJS.ProcessEnv = {};
const shop = cliHome(settings);
let drop: () => Promise<void> = () => Promise.resolve();
const ERROR = expect.objectContaining({ code: expect.stringMatching(/^[a-z_]+$/) as string, message: expect.any(String) as string, hint: expect.any(String) as string }) as object;
const CONDITION = '{"tag": "orders_total", "field": "value", "op": ">=", "value": 1}';
const orders = shop.file('orders.csv', 'customer,time,amount,order\nA,2025-03-01,10,1\nA,2025-04-01,12,2\nB,2025-05-01,7.5,3\n');
const arms = shop.file('arms.csv', 'customer,arm\nA,treated\nB,control\n');
const table = shop.file('table.csv', `age,city,churned\n${Array.from({ length: 60 }, (_, i) => `${20 + (i * 7) % 40},${i % 3 === 0 ? 'a' : 'b'},${i % 4 === 0 ? 'yes' : 'no'}`).join('\n')}\n`);

/** Words behind the command's name and the exit code. In the order in which a shop would use them; `serve`, which stays, is in test/e2e/cliProcess.test.ts. */
const CALLS: Readonly<Record<string, readonly [readonly string[], number]>> = {
  init: [['--historic'], 0],
  import: [[orders, ...COLUMNS], 0],
  'features list': [[], 0],
  'features refresh': [['--full'], 0],
  'features preview': [['A'], 0],
  'features export': [[join(shop.folder, 'features.parquet')], 0],
  train: [['churn'], 4],
  preferences: [[], 0],
  evaluate: [[], 4],
  'models list': [[], 0],
  'models show': [['churn'], 2],
  'models promote': [['churn', '1'], 2],
  'models rollback': [['churn'], 2],
  'models export': [['churn', '--out', join(shop.folder, 'churn.txt')], 2],
  'models import': [[join(shop.folder, 'missing.txt'), '--name', 'churn'], 3],
  table: [[table, '--target', 'churned', '--folds', '2'], 0],
  score: [[], 0],
  nightly: [[], 0],
  'tags list': [[], 0],
  'tags distribution': [['lifecycle_stage'], 0],
  'standards save': [['attribute.title', 'CMO', '--alias', '首席营销官'], 0],
  'standards list': [[], 0],
  'standards show': [['attribute.title'], 0],
  'standards suggest': [['attribute.title'], 0],
  'standards apply': [[], 0],
  'standards export': [[join(shop.folder, 'standards.csv')], 0],
  'standards import': [[join(shop.folder, 'standards.csv')], 0],
  'standards delete': [['attribute.title'], 0],
  'quality rules': [[], 0],
  'quality check': [[], 0],
  'quality status': [[], 0],
  'quality show': [['orders_fresh'], 0],
  'quality save': [['{"key": "city_there", "label": {"zh": "有城市", "en": "City is there"}, "check": {"field": {"attribute": "city"}, "test": {"present": true}}, "mostBad": 0.5}'], 0],
  'quality export': [[join(shop.folder, 'quality.json')], 0],
  'quality import': [[join(shop.folder, 'quality.json')], 0],
  'quality delete': [['city_there'], 0],
  'tags values': [['lifecycle_stage'], 0],
  'categories list': [[], 0],
  'categories save': [['shop_own', '--name-zh', '自建', '--parent', 'value'], 0],
  'categories place': [['clv_tier', 'shop_own'], 0],
  'categories history': [['shop_own'], 0],
  'categories delete': [['shop_own'], 2],
  'tags report': [['lifecycle_stage'], 0],
  'tags overview': [[], 0],
  'tags create': [['twice', '--condition', 'orders >= 2'], 0],
  'tags edit': [['twice', '--owner', 'ann'], 0],
  'tags preview': [['twice'], 0],
  'tags enable': [['twice'], 0],
  'tags evaluate': [['twice'], 0],
  'tags diff': [[], 0],
  'tags take': [[], 0],
  'tags export': [[join(shop.folder, 'rules.json')], 0],
  'tags import': [[join(shop.folder, 'rules.json')], 0],
  'definitions export': [['segments', join(shop.folder, 'segments.json')], 0],
  'definitions diff': [['segments', join(shop.folder, 'segments.json')], 0],
  'definitions import': [['segments', join(shop.folder, 'segments.json'), '--dry-run'], 0],
  'tags show': [['twice'], 0],
  'tags pause': [['twice'], 0],
  'tags draft': [['twice'], 0],
  'lifecycle rules': [[], 0],
  'lifecycle changes': [['--to', 'churned'], 0],
  'lifecycle flows': [['--weeks', '2'], 0],
  'lifecycle accuracy': [[], 4],
  customer: [['A', '--now'], 0],
  visit: [['A', '--at', '2025-05-01T08:00:00Z'], 0],
  merge: [['B', '--into', 'nobody'], 2],
  'segment count': [['--condition', CONDITION], 0],
  'segment list': [['--condition', CONDITION], 0],
  'segment save': [['regulars', '--condition', 'orders >= 2'], 0],
  'segment saved': [[], 0],
  'segment build': [['regulars'], 0],
  'segment show': [['regulars'], 0],
  'segment changes': [['regulars'], 0],
  'segment members': [['regulars'], 0],
  'segment portrait': [['regulars'], 0],
  'segment import': [['guests', shop.file('guests.csv', 'customer\nA\nnobody\n')], 0],
  'segment lookalikes': [['regulars', '--save', 'like_regulars'], 4],
  'segment similar': [['guests'], 0],
  'segment overlap': [['regulars', 'guests'], 0],
  'segment export': [['regulars', '--out', join(shop.folder, 'regulars.csv')], 0],
  'webhook create': [['--url', 'http://127.0.0.1:1/hook', '--events', 'segment.entered'], 0],
  'webhook list': [[], 0],
  'webhook edit': [['wh_0000000000000000', '--status', 'paused'], 2],
  'webhook test': [['wh_0000000000000000'], 2],
  'webhook rotate': [['wh_0000000000000000'], 2],
  'webhook deliveries': [['wh_0000000000000000'], 2],
  'webhook resend': [['wh_0000000000000000', '--dead'], 2],
  'webhook deliver': [[], 0],
  'webhook delete': [['wh_0000000000000000'], 2],
  'experiment create': [['spring', '--outcome', 'order', '--response-days', '14', '--start', '2025-03-02', '--probability', '0.5'], 0],
  'experiment import-assignment': [['spring', arms], 0],
  'experiment assign': [['spring'], 2],
  'experiment list': [[], 0],
  'experiment show': [['spring'], 0],
  'experiment evaluate': [['spring'], 4],
  'experiment delete': [['spring'], 0],
  'segment delete': [['regulars'], 0],
  'tags delete': [['twice'], 0],
  'keys create': [['--name', 'crm', '--role', 'service'], 0],
  'keys list': [[], 0],
  'keys revoke': [['nothing'], 2],
  doctor: [[], 1],
  quickstart: [['--no-serve'], 2],
};

beforeAll(async () => {
  // A server, because the embedded store takes two seconds to open for each of these many runs.
  const database = await freshDatabase();
  drop = database.drop;
  settings['TAGCAST_DATABASE_URL'] = database.databaseUrl;
  settings['TAGCAST_WEBHOOK_HOSTS'] = 'http://127.0.0.1:1';
  await shop.json('init', '--historic');
}, 120_000);

afterAll(async () => {
  await drop();
  shop.remove();
});

describe('--json', () => {
  test('every command is called here, but the one that stays', async () => {
    expect((await allCommands()).map(({ name }) => name).filter((name) => !Object.hasOwn(CALLS, name))).toEqual(['serve']);
  });

  test.each(Object.entries(CALLS))('%s', async (name, [args, exit]) => {
    const { code, stdout, stderr } = await shop.run(...name.split(' '), ...args, '--json', '--quiet');
    expect(code, stderr).toBe(exit);
    const [answers, errors] = [stdout, stderr].map((text) => (text === '' ? [] : [JSON.parse(text) as unknown]));
    // Training that fails answers why for each model, and ends with the first error; doctor's answer is the complaint.
    expect(answers).toHaveLength(exit < 2 || name === 'train' ? 1 : 0);
    expect(errors).toEqual(exit < 2 ? [] : [{ error: ERROR }]);
  });

  test('may stand before the command as well, and --lang with it', async () => {
    const { code, stdout } = await shop.run('--json', '--lang', 'zh', 'segment', 'count', '--condition', CONDITION);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ matching: 2, words: expect.stringContaining('累计订单数') as string });
  });
});

describe('--lang zh', () => {
  test.each([
    [['tags', 'list'], '截至'], [['features', 'list'], '含义'], [['models', 'list'], '尚未训练'], [['customer', 'A'], '交易活跃'], [['score'], '未作改动'],
    [['segment', 'count', '--condition', CONDITION], '位客户中的'], [['import', orders, ...COLUMNS], '已存在或重复'],
  ])('%o speaks Chinese', async (args, words) => {
    expect((await shop.run(...args, '--lang', 'zh', '--quiet')).stdout).toContain(words);
  });
});
