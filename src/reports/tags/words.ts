/** What a usefulness report says, in words. */
import type { Bilingual } from '../../base/text.ts';
import type { Problem, Unknown, Verdict } from './document.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, Bilingual>> = {
  strongly: { zh: '区分很强', en: 'distinguishes strongly' },
  clearly: { zh: '区分明显', en: 'distinguishes clearly' },
  hardly: { zh: '几乎不区分', en: 'hardly distinguishes' },
  not_at_all: { zh: '不区分', en: 'does not distinguish at all' },
  too_few: { zh: '样本太少，无法判断', en: 'too few customers or orders to say' },
};

export const PROBLEM_WORDS: Readonly<Record<Problem, Bilingual>> = {
  never_published: { zh: '从未计算', en: 'never computed' },
  nobody: { zh: '没有客户命中', en: 'nobody carries it' },
  everybody: { zh: '几乎所有客户都命中', en: 'nearly everybody carries it' },
  one_value: { zh: '几乎所有客户取同一个值', en: 'nearly everybody has the same value' },
  mostly_without_value: { zh: '适用的客户多数没有有效值', en: 'most customers it is meant for have no valid value' },
  stale: { zh: '已过期，未重新计算', en: 'stale: not computed again' },
  model_paused: { zh: '模型停用', en: 'its model is paused' },
  shifted: { zh: '分布与一周前相比明显变化', en: 'its distribution has shifted since last week' },
  restless: { zh: '一周内大量客户换值', en: 'many customers changed value within a week' },
  separates_nothing: { zh: '不能区分后续购买', en: 'tells nothing of later orders' },
  unused: { zh: '没有人群或标签使用', en: 'no segment or tag uses it' },
};

export function unknownWords({ why, from }: Unknown): Bilingual {
  if (why === 'no_history') return { zh: '此标签不逐日保存历史（数值如此），无法回看', en: 'it keeps no history of every night (numbers do not), so it cannot be looked at afterwards' };
  if (why === 'never_published' || from === null) return { zh: '尚未发布', en: 'not published yet' };
  return { zh: `历史还太短，${from} 起可知`, en: `the history is too short; known from ${from}` };
}

/** The same where there is a column for it. */
export function unknownInShort({ why, from }: Unknown): Bilingual {
  if (why === 'no_history') return { zh: '数值不可回看', en: 'numbers: no history' };
  return why === 'never_published' || from === null ? { zh: '尚未发布', en: 'not published' } : { zh: `${from} 起`, en: `from ${from}` };
}

/** How far a distribution has moved (Siddiqi 2006: below .1 hardly, above .25 strongly), and never more than chance would do. */
export function stabilityWords(stability: number, noise: number): Bilingual {
  if (stability <= noise || stability < 0.1) return { zh: '稳定', en: 'steady' };
  return stability < 0.25 ? { zh: '有变化', en: 'moved' } : { zh: '变化很大', en: 'moved far' };
}
