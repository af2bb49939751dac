/** Data-quality rules and results in words. */
import type { Bilingual } from '../base/text.ts';
import type { Dimension } from './schema.ts';

export const DIMENSION_WORDS: Readonly<Record<Dimension, Bilingual>> = {
  correctness: { zh: '正确性', en: 'correctness' }, consistency: { zh: '一致性', en: 'consistency' }, completeness: { zh: '完整性', en: 'completeness' }, timeliness: { zh: '及时性', en: 'timeliness' },
};

export const STATE_WORDS: Readonly<Record<'good' | 'bad' | 'nothing_to_check', Bilingual>> = {
  good: { zh: '正常', en: 'good' }, bad: { zh: '不合格', en: 'bad' }, nothing_to_check: { zh: '无可检查', en: 'nothing to check' },
};
