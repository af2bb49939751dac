import type { BinStore, Kernel } from '../kernel/kernel.ts';
import { writeTable, type GrownTree } from './grownTree.ts';

/** Adds a tree's values to the scores of rows that did not grow it. Keeps the kernel's copy of a tree from one call to the next. */
export function treeFollower(kernel: Kernel, store: BinStore): (tree: GrownTree, rows: Int32Array, count: number, scores: Float64Array) => void {
  let known: GrownTree | undefined;
  let room = 0;
  let [nodes, tables, values] = [kernel.ints(0), kernel.bytes(0), kernel.doubles(0)];
  return (tree, rows, count, scores) => {
    if (tree.nodes > room) {
      room = Math.max(2 * room, tree.nodes);
      [nodes, tables, values] = [kernel.ints(3 * room), kernel.bytes(128 * (room + 1)), kernel.doubles(room)];
    }
    if (tree !== known) {
      let splits = 0;
      for (let node = 0; node < tree.nodes; node++) {
        nodes[3 * node] = tree.column[node];
        nodes[3 * node + 1] = tree.left[node];
        nodes[3 * node + 2] = splits;
        values[node] = tree.value[node];
        if (tree.column[node] < 0) continue;
        writeTable(tables.subarray(256 * splits, 256 * splits + 256), tree.bin[node], tree.set[node], tree.missingLeft[node] === 1);
        splits++;
      }
      known = tree;
    }
    kernel.addTree(store, rows, count, { nodes, tables, values }, scores);
  };
}
