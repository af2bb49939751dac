/**
 * Token buckets by name, with an injected clock. A bucket holds at most `capacity` tokens and gains `perSecond` of them; a request takes
 * its cost or is refused. The number of buckets is bounded: the one that was asked longest ago goes first, and by then it is usually full again.
 */
import type { Clock } from '../../base/clock.ts';

export interface BucketSize {
  readonly capacity: number;
  readonly perSecond: number;
}

export type Taken = { readonly ok: true } | { readonly ok: false; /** Until enough tokens are back. */ readonly waitMs: number };

export interface TokenBuckets {
  take(name: string, cost: number): Taken;
  /** Number of buckets that are remembered. */
  size(): number;
}

export function tokenBuckets(size: BucketSize, clock: Clock, maxBuckets = 10_000): TokenBuckets {
  const buckets = new Map<string, { /** Thousandths of a token. */ tokens: number; at: number }>();
  return {
    size: () => buckets.size,
    take(name, wanted) {
      const now = clock.now();
      const known = buckets.get(name);
      // Counted in thousandths: milliseconds × rate is then exact, and whoever waits as long as told is served.
      const full = size.capacity * 1000;
      // A clock that was set back must not take tokens away.
      const tokens = known === undefined ? full : Math.min(full, known.tokens + Math.max(0, now - known.at) * size.perSecond);
      // A cost above the capacity would never be served.
      const cost = Math.min(wanted, size.capacity) * 1000;
      const enough = tokens >= cost;
      buckets.delete(name);
      buckets.set(name, { tokens: enough ? tokens - cost : tokens, at: now });
      if (buckets.size > maxBuckets) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return enough ? { ok: true } : { ok: false, waitMs: Math.ceil((cost - tokens) / size.perSecond) };
    },
  };
}
