/** Golden numbers: NumPy 2.4.6, `RandomState(42).randint(0, 2**32, 5, dtype=uint32)` and `RandomState(seed).shuffle(arange(n))`. */
import { describe, expect, test } from 'vitest';
import { mersenneTwister } from '../../src/math/mersenneTwister.ts';

describe('the Mersenne Twister', () => {
  test('gives the numbers of NumPy’s RandomState', () => {
    const twister = mersenneTwister(42);
    expect(Array.from({ length: 5 }, () => twister.uint32())).toEqual([1608637542, 3421126067, 4083286876, 787846414, 3143890026]);
  });
  test('goes on behind its first 624 numbers, the same for the same seed', () => {
    const [a, b, c] = [mersenneTwister(7), mersenneTwister(7), mersenneTwister(8)];
    const drawn = (twister: typeof a): number[] => Array.from({ length: 2000 }, () => twister.uint32());
    const first = drawn(a);
    expect(drawn(b)).toEqual(first);
    expect(drawn(c)).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1990);
  });
  test('stays within bounds, and reaches both ends', () => {
    const twister = mersenneTwister(1);
    const seen = new Set(Array.from({ length: 500 }, () => twister.upTo(5)));
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(twister.upTo(0)).toBe(0);
  });
  test('a shuffle keeps every value', () => {
    const values = Int32Array.from({ length: 100 }, (_, i) => i);
    mersenneTwister(3).shuffle(values);
    expect([...values]).not.toEqual([...values].sort((a, b) => a - b));
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});
