/** What the values of a tag are called: bands by their definition, texts of the product's own tags by the words here, anything else by itself. */
import type { Bilingual } from '../../base/text.ts';
import type { TagDefinition } from './definition.ts';

/** Texts that tags without bands may hold. */
export const TEXT_WORDS: Readonly<Record<string, Readonly<Record<string, Bilingual>>>> = {
  churn_reason: {
    overdue: { zh: '超期未购', en: 'overdue' }, buying_less: { zh: '购买变少', en: 'buying less' }, visits_down: { zh: '到访变少', en: 'fewer visits' }, order_value_down: { zh: '客单价下降', en: 'smaller orders' },
    complaint_or_return: { zh: '投诉或退货', en: 'complaint or return' }, not_opening: { zh: '不再打开消息', en: 'messages not opened' }, other: { zh: '其他', en: 'other' },
  },
  high_value_churn_alert: { none: { zh: '无', en: 'none' }, entered: { zh: '新进入预警', en: 'new' }, ongoing: { zh: '预警持续', en: 'ongoing' } },
};

export function valueLabel(tag: Pick<TagDefinition, 'key' | 'bands'> | undefined, value: string): Bilingual {
  return tag?.bands?.find(({ code }) => code === value)?.label ?? (tag === undefined ? undefined : TEXT_WORDS[tag.key]?.[value]) ?? { zh: value, en: value };
}

/** Bands first, lowest first; then what else was found, as it comes. */
export function inValueOrder<Row extends { readonly value: string | null }>(tag: Pick<TagDefinition, 'bands'>, rows: readonly Row[]): Row[] {
  const codes = tag.bands?.map(({ code }) => code) ?? [];
  const place = ({ value }: Row): number => (value === null ? Infinity : codes.includes(value) ? codes.indexOf(value) : codes.length);
  return [...rows].sort((a, b) => place(a) - place(b) || 0);
}
