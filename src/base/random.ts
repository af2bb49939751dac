/**
 * Seeded random numbers: sfc32 (Doty-Humphrey, PractRand), seeded by cyrb128-style mixing of a string, so that every
 * stream has a name: `seededRandom(42, 'bagging', treeIndex)`. The same name gives the same numbers on every machine and Node version.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** Standard normal (polar Box–Muller without a cached second value, so that streams never depend on call history). */
  normal(): number;
  /** An independent stream named by `parts`; the parent is not advanced. */
  fork(...parts: (string | number)[]): Random;
}

function mixSeed(name: string): [number, number, number, number] {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < name.length; i++) {
    const k = name.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [(a ^ b ^ c ^ d) >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

/** A stream of random numbers that is decided by `parts` alone. */
export function seededRandom(...parts: (string | number)[]): Random {
  const name = parts.map(String).join('\u0000');
  let [a, b, c, d] = mixSeed(name);
  const nextUint32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) nextUint32();
  const next = (): number => (nextUint32() * 2097152 + (nextUint32() >>> 11)) / 9007199254740992;
  return {
    next,
    int: (bound) => Math.floor(next() * bound),
    normal: () => {
      for (;;) {
        const u = 2 * next() - 1;
        const v = 2 * next() - 1;
        const s = u * u + v * v;
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
      }
    },
    fork: (...more) => seededRandom(name, ...more),
  };
}
