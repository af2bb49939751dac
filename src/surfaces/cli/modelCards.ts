/** Models in the terminal: what a training run made, and the card of one version. */
import type { App } from '../../app.ts';
import type { TrainingResult } from '../../jobs/training/job.ts';
import type { AliasVersions } from '../../registry/aliases.ts';
import type { ModelCard } from '../../registry/models.ts';
import type { Promotion } from '../../reports/promotion.ts';
import { failureWords, rungWords } from '../../reports/words.ts';
import { inWords, said } from './context.ts';
import type { Context } from './context.ts';
import { metricText, SHOWN_METRICS } from './metrics.ts';
import { blocks, formatFixed, formatInteger, formatPercent, table } from './terminal.ts';

const GRADE_WORDS: Readonly<Record<string, { zh: string; en: string }>> = {
  excellent: { zh: '优', en: 'excellent' }, good: { zh: '良', en: 'good' }, usable: { zh: '可用', en: 'usable' }, not_recommended: { zh: '不建议使用', en: 'not recommended' },
};

export function gradeWords(context: Context, grade: string): string {
  return said(context, GRADE_WORDS[grade] ?? { zh: grade, en: grade });
}

function labelOf(context: Context, app: App, name: string): string {
  const declared = app.models.find((model) => model.name === name);
  return declared === undefined ? name : `${name} (${said(context, declared.label)})`;
}

/** One line per horizon: the model beside its baseline on the last period. */
function headRows(context: Context, { heads, observations }: Pick<ModelCard, 'heads' | 'observations'>): string[][] {
  return heads.map((head) => {
    const metrics = SHOWN_METRICS[head.task].map(({ key, title }) => {
      const own = head.evaluation.metrics[key]?.value;
      const base = head.baseline.evaluation.metrics[key]?.value;
      return own === undefined ? '' : `${said(context, title)} ${metricText(key, own)}${base === undefined ? '' : ` (${metricText(key, base)})`}`;
    });
    return [observations.at === 'visit' ? inWords(context, '本次访问', 'visit') : `${head.horizonDays} ${inWords(context, '天', 'd')}`, head.candidate, gradeWords(context, head.grade), ...metrics];
  });
}

function headLines(context: Context, card: Pick<ModelCard, 'heads' | 'observations'>): string[] {
  const titles = [{ title: inWords(context, '期限', 'horizon'), align: 'right' as const }, { title: inWords(context, '方法', 'method') }, { title: inWords(context, '评级', 'grade') }, { title: inWords(context, '最后一期（括号内为基线）', 'last period (baseline)') }];
  return table([...titles, { title: '' }, { title: '' }, { title: '' }], headRows(context, card));
}

export function showTrained(context: Context, app: App, results: readonly TrainingResult[]): void {
  const { print } = context.output;
  for (const { model, outcome } of results) {
    print();
    if (!outcome.ok) {
      print(`${labelOf(context, app, model)}: ${inWords(context, '未训练。', 'not trained.')} ${outcome.message}`);
      if (outcome.hint !== undefined) print(`  ${inWords(context, '怎么办：', 'What to do: ')}${outcome.hint}`);
      continue;
    }
    print(`${labelOf(context, app, model)} ${inWords(context, '版本', 'version')} ${outcome.version}: ${outcome.admission.champion ? inWords(context, '上线', 'serves') : inWords(context, '未上线', 'does not serve')} (${said(context, outcome.admission.gate.why)}${outcome.admission.gate.pass && !outcome.admission.champion ? inWords(context, `；本店由人工上线：tagcast models promote ${model} ${outcome.version}`, `; this shop promotes by hand: tagcast models promote ${model} ${outcome.version}`) : ''})`);
    for (const line of headLines(context, outcome.content)) print(line);
  }
}

/** What the gate said, and each horizon beside the version that served then. */
export function showPromotion(context: Context, { at }: ModelCard['observations'], promotion: Promotion | undefined): void {
  const { print } = context.output;
  const { gate = null, comparison = null } = promotion ?? {};
  if (gate !== null) print(`\n  ${gate.pass ? inWords(context, '通过上线检查：', 'Passes the gate: ') : inWords(context, '未通过上线检查：', 'Does not pass the gate: ')}${said(context, gate.why)}`);
  const others = (comparison?.heads ?? []).filter(({ words }) => gate === null || !said(context, gate.why).startsWith(said(context, words)));
  for (const { horizonDays, words } of others) print(`  ${at === 'visit' ? inWords(context, '本次访问：', 'visit: ') : `${horizonDays} ${inWords(context, '天：', 'days: ')}`}${said(context, words)}`);
}

/** How many visits a version of visits read, and what was left of them. */
function visitLine(context: Context, { observations }: ModelCard): string | undefined {
  if (observations.at !== 'visit') return undefined;
  const count = (name: string): string => (typeof observations[name] === 'number' ? formatInteger(observations[name]) : '–');
  return inWords(context, `  访问：${count('customers')} 位客户，读取 ${count('visits')} 次，抽取 ${count('drawn')} 次，其中 ${count('rows')} 次到达抽中的时刻；静默 ${count('silenceMinutes')} 分钟结束`,
    `  visits: ${count('visits')} read of ${count('customers')} customers who browsed, ${count('drawn')} drawn, of which ${count('rows')} came as far as their drawn moment; over after ${count('silenceMinutes')} minutes of silence`);
}

export function showCard(context: Context, app: App, card: ModelCard, version: number, aliases: AliasVersions): void {
  const { print } = context.output;
  const named = Object.entries(aliases).filter(([, at]) => at === version).map(([alias]) => alias);
  const [head] = card.heads;
  print(`\n${labelOf(context, app, card.model)} ${inWords(context, '版本', 'version')} ${version}${named.length === 0 ? '' : `: ${named.join(', ')}`}`);
  const [events, customers] = [formatInteger(card.data.events), formatInteger(card.data.customers)];
  print(inWords(context, `  训练数据：${card.data.end} 之前 ${customers} 位客户的 ${events} 个事件；检验日 ${head.split.test}；种子 ${card.seed}`, `  trained on ${events} events of ${customers} customers before ${card.data.end}; tested on ${head.split.test}; seed ${card.seed}`));
  const visits = visitLine(context, card);
  if (visits !== undefined) print(visits);
  for (const line of headLines(context, card)) print(line);
  print(inWords(context, `\n  排行榜，${card.observations.at === 'visit' ? '本次访问' : `${head.horizonDays} 天`}（检验前一期的损失，越低越好）：`, `\n  Leaderboard, ${card.observations.at === 'visit' ? 'visit' : `${head.horizonDays} days`} (loss on the period before the test, lower is better):`));
  for (const line of table([{ title: inWords(context, '候选', 'candidate') }, { title: inWords(context, '类别', 'rung') }, { title: inWords(context, '损失', 'loss'), align: 'right' }, { title: '' }], head.leaderboard.map((row) => [row.candidate, said(context, rungWords(row.rung)), row.loss === undefined ? '–' : row.loss.toFixed(4), row.failure === undefined ? '' : said(context, failureWords(row.failure))]))) print(`  ${line}`);
  print(inWords(context, '\n  最后一期的校准，从最低十分位起（预测 → 实际）：', '\n  Calibration on the last period, lowest tenth first (said → happened):'));
  // Numbers of orders are small: a digit after the point would hide what differs.
  const digits = head.evaluation.calibration.every(({ predicted }) => predicted < 10) ? 2 : 1;
  const text = (value: number): string => (head.task === 'binary' ? formatPercent(value) : formatFixed(value, digits));
  for (const bin of head.evaluation.calibration) {
    print(`    ${text(bin.predicted).padStart(10)} → ${text(bin.actual).padStart(10)}  ${head.task === 'binary' ? blocks(bin.actual) : ''}`.trimEnd());
  }
  const open = card.readiness.filter((one) => !one.passed);
  for (const one of open) print(`  ${inWords(context, '尚缺：', 'Not yet: ')}${said(context, one.label)} ${formatInteger(one.found)} / ${formatInteger(one.needed)}${one.passesOn === undefined ? '' : inWords(context, `，${one.passesOn} 起满足`, `, on ${one.passesOn}`)}${one.fix === undefined ? '' : ` — ${said(context, one.fix)}`}`);
}
