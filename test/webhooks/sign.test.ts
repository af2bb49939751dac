import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { DEFAULT_RETRIES, nextDelay } from '../../src/webhooks/backoff.ts';
import { seal, unseal } from '../../src/webhooks/secretBox.ts';
import { makeSecret, signature, signedHeaders, verifies } from '../../src/webhooks/sign.ts';

test('a signature is that of the specification (numbers: the test of the Standard Webhooks reference libraries)', () => {
  expect(signature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('either secret verifies while there are two, no other one, and nothing verifies a changed body, id or time', () => {
  const [now, before, other] = [makeSecret(), makeSecret(), makeSecret()];
  expect(Buffer.from(now.slice(6), 'base64')).toHaveLength(32);
  fc.assert(fc.property(fc.string(), fc.nat(), (body, seconds) => {
    const headers = signedHeaders([now, before], 'msg_1', seconds, body);
    expect([now, before, other].map((secret) => verifies(secret, headers, body))).toEqual([true, true, false]);
    expect(verifies(now, headers, `${body} `)).toBe(false);
    expect(verifies(now, { ...headers, 'webhook-id': 'msg_2' }, body)).toBe(false);
    expect(verifies(now, { ...headers, 'webhook-timestamp': String(seconds + 1) }, body)).toBe(false);
  }), { seed: 5, numRuns: 50 });
});

test('a secret at rest opens with its key for its endpoint, and shows nothing otherwise', () => {
  const [key, secret] = [Buffer.alloc(32, 1), makeSecret()];
  const sealed = seal(key, 'wh_1', secret);
  expect(sealed.includes(Buffer.from(secret.slice(6, 20)))).toBe(false);
  expect(unseal(key, 'wh_1', sealed)).toBe(secret);
  const broken = Buffer.from(sealed);
  broken[40] ^= 1;
  for (const open of [() => unseal(Buffer.alloc(32, 2), 'wh_1', sealed), () => unseal(key, 'wh_2', sealed), () => unseal(key, 'wh_1', broken)]) expect(open).toThrow(expect.objectContaining({ code: 'invalid_config' }) as Error);
});

test('delays grow threefold up to six hours, a fifth to either side, and are not below what the endpoint asks for', () => {
  const middle = [30, 90, 270, 810, 2430, 7290, 21_600, 21_600, 21_600].map((seconds) => seconds * 1000);
  fc.assert(fc.property(fc.string(), (id) => {
    const delays = middle.map((_, i) => nextDelay(DEFAULT_RETRIES, i + 1, seededRandom('webhook', id, i + 1)));
    delays.forEach((delay, i) => { expect(Math.abs(delay / middle[i] - 1)).toBeLessThanOrEqual(0.2001); });
    expect(delays).toEqual(middle.map((_, i) => nextDelay(DEFAULT_RETRIES, i + 1, seededRandom('webhook', id, i + 1))));
    expect(nextDelay(DEFAULT_RETRIES, 1, seededRandom(id), 120_000)).toBe(120_000);
    expect(nextDelay(DEFAULT_RETRIES, 1, seededRandom(id), 1e12)).toBe(21_600_000);
  }), { seed: 5, numRuns: 30 });
});
