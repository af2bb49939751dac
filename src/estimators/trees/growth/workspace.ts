/** Arrays that live as long as a fit, all in the kernel's memory, so that trees do not take them anew. */
import { cellOf, type Kernel, type SlotCuts } from '../kernel/kernel.ts';
import type { TrainingSet } from '../data/trainingSet.ts';

/** Leaves that may be under way together: per leaf a table, two lists of cuts and two masks. */
export const IN_FLIGHT = 16;

export interface Flight {
  readonly table: Uint8Array;
  readonly cutsLarge: SlotCuts;
  readonly cutsSmall: SlotCuts;
  readonly maskLarge: Uint8Array;
  readonly maskSmall: Uint8Array;
}

export interface Workspace {
  order: Int32Array;
  spare: Int32Array;
  /** Rows that a tree did not see. */
  readonly others: Int32Array;
  readonly slotSize: number;
  readonly flights: readonly Flight[];
  /** Histograms that nobody uses at present, of `slots` columns each. */
  takeHistogram(): Float64Array;
  giveBack(histogram: Float64Array): void;
  /** Room for twice as many rows of a tree. */
  lengthen(kernel: Kernel): void;
}

/** `capacity`: rows of a tree at most, copies counted. `slots`: columns that a tree sees. */
export function workspaceOf(kernel: Kernel, set: TrainingSet, capacity: number, slots: number): Workspace {
  const most = set.columns.reduce((max, { bins }) => Math.max(max, bins), 2);
  const slotSize = 2 ** Math.ceil(Math.log2(most)) * cellOf(set.store.fine);
  const cuts = (): SlotCuts => {
    const scores = kernel.doubles(2 * slots);
    return { scores, cuts: new Int32Array(scores.buffer, scores.byteOffset, 4 * slots) };
  };
  const pool: Float64Array[] = [];
  return {
    order: kernel.ints(capacity),
    spare: kernel.ints(capacity),
    others: kernel.ints(set.rows),
    slotSize,
    flights: Array.from({ length: IN_FLIGHT }, () => ({ table: kernel.bytes(256), cutsLarge: cuts(), cutsSmall: cuts(), maskLarge: kernel.bytes(slots), maskSmall: kernel.bytes(slots) })),
    takeHistogram: () => pool.pop() ?? kernel.doubles(slots * slotSize),
    giveBack: (histogram) => pool.push(histogram),
    lengthen(kernel) {
      const length = 2 * this.order.length;
      [this.order, this.spare] = [kernel.ints(length), kernel.ints(length)];
    },
  };
}
