/** Metrics of models in the terminal: which ones, what they are called, and how many digits they have. */
import type { Bilingual } from '../../base/text.ts';
import type { ModelCard } from '../../registry/models.ts';
import { formatPercent } from './terminal.ts';

type Task = ModelCard['heads'][number]['task'];

export interface ShownMetric {
  readonly key: string;
  readonly title: Bilingual;
}

const metric = (key: string, zh: string, en: string): ShownMetric => ({ key, title: { zh, en } });
const COVERAGE = metric('coverage_80', '80%区间覆盖', 'coverage of 80 %');

/** The most telling one first. */
export const SHOWN_METRICS: Readonly<Record<Task, readonly ShownMetric[]>> = {
  binary: [metric('roc_auc', 'AUC', 'AUC'), metric('log_loss', '对数损失', 'log loss'), metric('ece', '校准误差', 'calibration error'), metric('pr_auc', 'PR AUC', 'PR AUC')],
  amount: [metric('normalised_gini', 'Gini', 'Gini'), metric('spearman', 'Spearman', 'Spearman'), metric('bias', '总量偏差', 'bias'), COVERAGE],
  duration: [metric('mae_days', '平均误差（天）', 'MAE days'), metric('within_7_days', '7天内', 'within 7 days'), metric('c_index', 'C指数', 'C-index'), COVERAGE],
};

const SHARES: ReadonlySet<string> = new Set(['bias', 'coverage_80', 'within_7_days']);

/** Always as many digits, so that numbers below each other compare. */
export function metricText(key: string, value: number): string {
  return SHARES.has(key) ? formatPercent(value) : value.toFixed(key === 'mae_days' ? 1 : 3);
}

const TITLES: ReadonlyMap<string, Bilingual> = new Map(Object.values(SHOWN_METRICS).flat().map(({ key, title }) => [key, title]));

/** The name of a metric; those that are not shown by themselves keep the name that JSON has. */
export function metricTitle(key: string): Bilingual {
  return TITLES.get(key) ?? { zh: key, en: key };
}
