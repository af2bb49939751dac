/** Columns whose cells are quantities with something around the number: units (12 kg, 3 years, 1.2k), clocks (1:30), bounds (<5, 10+); and quantities among words (unknown, none). */
import { numberIn } from './numerals.ts';
import type { RawColumn } from './rawTable.ts';

export interface Quantities {
  /** One per row; NaN where the cell is blank or a word. */
  readonly numbers: Float64Array;
  /** Words that stand in the place of a number, sorted. */
  readonly words: readonly string[];
  /** Rows with a number, and rows with a word, among the rows that teach. */
  readonly numeric: number;
  readonly worded: number;
}

/** Different words that may stand among numbers (or dates); more are codes or texts. */
export const MOST_WORDS = 10;

const CLOCK = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?$/;
const BOUND = /^(?:[<>]=?|[≤≥~≈约])\s*/u;
/** 10+, 10+ years. */
const AND_MORE = /(?<=\d)\+(?=\s|$)/;
const WITH_UNIT = /^([+-]?)[$€£¥￥₹]?\s*(\d[\d.,'’ ]*?)\s*([^\d\s.,'’:+-][^\d]{0,15})$/u;

/** Units of one kind, each in the first one. Units that are not listed are fine where the whole column has the same. */
const KINDS_OF_UNITS: readonly Readonly<Record<string, number>>[] = [
  { '': 1, k: 1e3, m: 1e6, mn: 1e6, mio: 1e6, b: 1e9, bn: 1e9, t: 1e12 },
  {
    second: 1, sec: 1, s: 1, 秒: 1, minute: 60, min: 60, 分: 60, 分钟: 60, hour: 3600, hr: 3600, h: 3600, 小时: 3600, day: 86_400, d: 86_400, 天: 86_400, 日: 86_400, week: 604_800, w: 604_800, 周: 604_800, 星期: 604_800,
    month: 2_629_800, mo: 2_629_800, 月: 2_629_800, 个月: 2_629_800, year: 31_557_600, yr: 31_557_600, y: 31_557_600, 年: 31_557_600,
  },
  { mg: 1e-3, g: 1, 克: 1, kg: 1e3, 千克: 1e3, 公斤: 1e3, 斤: 500, 吨: 1e6 },
  { mm: 1e-3, cm: 1e-2, 厘米: 1e-2, m: 1, 米: 1, km: 1e3, 公里: 1e3, 千米: 1e3 },
  { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
];

interface Reading {
  readonly value: number;
  readonly unit: string;
}

/** @param rows rows that teach @returns undefined when the column holds texts that are no words among numbers */
export function quantitiesOf({ numbers, places, texts }: RawColumn, rows: number): Quantities | undefined {
  const readings = texts.map(readingOf);
  const used = new Uint8Array(texts.length);
  let [bare, numeric, worded] = [false, 0, 0];
  for (let i = 0; i < rows; i++) {
    const place = places?.[i] ?? -1;
    if (place >= 0) {
      used[place] = 1;
      if (readings[place] === undefined) worded++;
      else numeric++;
    } else if (numbers[i] === numbers[i]) {
      bare = true;
      numeric++;
    }
  }
  const words = texts.filter((_, place) => used[place] === 1 && readings[place] === undefined);
  if (numeric === 0 || words.length > MOST_WORDS) return undefined;
  const scale = scaleOf(new Set(readings.flatMap((reading, place) => (reading === undefined || used[place] === 0 ? [] : [reading.unit]))), bare);
  if (scale === undefined) return undefined;
  const values = readings.map((reading) => (reading === undefined ? Number.NaN : reading.value * (scale(reading.unit) ?? Number.NaN)));
  return { numbers: numbers.map((value, i) => ((places?.[i] ?? -1) >= 0 ? values[places?.[i] ?? 0] : value)), words: words.sort(), numeric, worded };
}

/** Half of an upper bound (a value below what can be measured), and a lower bound as it is. */
function readingOf(text: string): Reading | undefined {
  const clock = CLOCK.exec(text);
  if (clock !== null) return { value: Number(clock[1]) + Number(clock[2]) / 60 + Number(clock[3] ?? 0) / 3600, unit: ':' };
  if (text.length > 40) return undefined;
  const body = text.replace(BOUND, '').replace(AND_MORE, '');
  const share = /^[<≤]/.test(text) ? 0.5 : 1;
  const alone = numberIn(body);
  if (alone === alone) return { value: alone * share, unit: '' };
  const [, minus = '', digits = '', unit = ''] = WITH_UNIT.exec(body) ?? [];
  const value = digits === '' ? Number.NaN : numberIn(minus + digits);
  return value === value ? { value: value * share, unit: unitOf(unit) } : undefined;
}

/** One unit is written in many ways: Years, year, yrs. */
function unitOf(text: string): string {
  const lower = text.trim().toLowerCase().replace(/\.$/, '');
  return lower.length > 2 && /^[a-z]+s$/.test(lower) ? lower.slice(0, -1) : lower;
}

/** Factors that make the units of a column one; undefined where they do not measure the same. Numbers without a unit have that of the others. */
function scaleOf(units: ReadonlySet<string>, bare: boolean): ((unit: string) => number | undefined) | undefined {
  const named = [...units].filter((unit) => unit !== '');
  const mixed = named.length > 1 || ((bare || units.has('')) && named.length === 1 && KINDS_OF_UNITS[0][named[0]] !== undefined);
  if (!mixed) return (unit) => (unit === '' || unit === named[0] ? 1 : undefined);
  const kind = KINDS_OF_UNITS.find((factors) => named.every((unit) => factors[unit] !== undefined) && (!(bare || units.has('')) || factors[''] !== undefined));
  return kind === undefined ? undefined : (unit) => kind[unit];
}
