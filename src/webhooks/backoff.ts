/** When a message that was not taken is tried again. */
import type { Random } from '../base/random.ts';

export interface RetryRules {
  /** After so many attempts a message is dead. */
  readonly mostAttempts: number;
  readonly firstDelayMs: number;
  /** Each delay is so many times the one before it. */
  readonly factor: number;
  readonly longestDelayMs: number;
}

/** 30 s, 1.5 min, 4.5 min, 13.5 min, 40 min, 2 h, and then every 6 h: an endpoint may be away for a day. */
export const DEFAULT_RETRIES: RetryRules = { mostAttempts: 10, firstDelayMs: 30_000, factor: 3, longestDelayMs: 6 * 3_600_000 };

const JITTER = 0.2;

/**
 * Milliseconds until the next attempt: growing, within a fifth of the rule to either side so that endpoints that failed together are not tried together, and never less than the endpoint asked for.
 * @param attempts made so far, at least 1
 * @param askedMs of `Retry-After`
 */
export function nextDelay(rules: RetryRules, attempts: number, random: Random, askedMs = 0): number {
  const delay = Math.min(rules.longestDelayMs, rules.firstDelayMs * rules.factor ** (attempts - 1)) * (1 - JITTER + 2 * JITTER * random.next());
  return Math.round(Math.max(delay, Math.min(askedMs, rules.longestDelayMs)));
}
