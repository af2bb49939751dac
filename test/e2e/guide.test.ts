/** Every example of docs/guide is run, in the order of the pages and in both languages, on a small simulated shop: a command that fails or says other words fails here. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/connection.ts';
import { systemClock } from '../../src/environment.ts';
import { freshDatabase } from '../support/stores.ts';
import { prepareShop } from '../support/scoredShop.ts';
import { cliHome, runMain } from '../surfaces/cli/kit.ts';
import { curlCall, examplesOf, LANGUAGES, missingLines, pagesOf, shellWords } from './guideKit.ts';
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

describe.each(LANGUAGES)('the examples (%s)', (language) => {
  const settings: NodeJS.ProcessEnv = { LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'en_GB.UTF-8' };
  const shop = cliHome(settings);
  const variables: Record<string, string> = {};
  let drop: () => Promise<void> = () => Promise.resolve();
  let server: ChildProcess | undefined;

  beforeAll(async () => {
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
    variables['TAGCAST_KEY'] = key.key;
    variables['TAGCAST_URL'] = await serve();
  }, 240_000);

  afterAll(async () => {
    server?.kill('SIGKILL');
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

  async function run({ line, exit, page, shown }: Example): Promise<void> {
    // Files of the examples lie in the folder of the test.
    const words = shellWords(line).map((word) => (word.startsWith('./') ? join(shop.folder, word) : word));
    if (words[0] === 'curl') {
      const { method, url, headers, body } = curlCall(words, variables);
      const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
      const text = await answer.text();
      expect({ status: answer.status < 300, ...(answer.status < 300 ? {} : { text }) }, `${page}: ${line}`).toEqual({ status: true });
      expect(missingLines(shown, text), `${page}: ${line}\n${text}`).toEqual([]);
      return;
    }
    const arguments_ = words[0] === 'npx' ? words.slice(2) : words.slice(1);
    expect([words[0], words[1]].includes('tagcast'), `${page}: "${line}" is neither a tagcast command nor curl`).toBe(true);
    const { code, stdout, stderr } = await runMain([...arguments_, '--quiet'], { TAGCAST_HOME: shop.home, ...settings });
    expect(code, `${page}: ${line}\n${stdout}${stderr}`).toBe(exit);
    expect(missingLines(shown, `${stdout}\n${stderr}`), `${page}: ${line}\n${stdout}${stderr}`).toEqual([]);
  }

  test.each(pagesOf(language))('%s', { timeout: 180_000 }, async (page) => {
    const examples = examplesOf(language, page);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) await run(example);
  });
});
