/** The kernel in TypeScript: one thread, any size, the same bytes. */
import type { Kernel, TreeView } from './kernel.ts';
import { addTree, addValue, binColumn, hashColumn, logistic, quantiseFine, quantiseNarrow } from './twinRows.ts';
import { splitLeaf } from './twinSplit.ts';

export function twinKernel(): Kernel {
  let view: TreeView | undefined;
  return {
    threads: 1,
    bytes: (length) => new Uint8Array(length),
    ints: (length) => new Int32Array(length),
    doubles: (length) => new Float64Array(length),
    hashRows(columns, hashes) {
      hashes.fill(0);
      for (const values of columns) hashColumn(values, hashes);
    },
    sortAll(arrays) {
      for (const values of arrays) values.sort();
    },
    binColumns(store, columns, places, cuts) {
      columns.forEach((values, c) => binColumn(store, values, places[c], cuts[c]));
    },
    logistic,
    quantiseNarrow,
    quantiseFine,
    startTree(next) {
      view = next;
    },
    split(leaves) {
      if (view === undefined) throw new Error('no tree was started');
      for (const leaf of leaves) splitLeaf(view, leaf);
    },
    addValues(order, leaves, scores) {
      for (const { start, end, value } of leaves) addValue(order, start, end, value, scores);
    },
    addTree,
    release() {
      view = undefined;
    },
  };
}
