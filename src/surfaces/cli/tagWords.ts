/** Tags as a person reads them. */
import { addDays } from '../../base/time.ts';
import { STATUS_WORDS } from '../../conditions/words.ts';
import type { Language } from '../../conditions/words.ts';
import type { TagDefinition } from '../../tags/catalogue/definition.ts';
import { TEXT_WORDS } from '../../tags/catalogue/valueWords.ts';
import type { Tag } from '../../tags/tag.ts';
import { formatInteger, formatNumber, formatPercent, formatProbability, formatTimes } from './terminal.ts';

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

/** The number in its unit. */
export function numberWords(words: TagWords, definition: TagDefinition | undefined, value: number): string {
  switch (definition?.unit) {
    case 'currency': return `${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${words.currency}`;
    case 'probability': return formatProbability(value);
    case 'share': return formatPercent(value);
    case 'days': return `${formatNumber(value, value < 10 ? 1 : 0)} ${words.language === 'zh' ? '天' : 'days'}`;
    case 'points': return `${value > 0 ? '+' : ''}${formatNumber(value, 1)} ${words.language === 'zh' ? '个百分点' : 'points'}`;
    // Counts are whole, expected counts are not.
    case 'orders': return Number.isInteger(value) ? formatInteger(value) : formatNumber(value, 2);
    case 'hour': return `${String(value).padStart(2, '0')}:00`;
    default: return formatNumber(value, 2);
  }
}

/** Value, or why there is none. */
export function valueOfTag(words: TagWords, tag: Tag): string {
  const band = bandOfTag(words, tag.key, tag.band);
  // A reason that has a name of its own says more than its status.
  if (tag.status !== 'ok') return band === '' ? STATUS_WORDS[tag.status][words.language] : band;
  if (Array.isArray(tag.value)) return `${tag.value.map((one) => bandOfTag(words, tag.key, one)).join(', ')}${band === '' ? '' : ` (${band})`}`;
  if (band !== '' && (typeof tag.value !== 'number' || tag.value === null)) return band;
  if (tag.value === null) return '';
  const value = typeof tag.value === 'number' ? numberWords(words, definitionOf(words, tag.key), tag.value) : (TEXT_WORDS[tag.key]?.[tag.value]?.[words.language] ?? tag.value);
  return band === '' ? value : `${value} (${band})`;
}

/** Percentile and interval beside the value. */
export function detailOfTag(words: TagWords, tag: Tag): string {
  const parts: string[] = [];
  if (tag.kind === 'lifecycle' && tag.probability !== null) parts.push(words.language === 'zh' ? `${tag.horizonDays ?? 0}天后，概率 ${formatProbability(tag.probability)}` : `in ${tag.horizonDays ?? 0} days, probability ${formatProbability(tag.probability)}`);
  if (tag.percentile !== null) parts.push(words.language === 'zh' ? `百分位 ${tag.percentile}` : `percentile ${tag.percentile}`);
  if (tag.lift !== null) parts.push(words.language === 'zh' ? `平均水平的 ${formatTimes(tag.lift)} 倍` : `${formatTimes(tag.lift)} × the average`);
  if (tag.interval !== null) {
    const { low, high, level } = tag.interval;
    const definition = definitionOf(words, tag.key);
    const end = (value: number): string => (definition?.valueType === 'date' ? addDays('1970-01-01', Math.round(value)) : numberWords(words, definition, value));
    parts.push(`${end(low)} – ${end(high)} (${formatPercent(level, 0)})`);
  }
  return parts.join(', ');
}
