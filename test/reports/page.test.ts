/** The page of a report as text: well formed, escaped, without anything from outside, whole in both languages. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { escapeHtml } from '../../src/base/html.ts';
import { seededRandom } from '../../src/base/random.ts';
import { compareReports, comparisonSchema } from '../../src/reports/compare.ts';
import { comparisonPage } from '../../src/reports/comparePage.ts';
import { reportSchema } from '../../src/reports/document.ts';
import type { Report } from '../../src/reports/document.ts';
import { decimal, metric, money, ORDERS_UNIT, percent, predicted } from '../../src/reports/format.ts';
import { reportPage, REPORT_POLICY } from '../../src/reports/page.ts';
import { chooseCutoff } from '../../src/reports/chosenProfit.ts';
import { bestCutoff, DEFAULT_ECONOMICS, profitCurve } from '../../src/reports/profit.ts';
import { SCRIPT } from '../../src/reports/script.ts';
import { answer } from '../../src/reports/sections/cutoff.ts';
import { exampleReport, markupFaults, oddly } from './kit.ts';

const FROZEN = new URL('../artefacts/reports/', import.meta.url);
const frozen = readdirSync(FROZEN).map((name) => [name, reportSchema.parse(JSON.parse(readFileSync(new URL(name, FROZEN), 'utf8')))] as const);
const reports: readonly (readonly [string, Report])[] = [['the example', exampleReport()], ...frozen];

describe.each(reports)('%s', (_, report) => {
  const page = reportPage(report, 'zh');

  test('is a well-formed page that loads nothing and has no script but its own', () => {
    expect(markupFaults(page)).toEqual([]);
    expect(page.match(/https?:[^<]{0,40}|[^:]\/\/[a-z][^<]{0,40}|src=|@import|url\(|<link|<img|<iframe|\son\w+=|style="/gi)).toBeNull();
    expect(page.replaceAll(/<script>[\s\S]*?<\/script>/g, '').match(/NaN|Infinity|undefined|\[object/g)).toBeNull();
    expect(page.match(/<script/g)).toHaveLength((page.match(/<script type="application\/json">/g) ?? []).length + 1);
  });

  test('style and script are those of the policy', () => {
    const hash = (tag: string): string => `'sha256-${createHash('sha256').update(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? '').digest('base64')}'`;
    expect(REPORT_POLICY).toBe(`default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`);
    expect(page).toContain(`content="${REPORT_POLICY.replace("; frame-ancestors 'none'", '')}"`);
  });

  test('says everything in both languages, and shows the wanted one first', () => {
    const count = (pattern: RegExp): number => (page.match(pattern) ?? []).length;
    expect(count(/<span class="zh"/g)).toBe(count(/<span class="en"/g));
    expect(count(/<text [^>]*class="zh/g)).toBe(count(/<text [^>]*class="en/g));
    expect(count(/<span class="zh"/g)).toBeGreaterThan(50);
    // No Chinese outside the Chinese half, but for names that have no other form.
    const english = page.replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '').replaceAll(/<span class="zh" lang="zh">[^<]*<\/span>/g, '').replaceAll(/<text [^>]*class="zh[^>]*>[^<]*<\/text>/g, '').replaceAll(/aria-label="[^"]*"|<title>[^<]*<\/title>/g, '').replace('<label for="lang-zh">中文</label>', '');
    expect(english.match(/\p{Script=Han}+/gu) ?? []).toEqual([]);
    expect(page).toContain('id="lang-zh" aria-label="中文" checked>');
    expect(reportPage(report, 'en')).toContain('id="lang-en" aria-label="English" checked>');
    expect(reportPage(report, 'en')).toContain('<html lang="en">');
  });

  test('every link of the page leads somewhere in it', () => {
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(4);
    expect(targets.filter((target) => !page.includes(`id="${target}"`))).toEqual([]);
  });
});

test('frozen reports of the first form are read: one of each task', () => {
  expect(frozen.map(([file, { schemaVersion, heads }]) => [file, schemaVersion, heads[0].task, heads[0].diagnostics !== null])).toEqual(['amount', 'binary', 'duration'].map((task) => [`${task}.json`, 1, task, true]));
});

test('waiting times: an older report has no Brier score and reads; a newer one shows it beside Kaplan–Meier, never alone', () => {
  const old = frozen.find(([file]) => file === 'duration.json')?.[1];
  if (old === undefined) throw new Error('no frozen report of waiting times');
  expect(reportPage(old, 'en')).not.toContain('Kaplan–Meier');
  const [head] = old.heads;
  const { diagnostics, evaluation, leaderboard } = head;
  if (diagnostics?.survival == null) throw new Error('the frozen report has no survival part');
  const metrics = { ...evaluation.metrics, c_index: { value: 0.702, low: 0.68, high: 0.72 }, integrated_brier: { value: 0.171 }, integrated_brier_km: { value: 0.19 }, integrated_brier_skill: { value: 0.1, low: 0.05, high: 0.15 }, whole_mae_days: { value: 41 } };
  const brier: [number, number, number][] = [[3, 0.05, 0.06], [6, 0.1, 0.12], [9, 0.2, 0.24]];
  const page = reportPage(reportSchema.parse({ ...old, heads: [{ ...head, evaluation: { ...evaluation, metrics }, leaderboard: leaderboard.map((row) => ({ ...row, metrics: { ...row.metrics, c_index: 0.7, integrated_brier_skill: 0.08 } })), diagnostics: { ...diagnostics, survival: { ...diagnostics.survival, brier } } }] }), 'en');
  expect(markupFaults(page)).toEqual([]);
  for (const words of ['Brier score over time', 'C-index (who comes first)', '0.702', 'Brier score saved against Kaplan–Meier', 'Integrated Brier score of the Kaplan–Meier curve', 'Mean absolute error over everyone, days', '41 days']) expect(page).toContain(words);
  // Tile, metrics, card and leaderboard.
  expect(page.split('Brier score saved against Kaplan–Meier').length - 1).toBe(4);
});

test('a suspected feature is named as people call it', () => {
  const report = exampleReport();
  const [head] = report.heads;
  if (head.diagnostics === null) throw new Error('the example has diagnostics');
  const leaks = { limit: 0.95, features: [{ name: 'days_since_last_order', learned: 0.97, test: 0.98, suspect: true }, { name: 'nameless', learned: 0.97, test: 0.98, suspect: true }] };
  const page = reportPage({ ...report, columns: [{ name: 'days_since_last_order', unit: 'days', label: { zh: '距上次下单', en: 'Days since last order' } }], heads: [{ ...head, diagnostics: { ...head.diagnostics, leaks } }] }, 'zh');
  expect(page).toContain('可能泄漏答案的特征：距上次下单、nameless');
  expect(page).toContain('Features suspected to know the answer: Days since last order, nameless');
});

test('why a candidate was not fitted is said in both languages; other reasons as they are', () => {
  const report = exampleReport();
  const [head] = report.heads;
  const failed = (failure: string) => ({ candidate: 'x', rung: 'boosting' as const, estimator: 'boosted_trees', failure, metrics: {} });
  const page = reportPage({ ...report, heads: [{ ...head, leaderboard: [failed('needs 800 rows and 120 of the rarer outcome, found 703 and 35'), failed('no finished label period before the test period yet'), failed('not_converged: odd')] }] }, 'zh');
  for (const words of ['需要 800 行、较少的一类结果 120 个，现有 703 和 35', 'needs 800 rows and 120 of the rarer outcome, found 703 and 35', '检验期之前还没有结束的结果窗口', 'not_converged: odd']) expect(page).toContain(words);
});

test('an older report of waiting times is not set beside the scores of everyone, and says so', () => {
  const old = frozen.find(([file]) => file === 'duration.json')?.[1];
  const page = reportPage(reportSchema.parse({ ...old, heads: old?.heads.map((head) => ({ ...head, latest: null })) }), 'en');
  expect(page).toContain('which do not compare with the scores of everyone');
  expect(page).not.toContain('Nothing has been scored yet');
});

test('what names say is text and never markup', () => {
  const odd = '<script>alert("1")</script>\'&😀\u0000';
  const report = exampleReport();
  const [head] = report.heads;
  const columns = [{ name: 'days_since_last_order', unit: odd, label: { zh: odd, en: odd } }];
  const page = reportPage({ ...report, name: odd, label: { zh: odd, en: odd }, description: { zh: odd, en: odd }, columns, currency: odd, heads: [{ ...head, candidate: odd, warnings: [odd], leaderboard: [{ candidate: odd, rung: 'rule', estimator: odd, failure: odd, metrics: {} }], diagnostics: head.diagnostics === null ? null : { ...head.diagnostics, chosen: { ...head.diagnostics.chosen, candidate: odd } } }] }, 'en');
  expect(markupFaults(page)).toEqual([]);
  expect(page).not.toContain('alert("1")');
  expect(page).toContain(escapeHtml('<script>alert("1")</script>\'&😀'));
});

test('a version of before reports were kept says so, with the next command, and shows its card', () => {
  const report = exampleReport();
  const page = reportPage({ ...report, heads: report.heads.map((head) => ({ ...head, diagnostics: null, latest: null })) }, 'en');
  expect(page).toContain('was trained before reports were kept');
  expect(page).toContain('tagcast train churn');
  expect(page).toContain('id="card"');
  expect(markupFaults(page)).toEqual([]);
});

test('no report that fits the schema breaks the page, however odd its parts', () => {
  let fitting = 0;
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(...reports.map(([, report]) => report)), fc.constantFrom(0.02, 0.1, 0.4), (seed, base, often) => {
    const rng = seededRandom(seed, 'odd');
    // Each part by itself, so that one part that does not fit leaves the others odd.
    const heads = base.heads.slice(0, 1).map((head) => {
      const parts = Object.entries(head.diagnostics ?? {}).map(([key, part]) => {
        const tried = { ...head.diagnostics, [key]: oddly(part, rng, often) };
        return reportSchema.safeParse({ ...base, heads: [{ ...head, diagnostics: tried }] }).success ? [key, tried[key as keyof typeof tried]] : [key, part];
      });
      return { ...head, diagnostics: Object.fromEntries(parts) as typeof head.diagnostics };
    });
    const whole = { ...base, heads };
    const fields = Object.entries(whole).map(([key, part]) => {
      const tried = { ...whole, [key]: oddly(part, rng, often) };
      return reportSchema.safeParse(tried).success ? [key, tried[key as keyof typeof tried]] : [key, part];
    });
    const parsed = reportSchema.safeParse(Object.fromEntries(fields));
    if (!parsed.success) return;
    fitting++;
    const page = reportPage(parsed.data, 'en');
    expect(markupFaults(page)).toEqual([]);
    expect(page.match(/="[^"]*(?:NaN|Infinity)[^"]*"/g)).toBeNull();
    expect(markupFaults(comparisonPage(compareReports(parsed.data, base), 'zh'))).toEqual([]);
  }), { numRuns: 30, seed: 5 });
  expect(fitting).toBeGreaterThan(15);
});

test('says why the version serves, with what was measured beside the champion; nothing where nothing is known', () => {
  const report = exampleReport();
  // Whether, and not where: the whole page in a message helps nobody.
  const has = (page: string, part: string): [string, boolean] => [part, page.includes(part)];
  const page = reportPage(report, 'zh');
  for (const part of ['href="#promotion"', 'id="promotion"', '新版本明显更好', 'version 2 as it serves (boosted_trees)']) expect(has(page, part)).toEqual([part, true]);
  for (const promotion of [undefined, null, { gate: null, comparison: null }]) expect(has(reportPage({ ...report, promotion }, 'zh'), '#promotion')).toEqual(['#promotion', false]);
});

describe('comparison', () => {
  const report: Report = { ...exampleReport(), promotion: null };
  const [head] = report.heads;
  const other = (change: object, rest: object = {}): Report => ({ ...report, version: 2, ...rest, heads: [{ ...head, ...change }] });

  test('of the same test: both columns, both curves', () => {
    const comparison = compareReports(report, other({ candidate: 'logistic' }));
    expect(comparisonSchema.safeParse(comparison).error).toBeUndefined();
    expect(comparison.heads).toEqual([{ horizonDays: 90, measured: null, notComparable: null, metrics: expect.arrayContaining([{ name: 'roc_auc', first: head.evaluation.metrics.roc_auc, second: head.evaluation.metrics.roc_auc }]) as unknown }]);
    const page = comparisonPage(comparison, 'en');
    expect(markupFaults(page)).toEqual([]);
    expect(page).toContain('class="line other"');
  });

  test.each([
    ['another test period', other({ split: { ...head.split, test: '2025-06-01' } }), 'the test periods differ: version 3 from 2025-12-01, version 2 from 2025-06-01'],
    ['changed data', other({ evaluation: { ...head.evaluation, rows: 5 } }), 'the data of the test period changed'],
    ['another horizon', other({ horizonDays: 30 }), 'only version'],
    ['another target', other({}, { target: { kind: 'order' } }), 'different targets'],
    ['other customers', other({}, { population: [] }), 'different customers'],
  ])('%s is not compared, and it is said why', (_, second, why) => {
    const comparison = compareReports(report, second);
    expect(comparison.heads.every(({ notComparable, metrics }) => notComparable !== null && metrics.length === 0)).toBe(true);
    expect(comparison.heads[0].notComparable?.en).toContain(why);
    expect(comparisonPage(comparison, 'en')).toContain('Not comparable');
  });

  test('of another test, where the newer one was measured beside the other when it was trained: in either order', () => {
    const before = other({ split: { ...head.split, test: '2025-06-01' } });
    for (const comparison of [compareReports(exampleReport(), before), compareReports(before, exampleReport())]) {
      expect(comparisonSchema.parse(comparison).heads[0]).toMatchObject({ measured: { challenger: 3, champion: 2, head: { verdict: 'better' } } });
      const page = comparisonPage(comparison, 'en');
      expect(markupFaults(page)).toEqual([]);
      expect(page).toContain('version 2 as it serves (boosted_trees) and the new version on the same 2841 customers');
      expect(page).toContain('Their own tests: the test periods differ');
    }
    expect(compareReports(exampleReport(), { ...before, version: 1 }).heads[0].measured).toBeNull();
  });
});

describe('how many to contact', () => {
  // 100 customers; the first 30 in order of probability are all lost, the others never.
  const cutoffs = Array.from({ length: 100 }, (_, i) => ({ rows: i + 1, score: 1 - i / 100, rate: Math.min(1, 30 / (i + 1)), low: 0, high: 1 }));

  test('the best number is where the next contact costs more than it wins', () => {
    const best = bestCutoff(profitCurve(cutoffs, { value: 100, cost: 2, success: 0.1 }));
    expect([best?.rows, best?.profit]).toEqual([30, 30 * (0.1 * 100 - 2)]);
    expect(bestCutoff(profitCurve(cutoffs, { value: 100, cost: 20, success: 0.1 }))).toBeUndefined();
    expect(bestCutoff(profitCurve(cutoffs, { value: 100, cost: 0, success: 0.1 }))?.rows).toBe(30);
  });

  test('the script of the page says what the page says, and the same as the program for other numbers', () => {
    const [, report] = frozen.find(([, { heads }]) => heads[0].task === 'binary') ?? reports[0];
    const found = report.heads[0].diagnostics?.cutoffs ?? [];
    const total = found.at(-1)?.rows ?? 1;
    const page = reportPage(report, 'en');
    const data = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    const said = { zh: { textContent: '' }, en: { textContent: '' } };
    const inputs = { value: { value: '200' }, cost: { value: '2' }, success: { value: '10' } };
    let draw = (): void => undefined;
    const node = { setAttribute: () => undefined, append: () => undefined, replaceChildren: () => undefined, lastElementChild: null, textContent: '' };
    const form = { elements: inputs, addEventListener: (event: string, listener: () => void) => { if (event === 'input') draw = listener; } };
    const helper = {
      querySelector: (wanted: string): unknown => (wanted === 'form' ? form : wanted === 'svg.profit' ? { querySelector: () => node } : wanted === '[data-answer]' ? { querySelector: (language: string) => said[language === '.zh' ? 'zh' : 'en'] } : { textContent: data }),
    };
    const document = { documentElement: {}, getElementById: () => null, createElementNS: () => node, querySelectorAll: () => [helper] };
    runInNewContext(SCRIPT, { document, Intl });
    for (const [value, cost, success] of [[200, 2, 10], [1000, 5, 4], [50, 1, 60], [1, 50, 1]]) {
      Object.assign(inputs.value, { value: String(value) });
      Object.assign(inputs.cost, { value: String(cost) });
      Object.assign(inputs.success, { value: String(success) });
      draw();
      const wanted = answer(chooseCutoff(found, { value, cost, success: success / 100 }), total, report.currency);
      expect({ zh: said.zh.textContent, en: said.en.textContent }).toEqual(wanted);
    }
    // Its defaults are the numbers of the page.
    expect(page).toContain(escapeHtml(answer(chooseCutoff(found, DEFAULT_ECONOMICS), total, report.currency).en));
  });
});

test('numbers are written as each language writes them', () => {
  expect(money(1234.4, 'CNY')).toEqual({ zh: '¥1,234', en: '¥1,234' });
  expect(money(5, '<b>')).toEqual({ zh: '<b> 5', en: '<b> 5' });
  expect(percent(0.1234)).toEqual({ zh: '12.3%', en: '12.3%' });
  expect(decimal(-0.00001, 3)).toEqual({ zh: '0', en: '0' });
});

test('numbers of orders are told as such, not as money', () => {
  expect([predicted('amount', 0.7713, ORDERS_UNIT), predicted('amount', 1, ORDERS_UNIT), metric('mae', 0.5878, 'amount', ORDERS_UNIT)]).toEqual([{ zh: '0.77单', en: '0.77 orders' }, { zh: '1.00单', en: '1.00 orders' }, { zh: '0.59单', en: '0.59 orders' }]);
});
