/**
 * The Mersenne Twister MT19937 (Matsumoto & Nishimura 1998) with the seeding and the shuffle of NumPy's RandomState, so that splits drawn by
 * scikit-learn with `random_state` can be drawn here row for row. For everything else the project has base/random.ts.
 */
export interface MersenneTwister {
  /** Uniform in 0 … 2³²−1. */
  uint32(): number;
  /** Uniform in 0 … max, by masking and rejection. */
  upTo(max: number): number;
  /** Fisher–Yates from the end, in place: `RandomState.shuffle` of a one-dimensional array. */
  shuffle(values: Int32Array): void;
}

const N = 624;
const M = 397;

export function mersenneTwister(seed: number): MersenneTwister {
  const state = new Uint32Array(N);
  state[0] = seed >>> 0;
  for (let i = 1; i < N; i++) {
    const before = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, before) + i;
  }
  let at = N;
  const twist = (): void => {
    for (let k = 0; k < N; k++) {
      const y = (state[k] & 0x80000000) | (state[(k + 1) % N] & 0x7fffffff);
      state[k] = state[(k + M) % N] ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
    }
    at = 0;
  };
  const uint32 = (): number => {
    if (at >= N) twist();
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const upTo = (max: number): number => {
    if (max <= 0) return 0;
    let mask = max;
    for (const by of [1, 2, 4, 8, 16]) mask |= mask >>> by;
    mask >>>= 0;
    for (;;) {
      const value = (uint32() & mask) >>> 0;
      if (value <= max) return value;
    }
  };
  return {
    uint32,
    upTo,
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = upTo(i);
        const kept = values[i];
        values[i] = values[j];
        values[j] = kept;
      }
    },
  };
}
