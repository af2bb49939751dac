/** The page of a report: one file that needs nothing from anywhere. */
import { createHash } from 'node:crypto';
import { EMPTY, html } from '../base/html.ts';
import type { Html } from '../base/html.ts';
import { calibrationChart } from './charts/calibration.ts';
import { gainChart, precisionChart, rocChart } from './charts/curves.ts';
import { beeswarm, dependencePlots, nameOf } from './charts/drivers.ts';
import { coverageChart, errorChart, survivalCharts } from './charts/intervals.ts';
import { periodsChart } from './charts/periods.ts';
import { scoresChart } from './charts/scores.ts';
import { timeline } from './charts/timeline.ts';
import { missingParts } from './document.ts';
import type { Report, ReportHead } from './document.ts';
import { cardSection } from './sections/card.ts';
import { cutoffSection } from './sections/cutoff.ts';
import { leaderboardSection, readinessSection } from './sections/data.ts';
import { cardCalibration, liftFigure, liftSection } from './sections/tenths.ts';
import { hasPromotion, promotionSection } from './sections/promotion.ts';
import { segmentsSection } from './sections/segments.ts';
import { candidatesOf, note, section } from './sections/shared.ts';
import { badges, cautionList, cautions, metricTable, tiles, verdict } from './sections/summary.ts';
import { driftSection } from './sections/warnings.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { horizonWords } from './horizon.ts';
import { plain, say, w } from './words.ts';
import type { Language, Words } from './words.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const POLICY = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`;
/** For the header: style and script of the page are let in by their hashes, nothing else is loaded or run. */
export const REPORT_POLICY = `${POLICY}; frame-ancestors 'none'`;

/** The frame of every page: both languages, the switch, style and script. */
export function document(title: Words, language: Language, body: Html): string {
  const other = (one: Language): Html => (one === language ? html` checked` : EMPTY);
  return html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}"><title>${title[language]}</title><style>${{ markup: STYLE }}</style></head>
<body><input type="radio" class="switch" name="lang" id="lang-zh" aria-label="中文"${other('zh')}><input type="radio" class="switch" name="lang" id="lang-en" aria-label="English"${other('en')}>
<div class="page"><div class="switcher"><label for="lang-zh">中文</label><label for="lang-en">English</label></div>
${body}
</div><script>${{ markup: SCRIPT }}</script></body></html>
`.markup;
}

export function nameOfModel({ label, name }: Pick<Report, 'label' | 'name'>): Words {
  return label ?? plain(name);
}

/** Everything about one horizon. */
function headPart(report: Report, head: ReportHead, id: string): Html {
  const { diagnostics, latest, task, evaluation } = head;
  const { currency } = report;
  const compared = candidatesOf(head);
  const named = nameOf(report.columns);
  const quality = evaluation.metrics[task === 'binary' ? 'roc_auc' : task === 'amount' ? 'normalised_gini' : 'mae_days']?.value;
  return html`<p>${badges(head)}</p><p>${say(verdict(head))}</p>${tiles(head, currency)}${cautionList(cautions(report, head))}
${section(`${id}-splits`, w('时间划分', 'Splits in time'), timeline(report, head))}
${leaderboardSection(head, currency, `${id}-board`)}
${section(`${id}-metrics`, w('检验期指标', 'Metrics on the test period'), metricTable(head, currency))}
${diagnostics === null
  ? html`${liftSection(head, currency, `${id}-lift`)}${cardCalibration(head, currency, `${id}-calibration`)}`
  : html`${section(`${id}-ranking`, task === 'duration' ? w('预测与误差', 'Predictions and errors') : w('排序能力', 'Ranking'), html`<div class="figures">${rocChart(compared)}${precisionChart(compared, evaluation.targetMean)}${task === 'duration' ? EMPTY : gainChart(compared, diagnostics.perfectGain, task, currency)}${scoresChart(diagnostics, latest, currency)}${errorChart(diagnostics)}</div>`)}
${section(`${id}-calibration`, w('校准与区间', 'Calibration and intervals'), html`<div class="figures">${calibrationChart(task, compared, currency)}${coverageChart(diagnostics, currency)}${survivalCharts(diagnostics)}${task === 'binary' ? liftFigure(head, currency) : EMPTY}</div>${task === 'amount' ? liftFigure(head, currency) : EMPTY}`)}
${section(`${id}-time`, w('预测与实际随时间', 'Predictions and outcomes over time'), periodsChart(diagnostics, task === 'duration' ? null : latest, currency))}
${section(`${id}-drivers`, w('什么在推动预测', 'What moves the predictions'), diagnostics.contributions === null ? note(w('该方法没有可加的贡献，或检验期行数太少。', 'This method has no additive contributions, or the test period has too few rows.')) : html`${beeswarm(diagnostics.contributions, named)}${dependencePlots(diagnostics.contributions, named)}`)}
${segmentsSection(diagnostics, quality, currency, `${id}-segments`)}
${driftSection(diagnostics, latest, report.version, named, `${id}-drift`)}
${cutoffSection(report, head, `${id}-cutoff`)}`}`;
}

const PARTS: readonly (readonly [string, Words])[] = [
  ['splits', w('时间划分', 'Splits')], ['board', w('排行榜', 'Leaderboard')], ['metrics', w('指标', 'Metrics')], ['ranking', w('排序', 'Ranking')], ['calibration', w('校准', 'Calibration')], ['time', w('随时间', 'Over time')],
  ['drivers', w('推动因素', 'Drivers')], ['segments', w('分人群', 'Segments')], ['drift', w('漂移与泄漏', 'Drift and leaks')], ['cutoff', w('联系多少客户', 'How many to contact')],
];

function hasPart(part: string, { diagnostics, task }: ReportHead): boolean {
  if (part === 'splits' || part === 'board' || part === 'metrics') return true;
  if (diagnostics === null) return false;
  return part === 'cutoff' ? task === 'binary' : part !== 'segments' || diagnostics.segments.length > 0;
}

/** @param language the one that is shown first; the page holds both */
export function reportPage(report: Report, language: Language): string {
  const name = nameOfModel(report);
  const title: Words = { zh: `${name.zh} 版本 ${report.version}：评估报告`, en: `${name.en}, version ${report.version}: evaluation` };
  const days = (head: ReportHead): Words => horizonWords(report, head);
  const missing = missingParts(report);
  const [first, ...others] = report.heads;
  const body = html`<h1>${say(title)}</h1>
<p class="soft"><code>${report.name}</code> · ${report.createdAt.slice(0, 10)}${report.aliases.map((alias) => html` <span class="badge">${alias}</span>`)}</p>
${report.description === null ? EMPTY : html`<p>${say(report.description)}</p>`}
${missing === undefined ? EMPTY : html`<div class="notice">${say(w(`该版本训练于保存报告之前，没有曲线、解释、分人群和警告；检验期不会被再次使用。请运行 tagcast train ${report.name}，新版本会有。`, `${missing.message} ${missing.hint.replaceAll('`', '')}`))}</div>`}
<nav>${PARTS.filter(([part]) => hasPart(part, first)).map(([part, words]) => html`<a href="#h0-${part}">${say(words)}</a>`)}${hasPromotion(report) ? html`<a href="#promotion">${say(w('上线检查', 'Promotion'))}</a>` : EMPTY}${report.readiness.length === 0 ? EMPTY : html`<a href="#readiness">${say(w('数据准备度', 'Data readiness'))}</a>`}<a href="#card">${say(w('模型卡', 'Model card'))}</a></nav>
<h2>${say(days(first))}</h2>
${headPart(report, first, 'h0')}
${others.length === 0 ? EMPTY : html`<h2>${say(w('其他期限', 'Other horizons'))}</h2>${others.map((head, i) => html`<details id="h${i + 1}"><summary>${say(days(head))}: <code>${head.candidate}</code></summary>${headPart(report, head, `h${i + 1}`)}</details>`)}`}
<h2>${say(w('模型', 'The model'))}</h2>
${promotionSection(report)}
${readinessSection(report)}
${cardSection(report)}`;
  return document(title, language, body);
}
