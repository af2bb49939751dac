/** Models in the terminal: what a training run made, and the card of one version. */
import type { App } from '../../app.ts';
import type { TrainingResult } from '../../jobs/training.ts';
import type { AliasVersions } from '../../registry/aliases.ts';
import type { ModelCard } from '../../registry/models.ts';
import { said } from './context.ts';
import type { Context } from './context.ts';
import { blocks, formatInteger, formatNumber, formatPercent, table } from './terminal.ts';

export const GRADE_WORDS: Readonly<Record<string, { zh: string; en: string }>> = {
  excellent: { zh: '优', en: 'excellent' }, good: { zh: '良', en: 'good' }, usable: { zh: '可用', en: 'usable' }, not_recommended: { zh: '不建议使用', en: 'not recommended' },
};

type Head = ModelCard['heads'][number];

const SHOWN: Readonly<Record<Head['task'], readonly (readonly [string, string])[]>> = {
  binary: [['roc_auc', 'AUC'], ['log_loss', 'log loss'], ['ece', 'calibration error'], ['pr_auc', 'PR AUC']],
  amount: [['normalised_gini', 'Gini'], ['spearman', 'Spearman'], ['bias', 'bias'], ['coverage_80', 'coverage of 80 %']],
  duration: [['mae_days', 'MAE days'], ['within_7_days', 'within 7 days'], ['spearman', 'Spearman'], ['coverage_80', 'coverage of 80 %']],
};

function labelOf(context: Context, app: App, name: string): string {
  const declared = app.models.find((model) => model.name === name);
  return declared === undefined ? name : `${name} (${said(context, declared.label)})`;
}

/** One line per horizon: the model beside its baseline on the last period. */
function headRows(context: Context, heads: readonly Head[]): string[][] {
  return heads.map((head) => {
    const metrics = SHOWN[head.task].map(([key, title]) => {
      const own = head.evaluation.metrics[key]?.value;
      const base = head.baseline.evaluation.metrics[key]?.value;
      return own === undefined ? '' : `${title} ${formatNumber(own, 3)}${base === undefined ? '' : ` (${formatNumber(base, 3)})`}`;
    });
    return [`${head.horizonDays} d`, head.candidate, said(context, GRADE_WORDS[head.grade] ?? { zh: head.grade, en: head.grade }), ...metrics];
  });
}

const HEAD_COLUMNS = [{ title: 'horizon', align: 'right' as const }, { title: 'serves by' }, { title: 'grade' }, { title: 'on the last period (baseline in brackets)' }, { title: '' }, { title: '' }, { title: '' }];

export function showTrained(context: Context, app: App, results: readonly TrainingResult[]): void {
  const { print } = context.output;
  for (const { model, outcome } of results) {
    print();
    if (!outcome.ok) {
      print(`${labelOf(context, app, model)}: not trained. ${outcome.message}`);
      if (outcome.hint !== undefined) print(`  What to do: ${outcome.hint}`);
      continue;
    }
    print(`${labelOf(context, app, model)} version ${outcome.version}: ${outcome.admission.champion ? 'serves' : 'does not serve'} (${outcome.admission.gate.why})`);
    for (const line of table(HEAD_COLUMNS, headRows(context, outcome.content.heads))) print(line);
  }
}

export function showCard(context: Context, app: App, card: ModelCard, version: number, aliases: AliasVersions): void {
  const { print } = context.output;
  const named = Object.entries(aliases).filter(([, at]) => at === version).map(([alias]) => alias);
  const [head] = card.heads;
  print(`\n${labelOf(context, app, card.model)} version ${version}${named.length === 0 ? '' : `: ${named.join(', ')}`}`);
  print(`  trained on ${formatInteger(card.data.events)} events of ${formatInteger(card.data.customers)} customers before ${card.data.end}; tested on ${head.split.test}; seed ${card.seed}`);
  for (const line of table(HEAD_COLUMNS, headRows(context, card.heads))) print(line);
  print(`\n  Leaderboard, ${head.horizonDays} days (loss on the period before the test, lower is better):`);
  for (const line of table([{ title: 'candidate' }, { title: 'rung' }, { title: 'loss', align: 'right' }, { title: '' }], head.leaderboard.map((row) => [row.candidate, row.rung, row.loss === undefined ? '–' : formatNumber(row.loss, 4), row.failure ?? '']))) print(`  ${line}`);
  print(`\n  Calibration on the last period, lowest tenth first (said → happened):`);
  for (const bin of head.evaluation.calibration) {
    const [said_, happened] = head.task === 'binary' ? [formatPercent(bin.predicted), formatPercent(bin.actual)] : [formatNumber(bin.predicted, 1), formatNumber(bin.actual, 1)];
    print(`    ${said_.padStart(10)} → ${happened.padStart(10)}  ${head.task === 'binary' ? blocks(bin.actual) : ''}`);
  }
  const open = card.readiness.filter((one) => !one.passed);
  for (const one of open) print(`  Not yet: ${said(context, one.label)} ${formatInteger(one.found)} of ${formatInteger(one.needed)}${one.passesOn === undefined ? '' : `, on ${one.passesOn}`}${one.fix === undefined ? '' : ` — ${said(context, one.fix)}`}`);
}
