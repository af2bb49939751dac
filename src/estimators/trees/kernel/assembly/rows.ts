/** Passes over rows: hashes, bins, derivatives, scores. */
import { FINE_AT, NARROW_AT } from './layout';

// @ts-ignore: decorator
@inline
function mix(hash: u32): u32 {
  let h = hash;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

/** Continues the hashes of `count` rows with one value each: two rounds of MurmurHash3 (Appleby 2011). NaN equals NaN, −0 equals 0. */
export function hashValues(values: usize, count: i32, hashes: usize): void {
  for (let i = 0; i < count; i++) {
    const v = load<f64>(values + ((<usize>i) << 3));
    const bits: u64 = v != v ? 0x7ff8000000000001 : reinterpret<u64>(v + 0);
    const at = hashes + ((<usize>i) << 2);
    store<u32>(at, round(round(load<u32>(at), <u32>bits), <u32>(bits >> 32)));
  }
}

// @ts-ignore: decorator
@inline
function round(hash: u32, word: u32): u32 {
  return rotl<u32>(hash ^ (rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593), 13) * 5 + 0xe6546b64;
}

/**
 * Bins of `count` values: 0 for NaN, else 1 + the number of cuts below the value, found among 2^steps − 1 cuts of which the last ones are +∞. Each bin goes
 * to `column` and into a record.
 */
export function binValues(values: usize, count: i32, cuts: usize, steps: i32, column: usize, records: usize): void {
  const half: usize = (<usize>1) << (steps + 2);
  for (let i = 0; i < count; i++) {
    const v = load<f64>(values + ((<usize>i) << 3));
    let at = cuts;
    // Each step moves past `width` cuts when the last of them is below the value; by a mask, because a condition would be a branch that cannot be guessed.
    for (let width = half; width >= 8; width >>= 1) at += width & (0 - <usize>(load<f64>(at + width - 8) < v));
    const bin = v != v ? 0 : <u8>(1 + ((at - cuts) >> 3));
    store<u8>(column + <usize>i, bin);
    store<u8>(records + ((<usize>i) << 5), bin);
  }
}

/** Sorts `count` values (no NaN, no −0) in ascending order by their bits, 11 at a time; `spare` is as long, `counts` holds 2048 × u32. */
export function sortValues(values: usize, count: i32, spare: usize, counts: usize): void {
  for (let i = 0; i < count; i++) {
    const at = values + ((<usize>i) << 3);
    const bits = load<u64>(at);
    store<u64>(at, bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000));
  }
  let from = values;
  let to = spare;
  for (let shift: u64 = 0; shift < 64; shift += 11) {
    memory.fill(counts, 0, 8192);
    for (let i = 0; i < count; i++) {
      const at = counts + (<usize>((load<u64>(from + ((<usize>i) << 3)) >> shift) & 2047) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    // A digit that all values share moves nothing.
    const digit = <usize>((load<u64>(from) >> shift) & 2047);
    if (load<u32>(counts + (digit << 2)) == <u32>count) continue;
    let sum: u32 = 0;
    for (let d: usize = 0; d < 8192; d += 4) {
      const here = load<u32>(counts + d);
      store<u32>(counts + d, sum);
      sum += here;
    }
    for (let i = 0; i < count; i++) {
      const bits = load<u64>(from + ((<usize>i) << 3));
      const at = counts + (<usize>((bits >> shift) & 2047) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<u64>(to + ((<usize>place) << 3), bits);
    }
    const other = from;
    from = to;
    to = other;
  }
  for (let i = 0; i < count; i++) {
    const bits = load<u64>(from + ((<usize>i) << 3));
    store<u64>(values + ((<usize>i) << 3), bits ^ (<u64>(<i64>(~bits) >> 63) | 0x8000000000000000));
  }
}

// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  // 2^t = 2^whole · 2^part with |part| ≤ ½, the second by the first terms of its series (error below 2e−9).
  const t = f64x2.mul(f64x2.max(f64x2.min(x, f64x2.splat(40)), f64x2.splat(-40)), f64x2.splat(1.4426950408889634));
  const whole = f64x2.floor(f64x2.add(t, f64x2.splat(0.5)));
  const part = f64x2.sub(t, whole);
  let p = f64x2.splat(1.5252733804059841e-5);
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(1.540353039338161e-4));
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(1.3333558146428443e-3));
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(9.618129107628477e-3));
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(5.550410866482158e-2));
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(0.2402265069591007));
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(0.6931471805599453));
  p = f64x2.add(f64x2.mul(p, part), f64x2.splat(1));
  const power = i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(whole)), i64x2.splat(1023)), 52);
  return f64x2.mul(p, power);
}

/** Narrow derivatives of the logistic loss at `rows[0 … count)`: p − y in steps of 1/16384 and p(1 − p) in steps of 1/(4 · steps), rounded up or down by the row's hash. */
export function logistic(rows: usize, count: i32, scores: usize, y: usize, hashes: usize, seed: u32, steps: f64, records: usize, stride: usize, blocks: i32): void {
  const gradientSteps = f64x2.splat(16384);
  const hessianSteps = f64x2.splat(4 * steps);
  const one = f64x2.splat(1);
  for (let i = 0; i < count; i += 2) {
    const a: usize = load<u32>(rows + ((<usize>i) << 2));
    const b: usize = load<u32>(rows + ((<usize>min(i + 1, count - 1)) << 2));
    const score = f64x2.replace_lane(f64x2.splat(load<f64>(scores + (a << 3))), 1, load<f64>(scores + (b << 3)));
    const target = f64x2.replace_lane(f64x2.splat(load<f64>(y + (a << 3))), 1, load<f64>(y + (b << 3)));
    const p = f64x2.div(one, f64x2.add(one, exponential(f64x2.neg(score))));
    const g = f64x2.mul(f64x2.sub(p, target), gradientSteps);
    const h = f64x2.mul(f64x2.mul(p, f64x2.sub(one, p)), hessianSteps);
    const draws = mixed(i32x4.replace_lane(i32x4.splat(load<i32>(hashes + (a << 2))), 1, load<i32>(hashes + (b << 2))), seed);
    const packed = v128.or(i32x4.shl(rounded(h, i32x4.shr_u(draws, 16)), 16), v128.and(rounded(g, v128.and(draws, i32x4.splat(0xffff))), i32x4.splat(0xffff)));
    let at = records;
    for (let block = 0; block < blocks; block++, at += stride) {
      store<i32>(at + (a << 5), i32x4.extract_lane(packed, 0), NARROW_AT);
      store<i32>(at + (b << 5), i32x4.extract_lane(packed, 1), NARROW_AT);
    }
  }
}

/** Two values rounded up or down by 16-bit draws, as in {@link write}. */
// @ts-ignore: decorator
@inline
function rounded(values: v128, draws: v128): v128 {
  const chance = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(draws), f64x2.splat(0.5)), f64x2.splat(0.0000152587890625));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.add(values, chance)));
}

// @ts-ignore: decorator
@inline
function mixed(hashes: v128, seed: u32): v128 {
  let h = v128.xor(hashes, i32x4.splat(seed));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** Rounds derivatives, in steps, up or down with the chance that their fraction gives, drawn from the row's hash, and writes them into its records. */
// @ts-ignore: decorator
@inline
function write(row: usize, g: f64, h: f64, hashes: usize, seed: u32, records: usize, stride: usize, blocks: i32): void {
  const draw = mix(load<u32>(hashes + (row << 2)) ^ seed);
  const gradient = <i32>Math.floor(g + (<f64>(draw & 0xffff) + 0.5) * 0.0000152587890625);
  const hessian = <i32>Math.floor(h + (<f64>(draw >> 16) + 0.5) * 0.0000152587890625);
  const packed = (hessian << 16) | (gradient & 0xffff);
  let at = records + (row << 5);
  for (let b = 0; b < blocks; b++, at += stride) store<i32>(at, packed, NARROW_AT);
}

/** Narrow derivatives from `gradients` and `hessians`, `stepsG` and `stepsH` steps to a unit. */
export function quantiseNarrow(rows: usize, count: i32, gradients: usize, hessians: usize, hashes: usize, seed: u32, stepsG: f64, stepsH: f64, records: usize, stride: usize, blocks: i32): void {
  for (let i = 0; i < count; i++) {
    const row: usize = load<u32>(rows + ((<usize>i) << 2));
    write(row, load<f64>(gradients + (row << 3)) * stepsG, load<f64>(hessians + (row << 3)) * stepsH, hashes, seed, records, stride, blocks);
  }
}

/** Fine derivatives, rounded to the nearest step: of the row and then times its weight when `whole`, else of the row times its weight. `weights` may be 0: 1 each. */
export function quantiseFine(rows: usize, count: i32, gradients: usize, hessians: usize, weights: usize, whole: i32, stepsG: f64, stepsH: f64, stepsW: f64, records: usize, stride: usize, blocks: i32): void {
  for (let i = 0; i < count; i++) {
    const row: usize = load<u32>(rows + ((<usize>i) << 2));
    const weight: f64 = weights == 0 ? 1 : load<f64>(weights + (row << 3));
    const inside: f64 = whole != 0 ? 1 : weight;
    const outside: f64 = whole != 0 ? weight : 1;
    const g = <i32>(Math.floor(load<f64>(gradients + (row << 3)) * inside * stepsG + 0.5) * outside);
    const h = <i32>(Math.floor(load<f64>(hessians + (row << 3)) * inside * stepsH + 0.5) * outside);
    const w = <i32>max(Math.floor(weight * stepsW + 0.5), 1);
    let at = records + (row << 5);
    for (let b = 0; b < blocks; b++, at += stride) {
      store<i32>(at, g, FINE_AT);
      store<i32>(at, h, FINE_AT + 4);
      store<i32>(at, w, FINE_AT + 8);
    }
  }
}

/** Adds `value` to the scores of `rows[0 … count)`, once for a row that stands there twice. */
export function addValue(rows: usize, count: i32, value: f64, scores: usize): void {
  let before: u32 = 0xffffffff;
  for (let i = 0; i < count; i++) {
    const row = load<u32>(rows + ((<usize>i) << 2));
    if (row == before) continue;
    before = row;
    const at = scores + (<usize>row << 3);
    store<f64>(at, load<f64>(at) + value);
  }
}

/** Follows a tree by bins for `rows[0 … count)` and adds its values to their scores. Per node: column (i32, −1 at a leaf), left child, number of its table of 256 bytes; values apart. */
export function addTree(rows: usize, count: i32, nodes: usize, tables: usize, values: usize, byColumn: usize, columnBytes: usize, scores: usize): void {
  for (let i = 0; i < count; i++) {
    const row: usize = load<u32>(rows + ((<usize>i) << 2));
    let node: usize = 0;
    for (;;) {
      const at = nodes + node * 12;
      const column = load<i32>(at);
      if (column < 0) break;
      const left = load<u8>(tables + ((<usize>load<u32>(at, 8)) << 8) + <usize>load<u8>(byColumn + <usize>column * columnBytes + row));
      node = <usize>load<u32>(at, 4) + 1 - <usize>left;
    }
    const at = scores + (row << 3);
    store<f64>(at, load<f64>(at) + load<f64>(values + (node << 3)));
  }
}
