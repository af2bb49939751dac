/** How well answers to messages are predicted, in the terminal. */
import { expect, test } from 'vitest';
import type { Context } from '../../../src/surfaces/cli/context.ts';
import { responseLines } from '../../../src/surfaces/cli/responseReport.ts';
import { RESPONSE_REPORT } from '../../support/responseShop.ts';

const linesIn = (language: 'zh' | 'en'): string => responseLines({ language } as Context, RESPONSE_REPORT).join('\n');

test('every method is told beside the baselines, and why nothing was learned, in both languages', () => {
  expect(linesIn('en')).toMatch(/within 7 days[\s\S]*email: 1,200 messages, 90 customers[\s\S]*opened or clicked: last period, 310 messages[\s\S]*the shop's rate \(baseline\)[\s\S]*→ +shrunk rate +0\.500 \(0\.400 … 0\.600\)[\s\S]*2\.0 %[\s\S]*log loss lower by 0\.5000 \(0\.4000 … 0\.6000\)[\s\S]*sms[\s\S]*no opens were ever seen[\s\S]*too few/);
  expect(linesIn('zh')).toMatch(/7天内[\s\S]*1,200条消息[\s\S]*打开或点击[\s\S]*（基线）[\s\S]*向全店收缩的比率[\s\S]*看不到打开[\s\S]*消息或回应太少/);
});
