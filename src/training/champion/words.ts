/** The comparison with the champion in words, and what to do where there is none. */
import { bilingual } from '../../base/text.ts';
import type { Bilingual } from '../../base/text.ts';
import type { Refusal } from './champion.ts';
import type { Difference, Measured } from './schema.ts';
import { tooFew } from './verdict.ts';

const byHand = bilingual('请人工判断：tagcast models promote', 'A person decides: tagcast models promote');

function refused(reason: Refusal['reason'], zh: string, en: string, then: Bilingual = byHand): Refusal {
  return { reason, words: bilingual(`${zh}。${then.zh}`, `${en}. ${then.en}`) };
}

const shown = (names: readonly string[]): string => `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` + ${names.length - 8}` : ''}`;

export const refusals = {
  champion_unreadable: (version: number) => refused('champion_unreadable', `版本 ${version} 已无法打开`, `version ${version} cannot be opened any more`, bilingual('不与它比较', 'Nothing is compared with it')),
  target_changed: (version: number) => refused('target_changed', `版本 ${version} 预测的目标不同`, `version ${version} predicts another target`),
  observations_changed: (version: number) => refused('observations_changed', `版本 ${version} 按另一种方式取样本行`, `version ${version} has rows of another kind`),
  population_changed: (version: number) => refused('population_changed', `版本 ${version} 面向另一批客户`, `version ${version} is for other customers`),
  currency_changed: (version: number, before: string, now: string) => refused('currency_changed', `版本 ${version} 的金额以 ${before} 计，新版本以 ${now} 计`, `amounts of version ${version} are in ${before}, those of the new version in ${now}`),
  columns_missing: (version: number, names: readonly string[]) => refused('columns_missing', `版本 ${version} 读取的 ${names.length} 个特征已不存在或含义已改变（${shown(names)}）`, `${names.length} feature(s) that version ${version} reads are gone or mean something else (${shown(names)})`),
  only_challenger: (version: number, days: number) => refused('only_challenger', `版本 ${version} 没有 ${days} 天这个期限`, `version ${version} has no horizon of ${days} days`, bilingual('新版本新增了它', 'The new version adds it')),
  only_champion: (version: number, days: number) => refused('only_champion', `只有版本 ${version} 有 ${days} 天这个期限`, `only version ${version} has a horizon of ${days} days`, bilingual('新版本上线后，这个期限的标签会消失', 'Its tags would disappear with the new version')),
  method_unknown: (version: number, end: string, candidate: string) =>
    refused('method_unknown', `版本 ${version} 知道检验期内、${end} 之前的事件，直接比较会偏袒它；它的方法 ${candidate} 已不在声明中，无法重新拟合`, `version ${version} knows events up to ${end}, inside the test period, so measuring it there would flatter it; its method ${candidate} is no longer declared and cannot be fitted again`),
  not_fitted: (version: number, candidate: string, why: string) => refused('not_fitted', `版本 ${version} 的方法 ${candidate} 无法计算：${why}`, `the method of version ${version}, ${candidate}, could not be computed: ${why}`),
} as const;

/** Names in running text; a metric that is missing here is called by its key. */
const METRIC_WORDS: Readonly<Record<string, Bilingual>> = {
  log_loss: bilingual('对数损失', 'log loss'), tweedie_deviance: bilingual('Tweedie 偏差', 'Tweedie deviance'), pinball_loss: bilingual('分位数损失', 'quantile loss'),
  roc_auc: bilingual('AUC', 'AUC'), normalised_gini: bilingual('Gini', 'Gini'), spearman: bilingual('Spearman', 'Spearman'),
};

const unsigned = (value: number): string => String(Number(Math.abs(value).toPrecision(4)));
const number = (value: number): string => `${value < 0 ? '−' : ''}${unsigned(value)}`;
const signed = (value: number): string => (value === 0 ? '±0' : `${value < 0 ? '−' : '+'}${String(Number(Math.abs(value).toPrecision(2)))}`);

/** 4 % of chance errors and not 4.000000000000003 %. */
const percent = (level: number): string => String(Number((100 * level).toFixed(1)));

function differenceWords({ metric, challenger, champion, difference, low, high }: Difference, level: number): Bilingual {
  const name = METRIC_WORDS[metric] ?? bilingual(metric, metric);
  const numbers = `${number(champion)} → ${number(challenger)}`;
  const range = `${signed(low)} … ${signed(high)}`;
  return bilingual(`${name.zh} ${numbers}（${signed(difference)}，${percent(level)}% 区间 ${range}）`, `${name.en} ${numbers} (${signed(difference)}, ${percent(level)} % interval ${range})`);
}

const VERDICT_WORDS: Readonly<Record<Measured['verdict'], Bilingual>> = {
  better: bilingual('新版本明显更好', 'the new version is clearly better'),
  worse: bilingual('新版本明显更差', 'the new version is clearly worse'),
  mixed: bilingual('一项明显更好，另一项明显更差', 'one is clearly better and the other clearly worse'),
  even: bilingual('没有明确的差别', 'no clear difference'),
};

/** @param version of the champion @param end first day that it did not know */
export function measuredWords(measured: Omit<Measured, 'words'>, version: number, end: string): Bilingual {
  const { compared, candidate, featuresChanged, test, customers, level, loss, ranking, verdict } = measured;
  if (compared === 'same_recipe') {
    return bilingual(`方法与版本 ${version} 相同（${candidate}）；版本 ${version} 知道检验期内、${end} 之前的事件，不能在该期上衡量，而其方法在同样的行上拟合就是新版本本身：没有差别`,
      `the method is that of version ${version} (${candidate}); version ${version} knows events up to ${end}, inside the test period, and cannot be measured there, and its method fitted on the same rows is the new version itself: no difference`);
  }
  const who = compared === 'artefact'
    ? bilingual(`在线的版本 ${version}（${candidate}）与新版本在同样的 ${customers} 位客户上，自 ${test} 起`, `version ${version} as it serves (${candidate}) and the new version on the same ${customers} customers from ${test} on`)
    : bilingual(`版本 ${version} 知道检验期内、${end} 之前的事件，故将其方法 ${candidate} 在新版本的训练行上重新拟合；两者在同样的 ${customers} 位客户上，自 ${test} 起`, `version ${version} knows events up to ${end}, inside the test period, so its method ${candidate} was fitted again on what the new version learned from; both on the same ${customers} customers from ${test} on`);
  const parts = [loss, ...(ranking === null ? [] : [ranking])].map((one) => differenceWords(one, level));
  const said = tooFew(measured) ? bilingual('客户或较少的一种结果太少，无法判断', 'too few customers, or too few of the rarer outcome, to tell') : VERDICT_WORDS[verdict];
  const note = featuresChanged ? bilingual('（特征的声明此后有改动）', ' (features were declared otherwise then)') : bilingual('', '');
  return bilingual(`${who.zh}${note.zh}：${parts.map(({ zh }) => zh).join('，')}：${said.zh}`, `${who.en}${note.en}: ${parts.map(({ en }) => en).join(', ')}: ${said.en}`);
}
