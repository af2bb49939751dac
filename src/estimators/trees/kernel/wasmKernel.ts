/** The compiled kernel over shared memory, its work shared out among threads. */
import { RECORD, share, type BinStore, type Kernel, type LeafTask, type TreeView } from './kernel.ts';
import { CONTEXT, LEAF, RULES } from './wasmLayout.ts';
import { SYNC, type Call, type WorkerPool } from './workerPool.ts';

/** Bytes of column values that are handed over at a time. */
const STAGE_BYTES = 4 * 1024 * 1024;
/** Leaves that one call of `split` may hold per thread. */
const MOST_LEAVES = 16;

const at = (view: Uint8Array | Int32Array | Float64Array | undefined): number => view?.byteOffset ?? 0;

export function wasmKernel({ memory, threads, run }: WorkerPool): Kernel {
  // The first bytes stay free, so that address 0 can mean "none".
  let next = 1024;
  const take = (bytes: number): number => {
    const from = Math.ceil(next / 64) * 64;
    next = from + bytes;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return from;
  };
  // The buffer is asked for after taking: it is another one when the memory has grown.
  const array = <View>(View: new (buffer: ArrayBufferLike, from: number, length: number) => View, width: number) => (length: number): View => {
    const from = take(width * length);
    return new View(memory.buffer, from, length);
  };
  const bytes = array(Uint8Array, 1);
  const ints = array(Int32Array, 4);
  const doubles = array(Float64Array, 8);

  const context = ints(64);
  const rules = new Float64Array(memory.buffer, context.byteOffset, 32);
  const counts = ints(threads);
  const leaves = ints(LEAF.numbers * MOST_LEAVES * threads);
  let blockTable: Int32Array | undefined;
  let offsets: Uint8Array | undefined;
  let bins: Int32Array | undefined;
  let partial: Float64Array | undefined;
  let stage: Float64Array | undefined;
  let current: TreeView | undefined;

  const everyThread = (calls: (thread: number) => readonly Call[]): void => run(Array.from({ length: threads }, (_, t) => calls(t)));
  /** Passes over the columns' values in chunks of rows, with `calls` for a thread's rows of a chunk, staged at `from + c·chunk`. */
  const staged = (columns: readonly ArrayLike<number>[], rows: number, calls: (c: number, values: number, row: number, count: number) => Call): void => {
    stage ??= doubles(STAGE_BYTES / 8);
    const group = 48;
    const chunk = Math.floor(STAGE_BYTES / 8 / Math.min(group, columns.length));
    for (let first = 0; first < columns.length; first += group) {
      const some = columns.slice(first, first + group);
      for (let row = 0; row < rows; row += chunk) {
        const count = Math.min(chunk, rows - row);
        some.forEach((values, c) => {
          const part = values instanceof Float64Array ? values.subarray(row, row + count) : Array.prototype.slice.call(values, row, row + count);
          stage?.set(part, c * chunk);
        });
        everyThread((t) => {
          const [from, to] = [share(0, count, t, threads), share(0, count, t + 1, threads)];
          return some.map((_, c) => calls(first + c, at(stage) + 8 * (c * chunk + from), row + from, to - from));
        });
      }
    }
  };
  const rowsOf = (order: Int32Array, count: number, t: number): readonly [number, number] => {
    const from = share(0, count, t, threads);
    return [order.byteOffset + 4 * from, share(0, count, t + 1, threads) - from];
  };
  const ready = (leaf: LeafTask, place: number): number => {
    const from = place * LEAF.numbers;
    const { byColumn, rows } = (current as TreeView).store;
    leaves[from + LEAF.start] = leaf.start;
    leaves[from + LEAF.end] = leaf.end;
    leaves[from + LEAF.column] = leaf.column < 0 ? 0 : byColumn.byteOffset + leaf.column * rows;
    leaves[from + LEAF.table] = at(leaf.table);
    leaves[from + LEAF.smallIsLeft] = leaf.smallIsLeft ? 1 : 0;
    leaves[from + LEAF.large] = at(leaf.large);
    leaves[from + LEAF.small] = at(leaf.small);
    leaves[from + LEAF.resultLarge] = at(leaf.cutsLarge.cuts);
    leaves[from + LEAF.resultSmall] = at(leaf.cutsSmall.cuts);
    leaves[from + LEAF.scanLarge] = at(leaf.scanLarge);
    leaves[from + LEAF.scanSmall] = at(leaf.scanSmall);
    return leaves.byteOffset + 4 * from;
  };

  return {
    threads,
    bytes,
    ints,
    doubles,
    hashRows(columns, hashes) {
      hashes.fill(0);
      staged(columns, hashes.length, (_, values, row, count) => ['hashValues', values, count, hashes.byteOffset + 4 * row]);
    },
    sortAll(arrays) {
      const most = arrays.reduce((max, { length }) => Math.max(max, length), 0);
      const before = next;
      const spares = Array.from({ length: threads }, () => doubles(most));
      const digits = Array.from({ length: threads }, () => ints(2048));
      for (let first = 0; first < arrays.length; first += threads) {
        everyThread((t) => {
          const values = arrays[first + t];
          return values === undefined ? [] : [['sortValues', values.byteOffset, values.length, at(spares[t]), at(digits[t])]];
        });
      }
      next = before;
    },
    binColumns(store, columns, places, cuts) {
      if (columns.length === 0) return;
      const most = cuts.reduce((max, { length }) => Math.max(max, length), 1);
      const steps = 32 - Math.clz32(most);
      const before = next;
      stage ??= doubles(STAGE_BYTES / 8);
      const padded = doubles(cuts.length << steps).fill(Infinity);
      cuts.forEach((ends, c) => padded.set(ends, c << steps));
      staged(columns, store.rows, (c, values, row, count) => {
        const column = places[c];
        const block = Math.floor(column / store.perBlock);
        const records = store.records.byteOffset + (block * store.rows + row) * RECORD + (column - block * store.perBlock);
        return ['binValues', values, count, padded.byteOffset + 8 * (c << steps), steps, store.byColumn.byteOffset + column * store.rows + row, records];
      });
      next = Math.max(before, at(stage) + STAGE_BYTES);
    },
    logistic(store, order, count, scores, y, hashes, seed, hessianSteps) {
      everyThread((t) => [['logistic', ...rowsOf(order, count, t), at(scores), at(y), at(hashes), seed, hessianSteps, ...target(store)]]);
    },
    quantiseNarrow(store, order, count, gradients, hessians, hashes, seed, grid) {
      everyThread((t) => [['quantiseNarrow', ...rowsOf(order, count, t), at(gradients), at(hessians), at(hashes), seed, grid.gradient, grid.hessian, ...target(store)]]);
    },
    quantiseFine(store, order, count, gradients, hessians, weights, whole, grid) {
      everyThread((t) => [['quantiseFine', ...rowsOf(order, count, t), at(gradients), at(hessians), at(weights), whole ? 1 : 0, grid.gradient, grid.hessian, grid.weight, ...target(store)]]);
    },
    startTree(view) {
      current = view;
      const { store, active } = view;
      blockTable ??= ints(4 * store.blocks);
      offsets ??= bytes(store.columns);
      bins ??= ints(store.columns);
      bins.set(view.bins);
      const histogram = active.length * view.slotSize;
      if (threads > 1) partial ??= doubles(threads * store.columns * view.slotSize);
      const { used, packed } = blocksOf(store, active, blockTable, offsets);
      offsets.set(packed);
      context[CONTEXT.order] = at(view.order);
      context[CONTEXT.spare] = at(view.spare);
      context[CONTEXT.blocks] = at(blockTable);
      context[CONTEXT.blockCount] = used;
      context[CONTEXT.slots] = active.length;
      context[CONTEXT.size] = view.slotSize * 8;
      context[CONTEXT.bins] = at(bins);
      context[CONTEXT.fine] = store.fine ? 1 : 0;
      context[CONTEXT.partial] = at(partial);
      context[CONTEXT.histogramBytes] = histogram * 8;
      rules[RULES.lambda] = view.lambda;
      rules[RULES.minRows] = view.minRows;
      rules[RULES.minHessian] = view.minHessian;
      rules[RULES.minGain] = view.minGain;
      rules[RULES.unit] = view.unit;
      rules[RULES.inverse] = 1 / view.unit;
    },
    split(tasks, apart) {
      const here = at(context);
      if (apart) {
        everyThread((t) => tasks.flatMap((leaf, i): readonly Call[] => (i % threads === t ? [['partRows', here, ready(leaf, i), 0, 1, at(counts) + 4 * t], ['finishLeaf', here, leaves.byteOffset + 4 * i * LEAF.numbers, 0, 1, at(counts) + 4 * t]] : [])));
      } else {
        tasks.forEach((leaf) => {
          const place = ready(leaf, 0);
          everyThread((t) => [['partRows', here, place, t, threads, at(counts)], SYNC, ['finishLeaf', here, place, t, threads, at(counts)]]);
          leaf.middle = leaves[LEAF.middle];
        });
        return;
      }
      tasks.forEach((leaf, i) => {
        leaf.middle = leaves[i * LEAF.numbers + LEAF.middle];
      });
    },
    addValues(order, parts, scores) {
      for (let first = 0; first < parts.length; first += 56) {
        const some = parts.slice(first, first + 56);
        everyThread((t) => some.map(({ start, end, value }) => {
          const from = clean(order, start, end, share(start, end, t, threads));
          const to = clean(order, start, end, share(start, end, t + 1, threads));
          return ['addValue', order.byteOffset + 4 * from, to - from, value, at(scores)];
        }));
      }
    },
    addTree(store, rows, count, tree, scores) {
      everyThread((t) => [['addTree', ...rowsOf(rows, count, t), at(tree.nodes), at(tree.tables), at(tree.values), at(store.byColumn), store.rows, at(scores)]]);
    },
    release() {
      current = undefined;
    },
  };
}

/** The boundary between two threads' rows, moved so that it does not part copies of a row. */
function clean(order: Int32Array, start: number, end: number, place: number): number {
  let at = place;
  while (at > start && at < end && order[at] === order[at - 1]) at++;
  return at;
}

const target = ({ records, rows, blocks }: BinStore): readonly number[] => [records.byteOffset, rows * RECORD, blocks];

/** Fills the table of blocks with active columns: records, how many, list of offsets in the record (0: the first ones), first slot. */
function blocksOf(store: BinStore, active: Int32Array, table: Int32Array, offsets: Uint8Array): { readonly used: number; readonly packed: Uint8Array } {
  const packed = Uint8Array.from(active, (column) => column % store.perBlock);
  let used = 0;
  for (let first = 0; first < active.length; used++) {
    const block = Math.floor(active[first] / store.perBlock);
    let last = first + 1;
    while (last < active.length && active[last] < (block + 1) * store.perBlock) last++;
    const leading = active[last - 1] - block * store.perBlock === last - first - 1;
    table[4 * used] = store.records.byteOffset + block * store.rows * RECORD;
    table[4 * used + 1] = last - first;
    table[4 * used + 2] = leading ? 0 : offsets.byteOffset + first;
    table[4 * used + 3] = first;
    first = last;
  }
  return { used, packed };
}
