/** `tagcast table` on small files: every option, what it infers, and what it refuses. */
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { cliHome } from './kit.ts';

const home = cliHome();
afterAll(() => { home.remove(); });

interface Document {
  readonly target: { readonly task: string; readonly positive?: string; readonly mean?: number };
  readonly mode: string;
  readonly rows: { readonly train: number; readonly test: number };
  readonly columns: readonly { readonly column: string; readonly why?: string }[];
  readonly warnings: readonly { readonly code: string; readonly column?: string }[];
  readonly leaderboard: readonly { readonly name: string; readonly role: string; readonly metrics: Readonly<Record<string, { readonly value: number; readonly sd?: number; readonly low?: number; readonly high?: number }>> }[];
  readonly choices: readonly { readonly chosen: string }[];
  readonly beatsBaselines: boolean;
}

interface Customer {
  readonly id: string;
  readonly joined: string;
  readonly plan: string;
  readonly visits: number | '';
  readonly store: string;
  readonly churned: string;
  readonly spend: number;
}

/** Customers whose churn depends on plan and visits. */
const customers: readonly Customer[] = Array.from({ length: 320 }, (_, i) => {
  const rng = seededRandom(5, 'customer', i);
  const plan = ['basic', 'plus', 'pro'][rng.int(3)];
  const visits = rng.int(30);
  const churned = rng.next() < 1 / (1 + Math.exp(0.25 * visits - 3 + (plan === 'pro' ? 2 : 0)));
  return {
    id: `C-${1000 + i}`, joined: `2023-${String(1 + Math.floor(i / 30)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`, plan, visits: rng.next() < 0.05 ? '' : visits,
    store: `s${Math.floor(i / 8)}`, churned: churned ? 'yes' : 'no', spend: churned ? 0 : Math.round(100 * visits * (1 + rng.next())) / 100,
  };
});
const COLUMNS = ['id', 'joined', 'plan', 'visits', 'store', 'churned', 'spend'] as const;
const csv = (rows: readonly Customer[], separator = ',', columns: readonly (keyof Customer)[] = COLUMNS): string => [columns.join(separator), ...rows.map((row) => columns.map((name) => row[name]).join(separator))].join('\n');
const file = home.file('customers.csv', csv(customers));
const table = async (...args: string[]): Promise<Document> => (await home.json('table', ...args)) as Document;
const score = (document: Document, name: string, metric: string) => document.leaderboard.find((entry) => entry.name === name)?.metrics[metric];

describe('tagcast table', () => {
  test('infers everything, beats its baselines, and says what it left out', async () => {
    const document = await table(file, '--target', 'churned', '--drop', 'spend,store', '--folds', '3');
    expect(document).toMatchObject({ mode: 'folds', target: { task: 'binary', positive: 'yes' }, beatsBaselines: true });
    expect(document.columns.find(({ column }) => column === 'id')?.why).toBe('identifier');
    expect(document.leaderboard[0].name).toBe('selected');
    expect(document.choices).toHaveLength(3);
    expect(score(document, 'selected', 'roc_auc')?.value).toBeGreaterThan(0.75);
    expect(score(document, 'selected', 'roc_auc')?.sd).toBeGreaterThan(0);
    expect(score(document, 'base_rate', 'roc_auc')?.value).toBe(0.5);
    expect(score(document, 'best_column', 'roc_auc')?.value).toBeGreaterThan(0.6);
    expect(Object.keys(document.leaderboard[0].metrics)).toEqual(expect.arrayContaining(['roc_auc', 'pr_auc', 'log_loss', 'brier', 'ece']));
  });

  test('the same file and seed give the same document, in any format', async () => {
    const short = customers.slice(0, 150);
    const options = ['--target', 'churned', '--drop', 'spend', '--folds', '2'];
    const { file: _a, ...plain } = await table(home.file('a.csv', csv(short)), ...options) as Document & { file: string };
    const { file: _b, ...semicolons } = await table(home.file('b.csv', csv(short, ';')), ...options) as Document & { file: string };
    const { file: _c, ...packed } = await table(home.file('c.tsv.gz', gzipSync(csv(short, '\t'))), ...options) as Document & { file: string };
    const { file: _d, ...lines } = await table(home.file('d.ndjson', short.map((row) => JSON.stringify({ ...row, visits: row.visits === '' ? null : row.visits })).join('\n')), ...options) as Document & { file: string };
    expect(semicolons).toEqual(plain);
    expect(packed).toEqual(plain);
    expect(lines).toEqual(plain);
    const other = await table(home.file('a.csv', csv(short)), ...options, '--seed', '7');
    expect(other.leaderboard).not.toEqual(plain.leaderboard);
  });

  test('--time tests once on the latest rows, with intervals, and --predictions names them', async () => {
    const out = join(home.folder, 'out.csv');
    // Ids that a spreadsheet would run as formulas are harmless in the predictions.
    const hostile = home.file('hostile.csv', csv(customers.map((one) => ({ ...one, id: `=${one.id}` }))));
    const document = await table(hostile, '--target', 'churned', '--time', 'joined', '--drop', 'spend,store', '--predictions', out);
    expect(document.mode).toBe('time');
    expect(document.rows.train + document.rows.test).toBe(320);
    const auc = score(document, 'selected', 'roc_auc');
    expect(auc?.low).toBeLessThan(auc?.value ?? 0);
    expect(auc?.high).toBeGreaterThan(auc?.value ?? 1);
    const [header, ...lines] = readFileSync(out, 'utf8').trim().split('\n');
    expect(header).toBe('row,id,joined,fold,actual,probability');
    expect(lines).toHaveLength(document.rows.test);
    expect(lines.every((line) => /^\d+,'=C-\d+,/.test(line))).toBe(true);
    const testedDays = lines.map((line) => line.split(',')[2]).sort();
    const learned = customers.map(({ joined }) => joined).filter((day) => !testedDays.includes(day));
    expect(learned.every((day) => day < testedDays[0])).toBe(true);
  });

  test('--group keeps groups together, and predicts every row once', async () => {
    const out = join(home.folder, 'grouped.csv');
    const document = await table(file, '--target', 'churned', '--group', 'store', '--drop', 'spend,joined', '--folds', '2', '--predictions', out);
    expect(document.mode).toBe('grouped_folds');
    const lines = readFileSync(out, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
    expect(lines.map(([row]) => Number(row))).toEqual(Array.from({ length: 320 }, (_, i) => i + 1));
    const foldsOfStore = new Map<string, Set<string>>();
    for (const [, , store, fold] of lines) foldsOfStore.set(store, (foldsOfStore.get(store) ?? new Set()).add(fold));
    expect([...foldsOfStore.values()].every((set) => set.size === 1)).toBe(true);
  });

  test('--test learns from one file and is tested on the other', async () => {
    const other = home.file('other.csv', csv(customers.slice(200), ';', ['churned', 'visits', 'plan', 'id', 'joined', 'store', 'spend']));
    const document = await table(home.file('train.csv', csv(customers.slice(0, 200))), '--target', 'churned', '--test', other, '--drop', 'spend,store');
    expect(document).toMatchObject({ mode: 'test_file', rows: { train: 200, test: 120 } });
    expect(score(document, 'selected', 'roc_auc')?.low).toBeDefined();
  });

  test('a second file without targets is predicted; what it lacks is said', async () => {
    const out = home.file('future.csv', '');
    const future = home.file('unlabelled.csv', csv(customers.slice(200), ',', ['visits', 'id', 'joined', 'store']));
    const document = await table(home.file('short.csv', csv(customers.slice(0, 120))), '--target', 'churned', '--folds', '2', '--test', future, '--drop', 'spend,store', '--predictions', out);
    expect(document).toMatchObject({ mode: 'folds', rows: { train: 120, test: 120 }, warnings: expect.arrayContaining([expect.objectContaining({ code: 'not_tested' }), expect.objectContaining({ code: 'missing_columns', message: expect.stringContaining('"plan"') })]) });
    const lines = readFileSync(out, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
    expect(lines.length).toBe(120);
    expect(lines.every((line) => line.at(-3) === '' && line.at(-2) === '' && Number(line.at(-1)) > 0)).toBe(true);
  });

  test('amounts, classes, a positive label of one’s own', async () => {
    const short = home.file('short.csv', csv(customers.slice(0, 180)));
    const amount = await table(short, '--target', 'spend', '--drop', 'churned,store,joined', '--folds', '2');
    expect(amount.target.task).toBe('amount');
    expect(score(amount, 'base_rate', 'bias')?.value).toBeCloseTo(0, 0);
    const classes = await table(short, '--target', 'plan', '--drop', 'store', '--folds', '2');
    expect(classes.target.task).toBe('multiclass');
    expect(Object.keys(classes.leaderboard[0].metrics)).toEqual(['log_loss', 'accuracy', 'macro_auc']);
    const stays = await table(short, '--target', 'churned', '--positive', 'no', '--drop', 'spend,store', '--folds', '2');
    expect(stays.target.positive).toBe('no');
  });

  test('a column that is nothing but the answer stops it; one that gives it away in part is a warning', async () => {
    const leaky = home.file('leaky.csv', customers.map((row, i) => (i === 0 ? 'visits,refund,score,churned\n' : '') + `${row.visits},${row.churned === 'yes' && i % 3 === 0 ? 5 + (i % 7) : 0},${row.churned === 'yes' ? 9 : 1},${row.churned}`).join('\n'));
    const refused = await home.run('table', leaky, '--target', 'churned');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('leak_suspected');
    expect(refused.stderr).toContain('--drop score');
    const document = await table(leaky, '--target', 'churned', '--drop', 'score', '--folds', '2');
    expect(document.warnings).toEqual([expect.objectContaining({ code: 'possible_leak', column: 'refund' })]);
    const kept = await table(leaky, '--target', 'churned', '--keep', 'score', '--folds', '2');
    expect(score(kept, 'selected', 'roc_auc')?.value).toBeGreaterThan(0.98);
  });

  test('noise is said to be noise, and the base rate serves', async () => {
    const noise = home.file('noise.csv', `a,b,t\n${Array.from({ length: 160 }, (_, i) => `${seededRandom(i, 'a').next()},${seededRandom(i, 'b').int(5)},${seededRandom(i, 't').int(2)}`).join('\n')}`);
    const document = await table(noise, '--target', 't', '--folds', '2');
    expect(document.beatsBaselines).toBe(false);
    const { stdout } = await home.run('table', noise, '--target', 't', '--folds', '2');
    expect(stdout).toContain('say little about the target');
  });

  test('text for people, in both languages', async () => {
    const short = home.file('short.csv', csv(customers.slice(0, 120)));
    const { stdout, code } = await home.run('table', short, '--target', 'churned', '--drop', 'spend,store', '--folds', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/churned = yes .* 120 rows, 2 folds, seed 42/);
    expect(stdout).toContain('Not used: id (only names the rows)');
    expect(stdout).toMatch(/selected +0\.\d+ ±/);
    const chinese = await home.run('table', short, '--target', 'churned', '--drop', 'spend,store', '--folds', '2', '--lang', 'zh');
    expect(chinese.stdout).toContain('2 折交叉验证');
  });

  test.each([
    ['a file that is not there', ['nowhere.csv', '--target', 'x'], 3, 'file_unreadable'],
    ['a column that is not there', [file, '--target', 'churnd'], 2, 'Did you mean \\"churned\\"'],
    ['time and group together', [file, '--target', 'churned', '--time', 'joined', '--group', 'store'], 2, 'invalid_input'],
    ['a time that is none', [file, '--target', 'churned', '--time', 'plan', '--drop', 'spend'], 3, 'holds neither dates nor numbers'],
    ['a folder of predictions that is not there', [file, '--target', 'churned', '--predictions', '/nowhere/at/all.csv'], 2, 'There is no folder'],
    ['no target', [file], 2, '--target'],
    ['one fold', [file, '--target', 'churned', '--folds', '1'], 2, 'It must be from 2 to 20'],
  ] as const)('refuses %s', async (_what, args, exit, says) => {
    const { code, stderr } = await home.run('table', ...args, '--json');
    expect(code).toBe(exit);
    expect(stderr).toContain(says);
  });

  test('refuses files without enough in them', async () => {
    const few = await home.run('table', home.file('few.csv', csv(customers.slice(0, 12))), '--target', 'churned', '--drop', 'spend');
    expect(few.code).toBe(4);
    expect(few.stderr).toContain('insufficient_data');
    const one = await home.run('table', home.file('one.csv', `a,t\n${'1,x\n'.repeat(40)}`), '--target', 't');
    expect(one.code).toBe(3);
    expect(one.stderr).toContain('the same in every row');
    const groups = await home.run('table', file, '--target', 'churned', '--group', 'plan', '--drop', 'spend');
    expect(groups.stderr).toContain('3 groups, fewer than the 5 folds');
  });

  test('a GBK export is refused with the option that reads it, and read with it', async () => {
    // 是 and 否 in GBK.
    const [yes, no] = [Buffer.from([0xca, 0xc7]), Buffer.from([0xb7, 0xf1])];
    const rows = Array.from({ length: 60 }, (_, i) => Buffer.concat([Buffer.from(`${i % 7},`), i % 3 === 0 ? yes : no, Buffer.from('\n')]));
    const gbk = home.file('gbk.csv', Buffer.concat([Buffer.from('a,t\n'), ...rows]));
    const refused = await home.run('table', gbk, '--target', 't', '--folds', '2');
    expect([refused.code, refused.stderr.includes('--encoding gbk')]).toEqual([3, true]);
    expect((await table(gbk, '--target', 't', '--folds', '2', '--encoding', 'gbk')).target).toMatchObject({ task: 'binary', positive: '是' });
  });

  test('says what was left out where nothing is left, which label is too rare, and no command of an import', async () => {
    const nothing = await home.run('table', home.file('nothing.csv', `id,same,t\n${Array.from({ length: 60 }, (_, i) => `${i},1,${i % 2}`).join('\n')}\n`), '--target', 't');
    expect(nothing.stderr).toContain('id (only names the rows), same (the same in every row)');
    expect(nothing.stderr).toContain('--keep id');
    const rare = await home.run('table', home.file('rare.csv', `a,t\n${Array.from({ length: 60 }, (_, i) => `${i % 9},${i === 5 ? 'purple' : i % 2 === 0 ? 'red' : 'blue'}`).join('\n')}\n`), '--target', 't');
    expect(rare.stderr).toContain('1 of them with the label "purple"');
    const absent = await home.run('table', 'nowhere.csv', '--target', 't');
    expect(absent.stderr).toContain('Check the path');
    expect(absent.stderr).not.toContain('tagcast import');
  });
});
