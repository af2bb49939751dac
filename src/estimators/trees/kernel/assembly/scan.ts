/**
 * The best cut of one column: G²ₗ/(Hₗ+λ) + G²ᵣ/(Hᵣ+λ) at its largest. Lane 0 has missing values on the right, lane 1 on the left. Only cuts that may beat the
 * best of the leaf so far are divided out; what is compared are always the quotients, so it does not matter which columns a thread has seen before.
 */
import { Context } from './layout';

const NEARLY: f64 = 1 - 1e-12;

/** What a score must exceed: the leaf's own, by more than rounding and the least gain. */
export function leastScore(context: usize, g: f64, h: f64): f64 {
  const parent = (g * g) / (h + load<f64>(context, Context.lambda));
  return parent + load<f64>(context, Context.minGain) + 1e-10 * parent;
}

/** Writes score, bin and side of the column's best cut to `result` if its score is above `least`, else score 0. Returns the larger of both. */
export function scanSlot(context: usize, histogram: usize, bins: i32, g: f64, h: f64, w: f64, least: f64, result: usize): f64 {
  return load<i32>(context, Context.fine) != 0 ? scan<bool>(context, histogram, bins, g, h, w, least, result) : scan<i32>(context, histogram, bins, g, h, w, least, result);
}

/** T only says the format: bool for fine histograms (4 × f64 per bin), i32 for narrow ones (gradient, second derivative · 2^k + rows). */
function scan<T>(context: usize, histogram: usize, bins: i32, totalG: f64, totalH: f64, totalW: f64, least: f64, result: usize): f64 {
  const fine = isBoolean<T>();
  const shift: usize = fine ? 5 : 4;
  const lambda = f64x2.splat(load<f64>(context, Context.lambda));
  const minRows = load<f64>(context, Context.minRows);
  const minHessian = load<f64>(context, Context.minHessian);
  const unit = load<f64>(context, Context.unit);
  const inverse = load<f64>(context, Context.inverse);
  const inverses = f64x2.splat(inverse);
  const allG = f64x2.splat(totalG);
  const allH = f64x2.splat(totalH);
  let best0 = least;
  let best1 = least;
  // A little lower than the best, so that rounding hides no cut that beats it.
  let bests = f64x2.splat(least * NEARLY);
  let bin0 = 0;
  let bin1 = 0;
  const zero = f64x2.splat(0);
  const first = v128.load(histogram);
  // Lanes of (gradient, packed) or (gradient, second derivative) of rows left of the cut.
  let g = f64x2.shuffle(zero, first, 0, 2);
  let p = f64x2.shuffle(zero, first, 1, 3);
  let rows0: f64 = 0;
  let rows1: f64 = fine ? load<f64>(histogram, 16) : 0;
  for (let bin = 1; bin < bins; bin++) {
    const at = histogram + ((<usize>bin) << shift);
    const v = v128.load(at);
    g = f64x2.add(g, f64x2.shuffle(v, v, 0, 0));
    p = f64x2.add(p, f64x2.shuffle(v, v, 1, 1));
    if (fine) {
      const more = load<f64>(at, 16);
      rows0 += more;
      rows1 += more;
    }
    const h = fine ? p : f64x2.floor(f64x2.mul(p, inverses));
    const otherG = f64x2.sub(allG, g);
    const mine = f64x2.add(h, lambda);
    const other = f64x2.add(f64x2.sub(allH, h), lambda);
    const numerator = f64x2.add(f64x2.mul(f64x2.mul(g, g), other), f64x2.mul(f64x2.mul(otherG, otherG), mine));
    const denominator = f64x2.mul(mine, other);
    const better = f64x2.gt(numerator, f64x2.mul(bests, denominator));
    if (v128.any_true(better)) {
      const h0 = f64x2.extract_lane(h, 0);
      const h1 = f64x2.extract_lane(h, 1);
      if (!fine) {
        rows0 = f64x2.extract_lane(p, 0) - h0 * unit;
        rows1 = f64x2.extract_lane(p, 1) - h1 * unit;
      }
      if (i64x2.extract_lane(better, 0) != 0 && rows0 >= minRows && totalW - rows0 >= minRows && h0 >= minHessian && totalH - h0 >= minHessian) {
        const score = f64x2.extract_lane(numerator, 0) / f64x2.extract_lane(denominator, 0);
        if (score > best0) {
          best0 = score;
          bin0 = bin;
        }
      }
      if (i64x2.extract_lane(better, 1) != 0 && rows1 >= minRows && totalW - rows1 >= minRows && h1 >= minHessian && totalH - h1 >= minHessian) {
        const score = f64x2.extract_lane(numerator, 1) / f64x2.extract_lane(denominator, 1);
        if (score > best1) {
          best1 = score;
          bin1 = bin;
        }
      }
      bests = f64x2.replace_lane(f64x2.splat(best0 * NEARLY), 1, best1 * NEARLY);
    }
  }
  const side = best1 > best0;
  const bin = side ? bin1 : bin0;
  store<f64>(result, bin == 0 ? 0 : side ? best1 : best0);
  store<i32>(result, bin, 8);
  store<i32>(result, side ? 1 : 0, 12);
  return side ? best1 : best0;
}
