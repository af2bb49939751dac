/** Sums of derivatives by bin: one 128-bit addition per row and column. */
import { Context, FINE_AT, NARROW_AT, RECORD } from './layout';

/** Rows whose records are touched together, so that their cache lines arrive together. */
const BURST: i32 = 32;
/** Adds `count` rows to `histogram` for all active columns of the tree. */
export function addRows(context: usize, rows: usize, count: i32, histogram: usize): void {
  const blocks = load<i32>(context, Context.blockCount);
  const size: usize = load<u32>(context, Context.size);
  const fine = load<i32>(context, Context.fine) != 0;
  let block: usize = load<u32>(context, Context.blocks);
  for (let b = 0; b < blocks; b++, block += 16) {
    const records: usize = load<u32>(block);
    const active = load<i32>(block, 4);
    const offsets: usize = load<u32>(block, 8);
    const first = histogram + <usize>load<u32>(block, 12) * size;
    for (let from = 0; from < count; from += BURST) {
      const part = min(BURST, count - from);
      const list = rows + ((<usize>from) << 2);
      // Stored somewhere, so that the loads are not taken for useless.
      store<i32>(context, touch(records, list, part), Context.touched);
      if (fine) addFine(records, list, part, first, size, active, offsets, load<f64>(context, Context.unit));
      else if (offsets == 0 && active == 28) addNarrow28(records, list, part, first, size, load<f64>(context, Context.unit));
      else addNarrow(records, list, part, first, size, active, offsets, load<f64>(context, Context.unit));
    }
  }
}

function touch(records: usize, list: usize, part: i32): i32 {
  let sum: i32 = 0;
  for (let i = 0; i < part; i++) sum += load<i32>(records + (<usize>load<u32>(list + ((<usize>i) << 2)) << 5));
  return sum;
}

// @ts-ignore: decorator
@inline
function derivatives(record: usize, scale: v128, one: v128): v128 {
  const packed = i32x4.splat(load<i32>(record, NARROW_AT));
  // Lane 0 the low half with its sign, lane 1 the high half without.
  const g = i32x4.shr_s(i32x4.shl(packed, 16), 16);
  const h = i32x4.shr_u(packed, 16);
  return f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(i32x4.shuffle(g, h, 0, 4, 0, 4)), scale), one);
}

// @ts-ignore: decorator
@inline
function add(at: usize, v: v128): void {
  v128.store(at, f64x2.add(v128.load(at), v));
}

// @ts-ignore: decorator
@inline
function addWord(word: u32, at: usize, size: usize, v: v128): void {
  add(at + ((<usize>word & 255) << 4), v);
  add(at + size + ((<usize>word >> 4) & 0xff0), v);
  add(at + (size << 1) + ((<usize>word >> 12) & 0xff0), v);
  add(at + (size << 1) + size + ((<usize>word >> 20) & 0xff0), v);
}

function addNarrow28(records: usize, list: usize, part: i32, first: usize, size: usize, unit: f64): void {
  const scale = f64x2.replace_lane(f64x2.splat(1), 1, unit);
  const one = f64x2.replace_lane(f64x2.splat(0), 1, 1);
  const step = size << 2;
  for (let i = 0; i < part; i++) {
    const record = records + (<usize>load<u32>(list + ((<usize>i) << 2)) << 5);
    const v = derivatives(record, scale, one);
    let at = first;
    addWord(load<u32>(record, 0), at, size, v);
    at += step;
    addWord(load<u32>(record, 4), at, size, v);
    at += step;
    addWord(load<u32>(record, 8), at, size, v);
    at += step;
    addWord(load<u32>(record, 12), at, size, v);
    at += step;
    addWord(load<u32>(record, 16), at, size, v);
    at += step;
    addWord(load<u32>(record, 20), at, size, v);
    at += step;
    addWord(load<u32>(record, 24), at, size, v);
  }
}

function addNarrow(records: usize, list: usize, part: i32, first: usize, size: usize, active: i32, offsets: usize, unit: f64): void {
  const scale = f64x2.replace_lane(f64x2.splat(1), 1, unit);
  const one = f64x2.replace_lane(f64x2.splat(0), 1, 1);
  const words = offsets == 0 ? active >> 2 : 0;
  for (let i = 0; i < part; i++) {
    const record = records + (<usize>load<u32>(list + ((<usize>i) << 2)) << 5);
    const v = derivatives(record, scale, one);
    let at = first;
    for (let q = 0; q < words; q++, at += size << 2) addWord(load<u32>(record + ((<usize>q) << 2)), at, size, v);
    for (let j = words << 2; j < active; j++, at += size) {
      const bin: usize = load<u8>(record + (offsets == 0 ? <usize>j : <usize>load<u8>(offsets + <usize>j)));
      add(at + (bin << 4), v);
    }
  }
}

function addFine(records: usize, list: usize, part: i32, first: usize, size: usize, active: i32, offsets: usize, unit: f64): void {
  for (let i = 0; i < part; i++) {
    const record = records + (<usize>load<u32>(list + ((<usize>i) << 2)) << 5);
    const gh = f64x2.convert_low_i32x4_s(v128.load64_zero(record, FINE_AT));
    const w = f64x2.replace_lane(f64x2.splat(0), 0, <f64>load<i32>(record, FINE_AT + 8));
    let at = first;
    for (let j = 0; j < active; j++, at += size) {
      const bin: usize = load<u8>(record + (offsets == 0 ? <usize>j : <usize>load<u8>(offsets + <usize>j)));
      const cell = at + (bin << 5);
      add(cell, gh);
      add(cell + 16, w);
    }
  }
}
