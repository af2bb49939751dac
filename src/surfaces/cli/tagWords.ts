/** Tags as a person reads them. */
import { addDays } from '../../base/time.ts';
import { STATUS_WORDS } from '../../conditions/words.ts';
import type { Language } from '../../conditions/words.ts';
import type { TagDefinition } from '../../tags/catalogue/definition.ts';
import type { Tag } from '../../tags/tag.ts';
import { formatInteger, formatNumber, formatPercent } from './terminal.ts';

export interface TagWords {
  readonly language: Language;
  readonly currency: string;
  readonly tags: readonly TagDefinition[];
}

export function definitionOf({ tags }: TagWords, key: string): TagDefinition | undefined {
  return tags.find((tag) => tag.key === key);
}

export function labelOf(words: TagWords, key: string): string {
  return definitionOf(words, key)?.label[words.language] ?? key;
}

export function bandOfTag(words: TagWords, key: string, band: string | null): string {
  if (band === null) return '';
  return definitionOf(words, key)?.bands?.find(({ code }) => code === band)?.label[words.language] ?? band;
}

/** Texts that tags without bands may hold. */
const TEXT_WORDS: Readonly<Record<string, Readonly<Record<string, { readonly zh: string; readonly en: string }>>>> = {
  churn_reason: {
    overdue: { zh: '超期未购', en: 'overdue' }, buying_less: { zh: '购买变少', en: 'buying less' }, visits_down: { zh: '到访变少', en: 'fewer visits' }, order_value_down: { zh: '客单价下降', en: 'smaller orders' },
    complaint_or_return: { zh: '投诉或退货', en: 'complaint or return' }, not_opening: { zh: '不再打开消息', en: 'messages not opened' }, other: { zh: '其他', en: 'other' },
  },
  high_value_churn_alert: { none: { zh: '无', en: 'none' }, entered: { zh: '新进入预警', en: 'new' }, ongoing: { zh: '预警持续', en: 'ongoing' } },
};

/** The number in its unit. */
export function numberWords(words: TagWords, definition: TagDefinition | undefined, value: number): string {
  switch (definition?.unit) {
    case 'currency': return `${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${words.currency}`;
    case 'probability':
    case 'share': return formatPercent(value);
    case 'days': return `${formatNumber(value, value < 10 ? 1 : 0)} ${words.language === 'zh' ? '天' : 'days'}`;
    case 'orders': return formatInteger(value);
    default: return formatNumber(value, 2);
  }
}

/** Value, or why there is none. */
export function valueOfTag(words: TagWords, tag: Tag): string {
  if (tag.status !== 'ok') return STATUS_WORDS[tag.status][words.language];
  const band = bandOfTag(words, tag.key, tag.band);
  if (band !== '' && (typeof tag.value !== 'number' || tag.value === null)) return band;
  if (tag.value === null) return '';
  if (Array.isArray(tag.value)) return tag.value.join(', ');
  const value = typeof tag.value === 'number' ? numberWords(words, definitionOf(words, tag.key), tag.value) : (TEXT_WORDS[tag.key]?.[tag.value]?.[words.language] ?? tag.value);
  return band === '' ? value : `${value} (${band})`;
}

/** Percentile and interval beside the value. */
export function detailOfTag(words: TagWords, tag: Tag): string {
  const parts: string[] = [];
  if (tag.percentile !== null) parts.push(words.language === 'zh' ? `百分位 ${tag.percentile}` : `percentile ${tag.percentile}`);
  if (tag.lift !== null) parts.push(words.language === 'zh' ? `平均水平的 ${formatNumber(tag.lift, 1)} 倍` : `${formatNumber(tag.lift, 1)} × the average`);
  if (tag.interval !== null) {
    const { low, high, level } = tag.interval;
    const definition = definitionOf(words, tag.key);
    const end = (value: number): string => (definition?.valueType === 'date' ? addDays('1970-01-01', Math.round(value)) : numberWords(words, definition, value));
    parts.push(`${end(low)} – ${end(high)} (${formatPercent(level, 0)})`);
  }
  return parts.join(', ');
}
