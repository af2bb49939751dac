/** Exact decimals: whole units and a scale, never floats. Money and quantities of an import pass through here only. */

export interface Decimal {
  readonly units: bigint;
  /** Digits after the point: the value is units ÷ 10^scale. */
  readonly scale: number;
}

/** How numbers are written in a file. Without one: a point before the fraction, no thousands separators. */
export interface NumberFormat {
  readonly decimal: '.' | ',';
  readonly thousands?: string | undefined;
  /** Characters that are left out before reading, such as currency signs. */
  readonly strip?: string | undefined;
}

const STORED_SCALE = 4;
const STORED_LIMIT = 10n ** 18n;
const MAX_EXPONENT = 30;
const NUMBER = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
const WHOLE = /^-?\d{1,15}$/;

function plain(text: string, format: NumberFormat): string | undefined {
  let rest = text;
  for (const character of format.strip ?? '') rest = rest.replaceAll(character, '');
  rest = rest.trim();
  if (format.thousands !== undefined && rest.includes(format.thousands)) {
    // Groups of three only, so that "1,5" in a file with thousands commas is an error and not fifteen.
    const [whole = '', ...fraction] = rest.split(format.decimal);
    const groups = whole.replace(/^[+-]/, '').split(format.thousands);
    if (fraction.length > 1 || groups.some((group, i) => (i === 0 ? !/^\d{1,3}$/.test(group) : !/^\d{3}$/.test(group)))) return undefined;
    rest = `${whole.replaceAll(format.thousands, '')}${fraction.length === 1 ? `.${fraction[0] ?? ''}` : ''}`;
    return rest;
  }
  if (format.decimal === ',') return rest.includes('.') ? undefined : rest.replace(',', '.');
  return rest;
}

/** The number in `text`, exactly; undefined when it is not one (also for Infinity and NaN). */
export function parseDecimal(text: string, format?: NumberFormat): Decimal | undefined {
  if (format === undefined && WHOLE.test(text)) return { units: BigInt(text), scale: 0 };
  const rest = format === undefined ? text : plain(text, format);
  if (rest === undefined) return undefined;
  const m = NUMBER.exec(rest);
  if (m === null) return undefined;
  const whole = m[2] ?? '';
  const fraction = m[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(m[4] ?? 0);
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const digits = BigInt(whole + fraction);
  const units = m[1] === '-' ? -digits : digits;
  const scale = fraction.length - exponent;
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale), scale };
}

export function negate(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

/** −1, 0 or 1. */
export function sign(a: Decimal): number {
  return a.units > 0n ? 1 : a.units < 0n ? -1 : 0;
}

/** The sign of a − b. */
export function compare(a: Decimal, b: Decimal): number {
  return sign(add(a, negate(b)));
}

/**
 * The one text form of a value in numeric(18,4): no exponent, no trailing zeros, no "-0". More than four digits after the
 * point are rounded half away from zero. Undefined when more than 14 digits stand before the point.
 */
export function decimalText(value: Decimal): string | undefined {
  let units = value.units < 0n ? -value.units : value.units;
  let scale = value.scale;
  if (scale > STORED_SCALE) {
    const divisor = 10n ** BigInt(scale - STORED_SCALE);
    units = (units + divisor / 2n) / divisor;
    scale = STORED_SCALE;
  }
  if (units * 10n ** BigInt(STORED_SCALE - scale) >= STORED_LIMIT) return undefined;
  if (units === 0n) return '0';
  let digits = units.toString().padStart(scale + 1, '0');
  if (scale > 0) digits = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
  return value.units < 0n ? `-${digits}` : digits;
}
