/**
 * Splitting a leaf, in two phases. First each thread parts its share of the leaf's rows and counts those of the child with fewer rows; then, when all are
 * there, rows go to their places and each thread finishes its share of the columns: sums of the parts, the other child by subtraction, the best cuts.
 */
import { addRows } from './histogram';
import { Context, Leaf } from './layout';
import { leastScore, scanSlot } from './scan';

/** First of the rows that thread `t` of `threads` takes. */
// @ts-ignore: decorator
@inline
function share(start: i32, end: i32, t: i32, threads: i32): i32 {
  return start + <i32>((<i64>(end - start) * <i64>t) / <i64>threads);
}

// @ts-ignore: decorator
@inline
function rowsAt(list: usize, i: i32): usize {
  return list + ((<usize>i) << 2);
}

/** `counts` has a number per thread; a thread that works alone has its own. */
export function partRows(context: usize, leaf: usize, t: i32, threads: i32, counts: usize): void {
  const start = load<i32>(leaf, Leaf.start);
  const end = load<i32>(leaf, Leaf.end);
  const from = share(start, end, t, threads);
  const to = share(start, end, t + 1, threads);
  const order: usize = load<u32>(context, Context.order);
  const spare: usize = load<u32>(context, Context.spare);
  const small: usize = load<u32>(leaf, Leaf.small);
  const histogram: usize = threads == 1 ? small : <usize>load<u32>(context, Context.partial) + <usize>t * <usize>load<u32>(context, Context.histogramBytes);
  if (small != 0) memory.fill(histogram, 0, load<u32>(context, Context.histogramBytes));
  const column: usize = load<u32>(leaf, Leaf.column);
  if (column == 0) {
    if (small != 0) addRows(context, rowsAt(order, from), to - from, histogram);
    return;
  }
  // A thread that works alone leaves the left side where it stands.
  const parted = rowsAt(spare, from);
  const front = threads == 1 ? rowsAt(order, from) : parted;
  const left = part(rowsAt(order, from), to - from, column, load<u32>(leaf, Leaf.table), front, rowsAt(spare, to));
  store<i32>(counts + ((<usize>t) << 2), left);
  if (small == 0) return;
  if (load<i32>(leaf, Leaf.smallIsLeft) != 0) addRows(context, front, left, histogram);
  else addRows(context, rowsAt(spare, from + left), to - from - left, histogram);
}

/** Rows that go left to `front` on, the others before `end` from behind. Returns how many go left. */
function part(rows: usize, count: i32, column: usize, table: usize, out: usize, end: usize): i32 {
  let front = out;
  let back = end - 4;
  for (let i = 0; i < count; i++) {
    const row = load<u32>(rows + ((<usize>i) << 2));
    const left: usize = load<u8>(table + <usize>load<u8>(column + <usize>row));
    // Both places are written and one end moves: no branch to guess. In place, the front is never ahead of what is read.
    store<u32>(front, row);
    store<u32>(back, row);
    front += left << 2;
    back -= (1 - left) << 2;
  }
  return <i32>((front - out) >> 2);
}

export function finishLeaf(context: usize, leaf: usize, t: i32, threads: i32, counts: usize): void {
  if (load<u32>(leaf, Leaf.column) != 0) placeRows(context, leaf, t, threads, counts);
  const small: usize = load<u32>(leaf, Leaf.small);
  if (small == 0) return;
  const large: usize = load<u32>(leaf, Leaf.large);
  const slots = load<i32>(context, Context.slots);
  const size: usize = load<u32>(context, Context.size);
  const last = share(0, slots, t + 1, threads);
  let summed = false;
  let smallG: f64 = 0, smallH: f64 = 0, smallW: f64 = 0, largeG: f64 = 0, largeH: f64 = 0, largeW: f64 = 0, bestSmall: f64 = 0, bestLarge: f64 = 0;
  for (let slot = share(0, slots, t, threads); slot < last; slot++) {
    const at = <usize>slot * size;
    const bins = load<i32>(<usize>load<u32>(context, Context.bins) + ((<usize>slot) << 2));
    combine(context, small + at, large == 0 ? 0 : large + at, at, threads);
    if (!summed) {
      // Sums of all rows are the same in every slot; each thread takes them from the first of its own.
      totals(context, small + at, bins);
      smallG = sumG, smallH = sumH, smallW = sumW;
      bestSmall = leastScore(context, sumG, sumH);
      if (large != 0) {
        totals(context, large + at, bins);
        largeG = sumG, largeH = sumH, largeW = sumW;
        bestLarge = leastScore(context, sumG, sumH);
      }
      summed = true;
    }
    const result = (<usize>slot) << 4;
    const scanSmall: usize = load<u32>(leaf, Leaf.scanSmall);
    const scanLarge: usize = load<u32>(leaf, Leaf.scanLarge);
    if (scanSmall != 0 && load<u8>(scanSmall + <usize>slot) != 0) bestSmall = scanSlot(context, small + at, bins, smallG, smallH, smallW, bestSmall, <usize>load<u32>(leaf, Leaf.resultSmall) + result);
    if (scanLarge != 0 && load<u8>(scanLarge + <usize>slot) != 0) bestLarge = scanSlot(context, large + at, bins, largeG, largeH, largeW, bestLarge, <usize>load<u32>(leaf, Leaf.resultLarge) + result);
  }
}

let sumG: f64 = 0;
let sumH: f64 = 0;
let sumW: f64 = 0;

/** Sums over the bins of a slot into sumG, sumH and sumW. */
function totals(context: usize, slot: usize, bins: i32): void {
  const fine = load<i32>(context, Context.fine) != 0;
  const unit = load<f64>(context, Context.unit);
  sumG = sumH = sumW = 0;
  for (let bin = 0; bin < bins; bin++) {
    const at = slot + ((<usize>bin) << (fine ? 5 : 4));
    sumG += load<f64>(at);
    sumH += load<f64>(at, 8);
    if (fine) sumW += load<f64>(at, 16);
  }
  if (fine) return;
  const packed = sumH;
  sumH = Math.floor(packed * load<f64>(context, Context.inverse));
  sumW = packed - sumH * unit;
}

/** One slot: the sum of what the threads counted into `small`, and `large` minus that. */
function combine(context: usize, small: usize, large: usize, at: usize, threads: i32): void {
  const size: usize = load<u32>(context, Context.size);
  const bytes: usize = load<u32>(context, Context.histogramBytes);
  const first: usize = <usize>load<u32>(context, Context.partial) + at;
  for (let i: usize = 0; i < size; i += 16) {
    let v = threads == 1 ? v128.load(small + i) : v128.load(first + i);
    if (threads > 1) {
      for (let k = 1; k < threads; k++) v = f64x2.add(v, v128.load(first + <usize>k * bytes + i));
      v128.store(small + i, v);
    }
    if (large != 0) v128.store(large + i, f64x2.sub(v128.load(large + i), v));
  }
}

/** Copies the parted rows of thread `t` to their places, both sides in their old order. */
function placeRows(context: usize, leaf: usize, t: i32, threads: i32, counts: usize): void {
  const start = load<i32>(leaf, Leaf.start);
  const end = load<i32>(leaf, Leaf.end);
  const from = share(start, end, t, threads);
  const count = share(start, end, t + 1, threads) - from;
  let before = 0;
  let all = 0;
  for (let k = 0; k < threads; k++) {
    const left = load<i32>(counts + ((<usize>k) << 2));
    if (k < t) before += left;
    all += left;
  }
  const left = load<i32>(counts + ((<usize>t) << 2));
  const middle = start + all;
  const order: usize = load<u32>(context, Context.order);
  const parted = rowsAt(load<u32>(context, Context.spare), from);
  if (threads > 1) memory.copy(rowsAt(order, start + before), parted, (<usize>left) << 2);
  const right = count - left;
  let to = rowsAt(order, middle + (from - start - before));
  let at = parted + ((<usize>count) << 2) - 4;
  for (let i = 0; i < right; i++, to += 4, at -= 4) store<u32>(to, load<u32>(at));
  if (t == 0) store<i32>(leaf, middle, Leaf.middle);
}
