/** The compiled kernel over shared memory, its work shared out among threads. */
import { RECORD, share, type BinStore, type Kernel, type LeafTask, type TreeView } from './kernel.ts';
import { columnPasses } from './wasmColumns.ts';
import { CONTEXT, LEAF, RULES } from './wasmLayout.ts';
import { at, kernelMemory } from './wasmMemory.ts';
import { SYNC, type Call, type WorkerPool } from './workerPool.ts';

/** Leaves that one call of `split` may hold per thread. */
const MOST_LEAVES = 16;

export function wasmKernel({ memory, threads, run }: WorkerPool): Kernel {
  const arrays = kernelMemory(memory);
  const { bytes, ints, doubles } = arrays;
  const context = ints(64);
  const rules = new Float64Array(memory.buffer, context.byteOffset, 32);
  const counts = ints(threads);
  const leaves = ints(LEAF.numbers * MOST_LEAVES * threads);
  let blockTable: Int32Array | undefined;
  let offsets: Uint8Array | undefined;
  let bins: Int32Array | undefined;
  let partial: Float64Array | undefined;
  let current: TreeView | undefined;

  const everyThread = (calls: (thread: number) => readonly Call[]): void => run(Array.from({ length: threads }, (_, t) => calls(t)));
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
    ...columnPasses(arrays, threads, everyThread),
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
        const thread = threadsOf(tasks, threads);
        everyThread((t) => tasks.flatMap((leaf, i): readonly Call[] => {
          if (thread[i] !== t) return [];
          const [place, own] = [ready(leaf, i), at(counts) + 4 * t];
          return [['partRows', here, place, 0, 1, own], ['finishLeaf', here, place, 0, 1, own]];
        }));
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

/** Which thread takes which leaf: the largest first, each to the thread that has least to do. */
function threadsOf(tasks: readonly LeafTask[], threads: number): Int32Array {
  const rows = tasks.map(({ start, end }) => end - start);
  const load = new Float64Array(threads);
  const thread = new Int32Array(tasks.length);
  for (const i of Array.from(rows.keys()).sort((a, b) => rows[b] - rows[a])) {
    const least = load.indexOf(Math.min(...load));
    thread[i] = least;
    load[least] += rows[i];
  }
  return thread;
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
