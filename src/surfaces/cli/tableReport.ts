/** The answer of `tagcast table` in the terminal. */
import type { TableReport } from '../../jobs/table.ts';
import { inWords } from './context.ts';
import type { Context } from './context.ts';
import { formatInteger, formatFixed, formatPercent, table } from './terminal.ts';

type Entry = TableReport['leaderboard'][number];

/** Metrics that are shown, the most telling one first; --json has all of them. */
const SHOWN: Readonly<Record<TableReport['target']['task'], readonly (readonly [string, string])[]>> = {
  binary: [['roc_auc', 'AUC'], ['pr_auc', 'PR AUC'], ['log_loss', 'log loss'], ['brier', 'Brier'], ['ece', 'ECE']],
  multiclass: [['log_loss', 'log loss'], ['accuracy', 'accuracy'], ['macro_auc', 'macro AUC']],
  count: [['normalised_gini', 'Gini'], ['spearman', 'Spearman'], ['bias', 'bias'], ['mae', 'MAE'], ['rmse', 'RMSE']],
  amount: [['normalised_gini', 'Gini'], ['spearman', 'Spearman'], ['bias', 'bias'], ['mae', 'MAE'], ['rmse', 'RMSE']],
  number: [['r2', 'R²'], ['spearman', 'Spearman'], ['mae', 'MAE'], ['rmse', 'RMSE']],
};

const WHY: Readonly<Record<string, readonly [string, string]>> = {
  asked: ['按要求去掉', 'left out as asked'], empty: ['为空', 'empty'], constant: ['只有一个值', 'always the same'], identifier: ['只是编号', 'only names the rows'], free_text: ['自由文本', 'free text'],
  time: ['用于划分时间', 'orders the rows'], group: ['用于分组', 'groups the rows'],
};

function score(entry: Entry, metric: string): string {
  const found = entry.metrics[metric];
  if (found === undefined) return '–';
  const digits = Math.abs(found.value) >= 100 ? 1 : 4;
  const around = found.sd !== undefined ? ` ±${formatFixed(found.sd, digits)}` : found.low !== undefined && found.high !== undefined ? ` [${formatFixed(found.low, digits)}, ${formatFixed(found.high, digits)}]` : '';
  return `${formatFixed(found.value, digits)}${around}`;
}

export function showTable(context: Context, report: TableReport): void {
  const { print } = context.output;
  const { target, rows, mode } = report;
  const asked = target.task === 'binary' ? `${target.column} = ${target.positive ?? ''} (${formatPercent(target.mean ?? 0)})` : target.task === 'multiclass' ? `${target.column}, ${target.classes?.length ?? 0} ${inWords(context, '类', 'classes')}` : `${target.column} (${target.task})`;
  const how = {
    folds: inWords(context, `${report.folds} 折交叉验证`, `${report.folds} folds`), grouped_folds: inWords(context, `${report.folds} 折，组不拆分`, `${report.folds} folds, no group in two of them`),
    time: inWords(context, `按时间：前 ${formatInteger(rows.train)} 行学习，后 ${formatInteger(rows.test)} 行检验一次`, `by time: learned from ${formatInteger(rows.train)} rows, tested once on the ${formatInteger(rows.test)} after them`),
    test_file: inWords(context, `另一文件 ${formatInteger(rows.test)} 行检验一次`, `tested once on the ${formatInteger(rows.test)} rows of the other file`),
  }[mode];
  print(`\n${asked}: ${formatInteger(rows.train)} ${inWords(context, '行', 'rows')}, ${how}, ${inWords(context, '种子', 'seed')} ${report.seed}`);
  const left = report.columns.filter(({ why }) => why !== undefined && why !== 'target');
  if (left.length > 0) print(inWords(context, `  未使用：${left.map(({ column, why }) => `${column}（${WHY[why ?? '']?.[0] ?? ''}）`).join('，')}`, `  Not used: ${left.map(({ column, why }) => `${column} (${WHY[why ?? '']?.[1] ?? ''})`).join(', ')}`));
  for (const warning of report.warnings) print(`  ! ${warning.message}`);
  print();
  const metrics = SHOWN[target.task];
  const name = (entry: Entry): string => `${entry.name}${entry.columns === undefined ? '' : ` (${entry.columns.join(', ')})`}`;
  const lines = report.leaderboard.filter(({ failure }) => failure === undefined).map((entry) => [name(entry), ...metrics.map(([metric]) => score(entry, metric))]);
  for (const line of table([{ title: '' }, ...metrics.map(([, title]) => ({ title }))], lines)) print(line);
  for (const { name: one, failure } of report.leaderboard) if (failure !== undefined) print(inWords(context, `  ${one} 未能拟合：${failure}`, `  ${one} was not fitted: ${failure}`));
  print(inWords(context, `\n  选中：${counted(context, report, 'chosen')}`, `\n  Selected: ${counted(context, report, 'chosen')}`));
  print(inWords(context, `  一个标准误之内最简单的：${counted(context, report, 'simplest')}`, `  Simplest within one standard error of the best: ${counted(context, report, 'simplest')}`));
  if (!report.beatsBaselines) print(inWords(context, '  没有模型明显优于基线：这些列几乎说明不了目标。', '  No model is clearly better than the baselines: these columns say little about the target.'));
  if (report.predictions !== undefined) print(inWords(context, `  预测：${report.predictions}`, `  Predictions: ${report.predictions}`));
}

/** Names that folds chose, with how many did. */
function counted(context: Context, { choices }: TableReport, key: 'chosen' | 'simplest'): string {
  const times = new Map<string, number>();
  for (const choice of choices) times.set(choice[key], (times.get(choice[key]) ?? 0) + 1);
  return [...times].map(([one, count]) => (choices.length === 1 ? one : inWords(context, `${one} ×${count}`, `${one} in ${count} of ${choices.length} folds`))).join(inWords(context, '，', ', '));
}
