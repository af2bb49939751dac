/**
 * Every example of docs/guide is run, in the order of the pages, on a small simulated shop: a command that fails or says other words fails here. Both languages have the same commands, so
 * in Chinese those are run once more whose output the pages show.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/connection.ts';
import { systemClock } from '../../src/environment.ts';
import { freshDatabase } from '../support/stores.ts';
import { prepareShop } from '../support/scoredShop.ts';
import { cliHome, runMain } from '../surfaces/cli/kit.ts';
import { CONTRACTS_PAGE, curlCall, examplesOf, missingLines, pagesOf, shellWords } from './guideKit.ts';
import type { Example, GuideLanguage } from './guideKit.ts';

const BIN = fileURLToPath(new URL('../../bin/tagcast.mjs', import.meta.url));
const SIZE = { customers: 300, days: 500 };

describe('the pages', () => {
  test('are the same in both languages, command by command', () => {
    expect(pagesOf('zh')).toEqual(pagesOf('en'));
    const commands = (language: GuideLanguage): string[] => pagesOf(language).flatMap((page) => examplesOf(language, page).map(({ line }) => `${page}: ${line}`));
    expect(commands('zh')).toEqual(commands('en'));
  });
});

describe('the examples', () => {
  const settings: NodeJS.ProcessEnv = {};
  const shop = cliHome(settings);
  const variables: Record<string, string> = {};
  const crm = { url: '', messages: 0, close: (): void => undefined };
  let webhook = 'wh_0000000000000000';
  let drop: () => Promise<void> = () => Promise.resolve();
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    const receiver = createServer((request, response) => {
      crm.messages++;
      request.resume().on('end', () => { response.writeHead(204).end(); });
    });
    await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve); });
    const { port } = receiver.address() as AddressInfo;
    crm.url = `http://127.0.0.1:${port}`;
    crm.close = (): void => { receiver.close(); };
    settings['TAGCAST_WEBHOOK_HOSTS'] = crm.url;
    const database = await freshDatabase();
    drop = database.drop;
    settings['TAGCAST_DATABASE_URL'] = database.databaseUrl;
    await shop.json('init', '--historic');
    const store = await openStore({ databaseUrl: database.databaseUrl }, { clock: systemClock });
    try {
      await prepareShop(store, join(shop.home, 'snapshot'), SIZE);
    } finally {
      await store.close();
    }
    await shop.json('nightly');
    const key = (await shop.json('keys', 'create', '--name', 'guide', '--role', 'admin')) as { key: string };
    variables['KEY'] = key.key;
    variables['TAGCAST'] = await serve();
  }, 240_000);

  afterAll(async () => {
    server?.kill('SIGKILL');
    crm.close();
    await drop();
    shop.remove();
  });

  async function serve(): Promise<string> {
    const child = spawn(process.execPath, [BIN, 'serve', '--port', '0'], { env: { ...process.env, TAGCAST_HOME: shop.home, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
    server = child;
    return new Promise((resolve, reject) => {
      let seen = '';
      const look = (part: Buffer): void => {
        seen += part.toString();
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(seen);
        if (address !== null) resolve(address[0]);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('close', (code) => { reject(new Error(`serve ended with ${String(code)}: ${seen}`)); });
    });
  }

  /** What the line answered: the exit code (0 for an HTTP answer below 300) and everything it said. */
  async function answerOf(line: string, language: GuideLanguage): Promise<{ code: number; text: string }> {
    // Files of the examples lie in the folder of the test; the other system is a server here, and a webhook has the number that it was given.
    const words = shellWords(line).map((word) => (word.startsWith('./') ? join(shop.folder, word) : word).replace('https://crm.example.com', crm.url).replace(/^wh_[0-9a-f]{16}$/, webhook));
    if (words[0] === 'curl') {
      const { method, url, headers, body } = curlCall(words, variables);
      const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
      return { code: answer.status < 300 ? 0 : answer.status, text: await answer.text() };
    }
    if (words[0] !== 'tagcast') throw new Error(`"${line}" is neither a tagcast command nor curl`);
    const { code, stdout, stderr } = await runMain([...words.slice(1), '--quiet'], { TAGCAST_HOME: shop.home, LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'en_GB.UTF-8', ...settings });
    webhook = /wh_[0-9a-f]{16}/.exec(stdout)?.[0] ?? webhook;
    return { code, text: `${stdout}\n${stderr}` };
  }

  async function run({ line, exit, page, shown }: Example, language: GuideLanguage): Promise<void> {
    const { code, text } = await answerOf(line, language);
    expect(code, `${page}: ${line}\n${text}`).toBe(exit);
    expect(missingLines(shown, text), `${page}: ${line}\n${text}`).toEqual([]);
  }

  test.each(pagesOf('en').filter((page) => page !== CONTRACTS_PAGE))('en/%s', { timeout: 180_000 }, async (page) => {
    const examples = examplesOf('en', page);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) await run(example, 'en');
  });

  test('the other system was told', () => {
    expect(crm.messages).toBeGreaterThan(1);
  });

  test('what the Chinese pages show is what is said in Chinese', async () => {
    const shown = pagesOf('zh').filter((page) => page !== CONTRACTS_PAGE).flatMap((page) => examplesOf('zh', page)).filter((example) => example.shown.length > 0);
    expect(shown.length).toBeGreaterThan(1);
    for (const example of shown) await run(example, 'zh');
  });
});
