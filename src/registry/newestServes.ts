/** What is learned anew and serves at once, without a gate: why its newest version is compared with no other. */
import { bilingual } from '../base/text.ts';

export const NEWEST_SERVES = {
  preferences: bilingual('最新版本直接上线，不与之前的版本比较：每次训练都在最后一期与两个基线比较后选择方法，基线也是候选', 'the newest version serves and is not compared with the one before: each training chooses among its methods on the last period, with both baselines among them'),
  uplift: bilingual('最新的评估直接上线，不与之前的评估比较：它们衡量的是同一实验，新的评估知道更多结果；证据不足时不发布标签', 'the newest evaluation serves and is not compared with the one before: both measure the same experiment, and the newer one knows more of its outcomes; without enough evidence no tags are published'),
} as const;
