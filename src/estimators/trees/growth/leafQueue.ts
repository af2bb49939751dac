/** Leaves that can be split, the next one first: a binary heap. `before` must be a strict order of all of them. */
export interface LeafQueue<Leaf> {
  push(leaf: Leaf): void;
  /** The next one, taken out. */
  pop(): Leaf | undefined;
  /** Up to `count` of those that come soon, in order. */
  soon(count: number): Leaf[];
  /** All that are left, in no order. */
  rest(): readonly Leaf[];
}

/** Leaves looked at for {@link LeafQueue.soon}. */
const LOOK = 48;

export function leafQueue<Leaf>(before: (a: Leaf, b: Leaf) => boolean): LeafQueue<Leaf> {
  const items: Leaf[] = [];
  const swap = (i: number, j: number): void => {
    [items[i], items[j]] = [items[j], items[i]];
  };
  return {
    push(leaf) {
      items.push(leaf);
      for (let i = items.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(items[i], items[parent])) break;
        swap(i, parent);
        i = parent;
      }
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let i = 0; ; ) {
        const left = 2 * i + 1;
        if (left >= items.length) return first;
        const child = left + 1 < items.length && before(items[left + 1], items[left]) ? left + 1 : left;
        if (!before(items[child], items[i])) return first;
        swap(i, child);
        i = child;
      }
    },
    soon: (count) => items.slice(0, LOOK).sort((a, b) => (before(a, b) ? -1 : 1)).slice(0, count),
    rest: () => items,
  };
}
