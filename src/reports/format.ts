/** Numbers as each language writes them. */
import { plain } from './words.ts';
import type { Language, Words } from './words.ts';

const LOCALES: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

const made = new Map<string, Intl.NumberFormat>();
function formatter(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language}${JSON.stringify(options)}`;
  const found = made.get(key) ?? new Intl.NumberFormat(LOCALES[language], options);
  made.set(key, found);
  return found;
}

const both = (say: (language: Language) => string): Words => ({ zh: say('zh'), en: say('en') });

export function integer(value: number): Words {
  return both((language) => formatter(language, { maximumFractionDigits: 0 }).format(value));
}

/** English counts: 1 feature, 2 features. */
export function counted(count: number, one: string, many: string): string {
  return `${integer(count).en} ${count === 1 ? one : many}`;
}

/** At most `digits` after the point; −0 is 0. */
export function decimal(value: number, digits = 3): Words {
  return both((language) => formatter(language, { maximumFractionDigits: digits }).format(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value));
}

/** Exactly `digits` after the point: for numbers that stand below each other. */
export function fixed(value: number, digits: number): Words {
  return both((language) => formatter(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value));
}

/** 1.2万 and 12K: for axes. */
export function compact(value: number): Words {
  return both((language) => formatter(language, { notation: 'compact', maximumSignificantDigits: 3 }).format(value));
}

/** At most `digits` after the point: for running text and axes. */
export function percent(share: number, digits = 1): Words {
  return both((language) => formatter(language, { style: 'percent', maximumFractionDigits: digits }).format(share));
}

/** Exactly one digit after the point: for shares that stand below each other. */
export function fixedPercent(share: number): Words {
  return both((language) => formatter(language, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(Math.abs(share) < 0.0005 ? 0 : share));
}

/** Stands in place of a currency where amounts are numbers of orders. */
export const ORDERS_UNIT = 'orders';

/** A code that Intl does not know stands in front of the number as it is. */
export function money(value: number, currency: string, digits = 0): Words {
  if (currency === ORDERS_UNIT) {
    const count = fixed(value, 2);
    return { zh: `${count.zh}单`, en: `${count.en} orders` };
  }
  try {
    return both((language) => formatter(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value));
  } catch {
    return both((language) => `${currency} ${formatter(language, { maximumFractionDigits: digits }).format(value)}`);
  }
}

export function days(value: number, digits = 1): Words {
  const text = decimal(value, digits);
  return { zh: `${text.zh}天`, en: `${text.en} ${text.en === '1' ? 'day' : 'days'}` };
}

export type Task = 'binary' | 'amount' | 'duration';

/** What a head predicts, with its unit. */
export function predicted(task: Task, value: number, currency: string): Words {
  return task === 'binary' ? fixedPercent(value) : task === 'amount' ? money(value, currency, Math.abs(value) < 100 ? 2 : 0) : days(value);
}

/** From one prediction to another; a unit that is a word stands beside the number before and is not said again. */
export function predictedRange(task: Task, low: number, high: number, currency: string): Words {
  const said = (value: number): Words => (task === 'duration' ? decimal(value, 1) : task === 'amount' && currency === ORDERS_UNIT ? fixed(value, 2) : predicted(task, value, currency));
  return between(said(low), said(high));
}

/** What is predicted, as charts call it. */
export function quantityWords(task: Task, currency: string): Words {
  if (task === 'binary') return { zh: '概率', en: 'probability' };
  if (task === 'duration') return { zh: '天数', en: 'days' };
  return currency === ORDERS_UNIT ? { zh: '订单数', en: 'orders' } : { zh: '金额', en: 'amount' };
}

/** The same for axes, where the unit stands in the title. */
export function onAxis(task: Task, value: number): Words {
  return task === 'binary' ? percent(value, value !== 0 && Math.abs(value) < 0.01 ? 2 : 1) : compact(value);
}

const SHARES: ReadonlySet<string> = new Set(['bias', 'coverage_80', 'coverage_50', 'within_7_days', 'interval_share', 'decile_error', 'integrated_brier_skill', 'whole_within_7_days', 'whole_came_back', 'whole_coverage_80']);
const AMOUNTS: ReadonlySet<string> = new Set(['mae', 'rmse']);
const DAYS: ReadonlySet<string> = new Set(['mae_days', 'whole_mae_days', 'whole_width_80']);

/** A metric's value. */
export function metric(name: string, value: number, task: Task, currency: string): Words {
  if (SHARES.has(name)) return fixedPercent(value);
  if (DAYS.has(name) || (name === 'width_80' && task === 'duration')) return days(value);
  return AMOUNTS.has(name) || name === 'width_80' ? money(value, currency) : fixed(value, 3);
}

/** A value of a feature, in the unit of its column. */
export function featureValue(value: number, unit: string): Words {
  if (unit === 'share') return percent(value, 0);
  return Math.abs(value) >= 10_000 ? compact(value) : decimal(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

export function between(low: Words, high: Words): Words {
  return { zh: `${low.zh}～${high.zh}`, en: `${low.en} to ${high.en}` };
}

export function dated(date: string): Words {
  return plain(date);
}
