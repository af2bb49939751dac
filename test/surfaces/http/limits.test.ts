/** Token buckets, addresses and hosts by themselves. */
import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { clientGroup, hostAllowed, hostName, isLoopback } from '../../../src/surfaces/http/address.ts';
import { guardJson } from '../../../src/surfaces/http/guard.ts';
import { tokenBuckets } from '../../../src/surfaces/http/tokenBucket.ts';

describe('token buckets', () => {
  test('never give out more than capacity + time × rate, and give again after the wait they name', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100 }), fc.array(fc.record({ wait: fc.integer({ min: -500, max: 3000 }), cost: fc.integer({ min: 1, max: 60 }) }), { maxLength: 60 }), (capacity, perSecond, steps) => {
        let now = 1_000_000;
        const buckets = tokenBuckets({ capacity, perSecond }, { now: () => now });
        let forward = 0;
        let given = 0;
        for (const { wait, cost } of steps) {
          now += wait;
          forward += Math.max(0, wait);
          const taken = buckets.take('a', cost);
          const waited = taken.ok ? 0 : taken.waitMs;
          now += waited;
          forward += waited;
          expect(taken.ok || (waited > 0 && buckets.take('a', cost).ok)).toBe(true);
          given += Math.min(cost, capacity);
        }
        expect(given).toBeLessThanOrEqual(capacity + (forward / 1000) * perSecond + 1e-6);
      }),
      // Once refused after waiting as long as told: the tokens had been summed as doubles.
      { examples: [[24, 5, [{ wait: 0, cost: 2 }, { wait: 0, cost: 4 }, { wait: 0, cost: 18 }, { wait: 629, cost: 2 }, { wait: 0, cost: 24 }]]], numRuns: 1000 },
    );
  });

  test('names do not share, and only so many are remembered', () => {
    const buckets = tokenBuckets({ capacity: 1, perSecond: 1 }, { now: () => 0 }, 3);
    expect(['a', 'b', 'a', 'b'].map((name) => buckets.take(name, 1).ok)).toEqual([true, true, false, false]);
    for (let i = 0; i < 100; i++) buckets.take(`x${i}`, 1);
    expect(buckets.size()).toBe(3);
  });
});

describe('addresses', () => {
  test.each([['127.0.0.1', true], ['127.255.0.9', true], ['::1', true], ['[::1]', true], ['localhost', true], ['::ffff:127.0.0.1', true], ['0.0.0.0', false], ['::', false], ['128.0.0.1', false], ['127.evil', false], ['localhost.evil', false], ['::ffff:10.0.0.1', false]])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  test.each([
    ['203.0.113.7', '203.0.113.7'], ['::ffff:203.0.113.7', '203.0.113.7'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], [undefined, 'unknown'],
  ])('%s counts as %s', (address, expected) => {
    expect(clientGroup(address)).toBe(expected);
  });

  test('Host headers', () => {
    expect([hostName('A.b:80'), hostName('[::1]:80'), hostName(undefined), hostName(''), hostName('a b'), hostName('a:b')]).toEqual(['a.b', '[::1]', undefined, undefined, undefined, undefined]);
    expect(hostAllowed('evil.example', '10.0.0.5', [])).toBe(true);
    expect(hostAllowed('evil.example', '10.0.0.5', ['shop.example'])).toBe(false);
    expect(hostAllowed('shop.example', '127.0.0.1', ['shop.example'])).toBe(true);
    expect(hostAllowed('shop.example', '127.0.0.1', [])).toBe(false);
  });
});

test('any JSON without prototype keys and with few levels passes the guard', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
    const text = JSON.stringify(value);
    fc.pre(!/"(?:__proto__|constructor|prototype)":/.test(text));
    expect(() => guardJson(JSON.parse(text))).not.toThrow();
  }));
  expect(() => guardJson(JSON.parse('[{"a":{"__proto__":1}}]'))).toThrow('never accepted');
});
