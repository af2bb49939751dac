/** Numbers as people write them. What a cell says alone is read here; whether 1,234 is a thousand or a decimal is for the whole column to say ({@link separatorsOf}). */

const PLAIN = /^[+-]?(?:0|[1-9]\d*|(?:0|[1-9]\d*)?\.\d+|[1-9]\d*\.)(?:[eE][+-]?\d+)?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;
const DECIMAL_COMMA = /^[+-]?(?:0|[1-9]\d*),\d+$/;
/** 1.234,50 and 1.234.567: thousands by points. */
const GROUPED_BY_POINTS = /^[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})$/;
/** 1 234,5 and 1'234.5. */
const GROUPED_BY_GAPS = /^[+-]?[1-9]\d{0,2}(?:[ '’]\d{3})+(?:[.,]\d+)?$/;
/** 900元, 3.2万, 1,200万元: thousands, ten thousands and so on of a currency. */
const CHINESE = /^([+-]?[\d.,]+)\s*(千|万|百万|千万|亿)?(?:元|块)?$/;
const CHINESE_UNITS: Readonly<Record<string, number>> = { 千: 1e3, 万: 1e4, 百万: 1e6, 千万: 1e7, 亿: 1e8 };
const CURRENCY = String.raw`(?:(?:US|HK|NT|[RAC])?[$]|[€£¥￥₹₩₽]|(?:USD|EUR|GBP|CNY|RMB|CHF|JPY|HKD|INR|AUD|CAD|SGD|TWD|KRW)(?![A-Za-z]))`;
const DRESSED = new RegExp(String.raw`^([+-]?)\s*${CURRENCY}\s*([+-]?[\d.,'’ ]*\d)$|^([+-]?[\d.,'’ ]*\d)\s*(?:${CURRENCY}|%)$`);
/** (1,234.50): negative, as accountants write it. */
const IN_PARENTHESES = /^\(([^()+-]*\d[^()+-]*)\)$/;

/** The number that a text writes: 12, −3.5e-4, 1,234.50, 1.234,50, 1 234, 12,5, $1,234, (12.50), 45 %, 900元, 3.2万. Codes such as 007 are texts. NaN when it is none. */
export function numberIn(text: string): number {
  if (PLAIN.test(text)) return finite(Number(text));
  return /\d/.test(text) || /[０-９]/.test(text) ? written(asciiOf(text)) : Number.NaN;
}

function written(text: string): number {
  if (PLAIN.test(text)) return finite(Number(text));
  if (GROUPED.test(text)) return finite(Number(text.replaceAll(',', '')));
  if (DECIMAL_COMMA.test(text)) return finite(Number(text.replace(',', '.')));
  if (GROUPED_BY_POINTS.test(text)) return finite(Number(text.replaceAll('.', '').replace(',', '.')));
  if (GROUPED_BY_GAPS.test(text)) return finite(Number(text.replace(/[ '’]/g, '').replace(',', '.')));
  const owed = IN_PARENTHESES.exec(text);
  if (owed !== null) return -written(owed[1].trim());
  const dressed = DRESSED.exec(text);
  if (dressed === null) return chineseNumber(text);
  const [, sign = '', behind = '', before = ''] = dressed;
  return written(before === '' ? sign + behind : before);
}

function chineseNumber(text: string): number {
  const [, bare = '', unit = ''] = CHINESE.exec(text) ?? [];
  // What has neither unit nor currency has been tried already.
  if (bare === '' || bare === text) return Number.NaN;
  const times = CHINESE_UNITS[unit] ?? 1;
  // In whole units, so that 3.2万 is 32,000 to the last digit.
  return finite(times === 1 ? written(bare) : Math.round(written(bare) * times * 100) / 100);
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

/** Full-width digits and signs, typographic minus and spaces that do not break, as a keyboard types them. */
function asciiOf(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/^[−–]/, '-').replace(/[\u00a0\u2009\u202f\u3000]/g, ' ').trim();
}

/** What the point and the comma of a number prove: `point`: the decimal sign is a point; `comma`: it is a comma; `either`: 1.234 and 1,234 prove nothing. Undefined: there is none of them. */
export type Separators = 'point' | 'comma' | 'either';

/** @param text a text that {@link numberIn} has read */
export function separatorsOf(text: string): Separators | undefined {
  if (!text.includes('.') && !text.includes(',')) return undefined;
  const [dots, commas] = [text.split('.').length - 1, text.split(',').length - 1];
  if (/[eE千万亿元块]/.test(text)) return 'point';
  if (dots + commas === 1 && /(?:^|\D)[1-9]\d{0,2}[.,]\d{3}(?!\d)/.test(text) && !/\d[ '’]\d/.test(text)) return 'either';
  if (dots > 0 && commas > 0) return text.lastIndexOf('.') > text.lastIndexOf(',') ? 'point' : 'comma';
  // A sign that comes back separates thousands, so the other one is the decimal sign.
  return dots === 1 || commas > 1 ? 'point' : 'comma';
}

/** What a number read from `either` is where the decimal sign is a comma: 1.234 is 1234, and 1,234 is 1.234. */
export const otherReading = (value: number): number => (Math.abs(value) < 1000 ? Math.round(value * 1000) : value / 1000);
