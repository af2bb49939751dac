/**
 * Counts how often each row has been seen in one file, in about 20 bytes per distinct row: the first 64 bits of the row's key
 * and a counter in open-addressed typed arrays. Two different rows share 64 bits with a chance of n² ÷ 2^65 (10 million rows: 3 in a
 * million); the later one would then carry a number of its own, and is still imported.
 */
export interface Occurrences {
  /** 1 for the first row with this key, 2 for the second … `key` is hexadecimal, hyphens allowed (a UUID). */
  next(key: string): number;
  readonly bytes: number;
}

export function occurrences(initialCapacity = 1 << 16): Occurrences {
  let capacity = initialCapacity;
  let size = 0;
  let high = new Uint32Array(capacity);
  let low = new Uint32Array(capacity);
  let count = new Uint32Array(capacity);

  const slotOf = (h: number, l: number): number => {
    let slot = (h ^ Math.imul(l, 0x9e3779b1)) & (capacity - 1);
    while (count[slot] !== 0 && (high[slot] !== h || low[slot] !== l)) slot = (slot + 1) & (capacity - 1);
    return slot;
  };

  const grow = (): void => {
    const [oldHigh, oldLow, oldCount] = [high, low, count];
    capacity *= 2;
    high = new Uint32Array(capacity);
    low = new Uint32Array(capacity);
    count = new Uint32Array(capacity);
    for (let i = 0; i < oldCount.length; i++) {
      if (oldCount[i] === 0) continue;
      const slot = slotOf(oldHigh[i] ?? 0, oldLow[i] ?? 0);
      high[slot] = oldHigh[i] ?? 0;
      low[slot] = oldLow[i] ?? 0;
      count[slot] = oldCount[i] ?? 0;
    }
  };

  return {
    next(key) {
      const h = Number.parseInt(key.slice(0, 8), 16) >>> 0;
      const l = Number.parseInt(key.slice(9, 13) + key.slice(-4), 16) >>> 0;
      const slot = slotOf(h, l);
      const before = count[slot] ?? 0;
      if (before === 0) {
        high[slot] = h;
        low[slot] = l;
        size += 1;
      }
      count[slot] = before + 1;
      if (before === 0 && size * 10 > capacity * 7) grow();
      return before + 1;
    },
    get bytes() {
      return capacity * 12;
    },
  };
}
