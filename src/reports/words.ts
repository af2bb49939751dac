/** Words in both languages: a page holds both, and a switch shows one. */
import { html } from '../base/html.ts';
import type { Html } from '../base/html.ts';
import type { Bilingual } from '../base/text.ts';

export type Words = Bilingual;
export type Language = keyof Bilingual;

export function w(zh: string, en: string): Words {
  return { zh, en };
}

export function plain(text: string): Words {
  return { zh: text, en: text };
}

/** Both languages in the running text; the style sheet hides the one that is not wanted. */
export function say(words: Words): Html {
  return words.zh === words.en ? html`${words.en}` : html`<span class="zh" lang="zh">${words.zh}</span><span class="en" lang="en">${words.en}</span>`;
}

/** Texts joined by the separator of each language. */
export function listed(parts: readonly Words[]): Words {
  return { zh: parts.map(({ zh }) => zh).join('、'), en: parts.map(({ en }) => en).join(', ') };
}

const known = (table: Readonly<Record<string, Words>>) => (code: string): Words => table[code] ?? plain(code);

export const gradeWords = known({ excellent: w('优', 'excellent'), good: w('良', 'good'), usable: w('可用', 'usable'), not_recommended: w('不建议使用', 'not recommended') });
export const confidenceWords = known({ high: w('高', 'high'), medium: w('中', 'medium'), low: w('低', 'low') });
export const rungWords = known({ rule: w('规则', 'rule'), customer_base: w('客户基础模型', 'customer base'), linear: w('线性', 'linear'), boosting: w('提升树', 'boosting'), neural: w('神经网络', 'neural') });
export const modeWords = known({
  three_way: w('训练、校准、检验各用独立的时期', 'training, calibration and test each on a period of their own'),
  two_way: w('训练期和检验期分开，按客户分折校准', 'separate training and test periods, calibrated by folds over customers'),
  label_free: w('历史不足，仅用不需要标签的方法', 'too little history for labels: only methods that need none'),
});
export const warningWords = known({ baseline_serves: w('没有方法胜过简单规则，因此由规则提供服务', 'no method beat the simple rule, so the rule serves') });

const METRICS: Readonly<Record<string, Words>> = {
  roc_auc: w('AUC（排序能力）', 'AUC (ranking)'), pr_auc: w('PR AUC', 'PR AUC'), log_loss: w('对数损失', 'Log loss'), brier: w('Brier 分数', 'Brier score'), ece: w('校准误差', 'Calibration error'), ks: w('KS', 'KS'),
  spearman: w('Spearman 秩相关', 'Spearman'), normalised_gini: w('归一化 Gini', 'Normalised Gini'), bias: w('总量偏差', 'Bias of the total'), decile_error: w('十分位误差', 'Decile error'), mae: w('平均绝对误差', 'Mean absolute error'),
  rmse: w('均方根误差', 'RMSE'), mae_days: w('平均绝对误差（天）', 'Mean absolute error, days'), within_7_days: w('误差不超过7天的比例', 'Within 7 days'), coverage_80: w('80%区间覆盖率', 'Coverage of 80 %'),
  coverage_50: w('50%区间覆盖率', 'Coverage of 50 %'), width_80: w('80%区间宽度', 'Width of 80 %'), interval_share: w('给出区间的比例', 'Share with an interval'),
  c_index: w('C 指数（谁先回来）', 'C-index (who comes first)'), integrated_brier_skill: w('Brier 分数相对 Kaplan–Meier 的改善', 'Brier score saved against Kaplan–Meier'), integrated_brier: w('积分 Brier 分数', 'Integrated Brier score'),
  integrated_brier_km: w('同一批客户的 Kaplan–Meier 曲线的积分 Brier 分数', 'Integrated Brier score of the Kaplan–Meier curve'), whole_mae_days: w('全体的平均绝对误差（天，未回来者记为窗口末）', 'Mean absolute error over everyone, days'),
  whole_within_7_days: w('按全体等待预测，回来者误差不超过7天的比例', 'Within 7 days, by the whole wait'), whole_spearman: w('全体的 Spearman 秩相关', 'Spearman over everyone'), whole_came_back: w('窗口期内回来的比例', 'Share that came back'),
  whole_coverage_80: w('全体的80%区间覆盖率', 'Coverage of 80 % over everyone'), whole_width_80: w('全体的80%区间宽度', 'Width of 80 % over everyone'),
};
export const metricWords = known(METRICS);
export const METRIC_ORDER: readonly string[] = Object.keys(METRICS);

/** Why a candidate was not fitted; the reasons of estimators are said as they say them. */
export function failureWords(failure: string): Words {
  const [, rows, rarer, found, foundRarer] = /^needs (\d+) rows and (\d+) of the rarer outcome, found (\d+) and (\d+)$/.exec(failure) ?? [];
  if (foundRarer !== undefined) return w(`需要 ${rows} 行、较少的一类结果 ${rarer} 个，现有 ${found} 和 ${foundRarer}`, failure);
  return failure === 'no finished label period before the test period yet' ? w('检验期之前还没有结束的结果窗口', failure) : plain(failure);
}

const SEGMENTS = known({
  tenure: w('认识时长（天）', 'Days known'), orders: w('累计订单数', 'Orders, all time'), recency: w('距上次下单（天）', 'Days since last order'), channels: w('近一年购买渠道数', 'Channels in a year'),
  categories: w('近一年购买品类数', 'Categories in a year'), discount: w('优惠订单占比', 'Orders with a discount'), channel: w('近一年最常下单的渠道', 'Channel of most orders in a year'),
  category: w('近一年最常购买的品类', 'Category of most orders in a year'),
});

export function segmentWords(by: string): Words {
  const [kind, key] = [by.slice(0, by.indexOf(':')), by.slice(by.indexOf(':') + 1)];
  return kind === 'attribute' ? w(`属性 ${key}`, `Attribute ${key}`) : SEGMENTS(by);
}
