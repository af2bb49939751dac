/** What response rates are learned from: cases do not depend on the order of rows, judging is by hand-counted numbers, channels have names of their own. */
import { expect, test } from 'vitest';
import { chooseResponse } from '../../../src/training/response/choose.ts';
import { areEnough, responseCases } from '../../../src/training/response/cases.ts';
import type { Reading } from '../../../src/training/response/cases.ts';
import { gainOver, judge, resamples } from '../../../src/training/response/judge.ts';
import { channelSlugs } from '../../../src/training/response/slugs.ts';
import { seededRandom } from '../../../src/base/random.ts';

function reading(day: number, customers: number, backwards: boolean): Reading {
  const ids = Array.from({ length: customers }, (_, i) => i + 1);
  return {
    day,
    activities: new Map((backwards ? ids.toReversed() : ids).map((id) => {
      const rng = seededRandom('reading', day, id);
      const messages = [0, 1, 2].map((period) => {
        const opened = [0, 1, 2].filter(() => rng.next() < (id % 4) / 4).length;
        return { channel: 'email', period, sent: 3, opened, clicked: 0, converted: 0, lastAnswered: opened === 0 ? -1 : day - 28 * period - 10 };
      });
      return [id, { messages: backwards ? messages.toReversed() : messages, contacts: [{ channel: 'email', kind: 'message_sent', period: 0, n: id % 5, lastMs: 0 }] }] as const;
    })),
  };
}

test('the same model and the same figures whatever the order of customers and rows', () => {
  const learned = [false, true].map((backwards) => {
    const readings = [0, 36, 72, 108].map((offset) => reading(20_000 + offset, 120, backwards));
    const [a, b, c] = [0, 1, 2].map((i) => responseCases(readings[i], readings[i + 1], 'email', 'open', 1));
    expect([a, b, c].every(areEnough)).toBe(true);
    return chooseResponse('open', [a, b, c], 'seed');
  });
  expect(JSON.stringify(learned[1])).toBe(JSON.stringify(learned[0]));
  expect(learned[0].model.method).not.toBe('shop_rate');
  expect(responseCases(reading(1, 3, false), reading(37, 3, false), 'sms', 'open', 1)).toEqual([]);
  expect(areEnough(responseCases(reading(1, 10, false), reading(37, 10, false), 'email', 'open', 1))).toBe(false);
});

test('judging counts every message once', () => {
  const cases = [{ tries: 2, hits: 1 }, { tries: 1, hits: 0 }, { tries: 3, hits: 3 }];
  const draws = resamples(3, 's');
  expect(draws.every((times) => times.reduce((sum, n) => sum + n, 0) === 3)).toBe(true);
  const figures = judge(cases, Float64Array.of(0.5, 0.2, 0.8), draws);
  expect(figures.logLoss.estimate).toBeCloseTo((2 * Math.LN2 - Math.log(0.8) - 3 * Math.log(0.8)) / 6, 12);
  // Pairs of an answered and an unanswered message: 4 · 2; of those of the first customer one is tied.
  expect(figures.auc?.estimate).toBeCloseTo((0.5 + 1 + 3 * 2) / 8, 12);
  expect(figures.auc?.low).toBeLessThanOrEqual(figures.auc?.estimate ?? 0);
  expect(figures.calibrationError).toBeGreaterThan(0);
  expect(gainOver(cases, Float64Array.of(0.5, 0.2, 0.8), Float64Array.of(0.5, 0.2, 0.8), draws)).toEqual({ estimate: 0, low: 0, high: 0 });
  expect(judge([{ tries: 1, hits: 1 }], Float64Array.of(0.5), resamples(1, 's')).auc).toBeNull();
});

test('channels become parts of keys, also in other scripts, and never the same one twice', () => {
  expect(channelSlugs(['email', 'Email', 'wechat mini', '短信', '!'])).toEqual(new Map([['!', 'unnamed'], ['Email', 'email'], ['email', 'email_2'], ['wechat mini', 'wechat_mini'], ['短信', 'u77ed_u4fe1']]));
  expect([...channelSlugs(['微信小程序订阅消息推送通道', 'x'.repeat(90)]).values()].every((slug) => slug.length <= 40 && /^[a-z0-9_]+$/.test(slug))).toBe(true);
});
