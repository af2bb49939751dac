/**
 * Exact decimals for comparisons: at most 15 digits before and 9 after the point, held as an integer number of 10⁻⁹.
 * PostgreSQL's numeric and these integers order the same numbers the same way, which doubles would not.
 */
export const DECIMAL_SCALE = 1_000_000_000n;

const DECIMAL = /^-?[0-9]{1,15}(\.[0-9]{1,9}0*)?$/;

/** The same set of texts as {@link DECIMAL}, as a PostgreSQL regular expression without `?`, which knex would take for a parameter. */
export const DECIMAL_SQL_PATTERN = '^-{0,1}[0-9]{1,15}([.][0-9]{1,9}0*){0,1}$';

/** The shortest decimal that reads back as `value`, without an exponent: 1e-7 → '0.0000001'. `value` is finite. */
export function plainDecimal(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const digits = `${match[2]}${match[3] ?? ''}`;
  const exponent = Number(match[4]);
  if (exponent < 0) return `${match[1]}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${match[1]}${digits.padEnd(exponent + 1, '0')}`;
}

/** Integer number of 10⁻⁹, or null where `text` is not a plain decimal within the limits. */
export function parseDecimal(text: string): bigint | null {
  if (!DECIMAL.test(text)) return null;
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const magnitude = BigInt(whole) * DECIMAL_SCALE + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return negative ? -magnitude : magnitude;
}

/** True where a number of a condition can be compared exactly. */
export function isExactDecimal(value: number): boolean {
  return Number.isFinite(value) && parseDecimal(plainDecimal(value)) !== null;
}

/** A number of a condition (checked by its schema) as an integer number of 10⁻⁹. */
export function exactDecimal(value: number): bigint {
  const scaled = parseDecimal(plainDecimal(value));
  if (scaled === null) throw new TypeError(`${value} has more digits than a condition may carry`);
  return scaled;
}
