import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { add, compare, decimalText, multiply, parseDecimal, type Decimal } from '../../../src/store/import/decimal.ts';

const read = (text: string): Decimal => {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} was not read`);
  return value;
};

describe('exact decimals', () => {
  test('a product of cents is exact where floats are not', () => {
    // 3 × 1.1 = 3.3000000000000003 and 1.005 × 1000 = 1004.9999999999999 in floats.
    expect(decimalText(multiply(read('3'), read('1.1')))).toBe('3.3');
    expect(decimalText(multiply(read('1.005'), read('1000')))).toBe('1005');
    expect(decimalText(multiply(read('-80995'), read('2.08')))).toBe('-168469.6');
    expect(decimalText(add(read('0.1'), read('0.2')))).toBe('0.3');
  });

  test('one text per value: no trailing zeros, no exponent, no -0, half away from zero at the fourth digit', () => {
    const cases = { '010.50': '10.5', '-0.0': '0', '1e3': '1000', '1.5E-3': '0.0015', '.5': '0.5', '5.': '5', '+7': '7', '0.00005': '0.0001', '-0.00005': '-0.0001', '0.00004': '0' };
    for (const [text, expected] of Object.entries(cases)) expect([text, decimalText(read(text))]).toEqual([text, expected]);
    expect(decimalText(read('99999999999999.9999'))).toBe('99999999999999.9999');
    expect(decimalText(read('99999999999999.99995'))).toBeUndefined();
  });

  test.each(['', '-', '.', 'abc', '1,5', '1 000', 'NaN', 'Infinity', '0x10', '1e999', '1.2.3', '١٢'])('%j is no number', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  test('other notations only when the mapping says so', () => {
    const german = { decimal: ',', thousands: '.' } as const;
    const chinese = { decimal: '.', thousands: ',', strip: '¥￥' } as const;
    expect(decimalText(parseDecimal('-1.234,50', german) ?? read('0'))).toBe('-1234.5');
    expect(decimalText(parseDecimal('￥1,234.00', chinese) ?? read('0'))).toBe('1234');
    expect(parseDecimal('1,5', chinese)).toBeUndefined();
    expect(parseDecimal('1.5', { decimal: ',' })).toBeUndefined();
  });

  test('products and comparisons agree with whole numbers of any size', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(decimal, decimal, ([a, i], [b, j]) => {
        const x = { units: a, scale: i };
        const y = { units: b, scale: j };
        expect(multiply(x, y)).toEqual({ units: a * b, scale: i + j });
        const [left, right] = [a * 10n ** BigInt(j), b * 10n ** BigInt(i)];
        expect(compare(x, y)).toBe(left < right ? -1 : left > right ? 1 : 0);
        const text = decimalText(x);
        // Beyond four digits the text is rounded, and has no exact value to compare.
        expect(text === undefined || i > 4 || compare(read(text), x) === 0).toBe(true);
      }),
    );
  });
});
