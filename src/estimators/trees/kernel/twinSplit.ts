/** Histograms, cuts and the parting of rows as in assembly/histogram.ts, scan.ts and expand.ts, for one thread. */
import { cellOf, RECORD, type LeafTask, type SlotCuts, type TreeView } from './kernel.ts';

export function addRows({ store, active, slotSize, unit }: TreeView, list: Int32Array, start: number, end: number, histogram: Float64Array): void {
  const { records, rows, fine, perBlock } = store;
  const halves = new Int16Array(records.buffer, records.byteOffset, records.length / 2);
  const words = new Int32Array(records.buffer, records.byteOffset, records.length / 4);
  for (let first = 0; first < active.length; ) {
    const block = Math.floor(active[first] / perBlock);
    let last = first + 1;
    while (last < active.length && active[last] < (block + 1) * perBlock) last++;
    const from = block * rows;
    for (let i = start; i < end; i++) {
      const record = from + list[i];
      const g = fine ? words[record * 8 + 5] : halves[record * 16 + 14];
      const p = fine ? words[record * 8 + 6] : halves[record * 16 + 15] * unit + 1;
      const w = fine ? words[record * 8 + 7] : 0;
      const at = record * RECORD - block * perBlock;
      for (let slot = first, base = first * slotSize; slot < last; slot++, base += slotSize) {
        const cell = base + (fine ? records[at + active[slot]] << 2 : records[at + active[slot]] << 1);
        histogram[cell] += g;
        histogram[cell + 1] += p;
        if (fine) histogram[cell + 2] += w;
      }
    }
    first = last;
  }
}

/** Sums over the bins of a slot: gradient, second derivative, weight. */
export function slotTotals({ store: { fine }, slotSize, bins, unit }: Pick<TreeView, 'store' | 'slotSize' | 'bins' | 'unit'>, histogram: Float64Array, slot: number): readonly [number, number, number] {
  const cell = cellOf(fine);
  let [g, p, w] = [0, 0, 0];
  for (let bin = 0, at = slot * slotSize; bin < bins[slot]; bin++, at += cell) {
    g += histogram[at];
    p += histogram[at + 1];
    if (fine) w += histogram[at + 2];
  }
  if (fine) return [g, p, w];
  const h = Math.floor(p / unit);
  return [g, h, p - h * unit];
}

const NEARLY = 1 - 1e-12;

/** The best cut with missing values on one side: score, bin. */
function scanSide({ store: { fine }, slotSize, bins, lambda, minRows, minHessian, unit }: TreeView, histogram: Float64Array, slot: number, totals: readonly [number, number, number], least: number, missingLeft: boolean): readonly [number, number] {
  const cell = cellOf(fine);
  const inverse = 1 / unit;
  const [totalG, totalH, totalW] = totals;
  const from = slot * slotSize;
  let best = least;
  let bestBin = 0;
  let g = missingLeft ? histogram[from] : 0;
  let p = missingLeft ? histogram[from + 1] : 0;
  let w = missingLeft && fine ? histogram[from + 2] : 0;
  for (let bin = 1, at = from + cell; bin < bins[slot]; bin++, at += cell) {
    g += histogram[at];
    p += histogram[at + 1];
    if (fine) w += histogram[at + 2];
    const h = fine ? p : Math.floor(p * inverse);
    const otherG = totalG - g;
    const mine = h + lambda;
    const other = totalH - h + lambda;
    const numerator = g * g * other + otherG * otherG * mine;
    const denominator = mine * other;
    // A little lower than the best, so that rounding hides no cut that beats it; what counts are the quotients.
    if (numerator > best * NEARLY * denominator) {
      const rows = fine ? w : p - h * unit;
      if (rows >= minRows && totalW - rows >= minRows && h >= minHessian && totalH - h >= minHessian) {
        const score = numerator / denominator;
        if (score <= best) continue;
        best = score;
        bestBin = bin;
      }
    }
  }
  return [best, bestBin];
}

function scanSlot(view: TreeView, histogram: Float64Array, slot: number, totals: readonly [number, number, number], { scores, cuts }: SlotCuts): void {
  const parent = (totals[0] * totals[0]) / (totals[1] + view.lambda);
  // A gain at the level of rounding is none.
  const least = parent + view.minGain + 1e-10 * parent;
  const [right, rightBin] = scanSide(view, histogram, slot, totals, least, false);
  const [left, leftBin] = scanSide(view, histogram, slot, totals, least, true);
  const side = left > right;
  const bin = side ? leftBin : rightBin;
  scores[2 * slot] = bin === 0 ? 0 : side ? left : right;
  cuts[4 * slot + 2] = bin;
  cuts[4 * slot + 3] = side ? 1 : 0;
}

/** Parts the rows of a leaf, both sides in their old order; returns where the right side starts. */
function partRows({ order, spare, store }: TreeView, { start, end, column, table }: LeafTask): number {
  const from = column * store.rows;
  const { byColumn } = store;
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i];
    const goesLeft = table[byColumn[from + row]];
    order[left] = row;
    spare[right] = row;
    left += goesLeft;
    right += 1 - goesLeft;
  }
  order.set(spare.subarray(0, right), left);
  return left;
}

export function splitLeaf(view: TreeView, leaf: LeafTask): void {
  const { order, active, slotSize } = view;
  const { large, small } = leaf;
  if (leaf.column >= 0) leaf.middle = partRows(view, leaf);
  if (small === undefined) return;
  const slots = active.length;
  small.fill(0, 0, slots * slotSize);
  if (leaf.column < 0) addRows(view, order, leaf.start, leaf.end, small);
  else addRows(view, order, leaf.smallIsLeft ? leaf.start : leaf.middle, leaf.smallIsLeft ? leaf.middle : leaf.end, small);
  if (large !== undefined) for (let i = 0; i < slots * slotSize; i++) large[i] -= small[i];
  for (const [histogram, wanted, cuts] of [[small, leaf.scanSmall, leaf.cutsSmall], [large, leaf.scanLarge, leaf.cutsLarge]] as const) {
    if (wanted === undefined || histogram === undefined) continue;
    const totals = slotTotals(view, histogram, 0);
    for (let slot = 0; slot < slots; slot++) if (wanted[slot] === 1) scanSlot(view, histogram, slot, totals, cuts);
  }
}
