/** The best cut of one column: G²ₗ/(Hₗ+λ) + G²ᵣ/(Hᵣ+λ) at its largest, without a division per bin. Lane 0 has missing values on the right, lane 1 on the left. */
import { Context } from './layout';

/** Writes score, bin and side of the column's best cut to `result`; score 0 where there is none. */
export function scanSlot(context: usize, histogram: usize, bins: i32, g: f64, h: f64, w: f64, result: usize): void {
  if (load<i32>(context, Context.fine) != 0) scan<bool>(context, histogram, bins, g, h, w, result);
  else scan<i32>(context, histogram, bins, g, h, w, result);
}

/** T only says the format: bool for fine histograms (4 × f64 per bin), i32 for narrow ones (gradient, second derivative · 2^k + rows). */
function scan<T>(context: usize, histogram: usize, bins: i32, totalG: f64, totalH: f64, totalW: f64, result: usize): void {
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
  const parent = (totalG * totalG) / (totalH + load<f64>(context, Context.lambda));
  // A gain at the level of rounding is none.
  const least = parent + load<f64>(context, Context.minGain) + 1e-10 * parent;
  let best0 = least;
  let best1 = least;
  let bests = f64x2.splat(least);
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
        best0 = f64x2.extract_lane(numerator, 0) / f64x2.extract_lane(denominator, 0);
        bin0 = bin;
      }
      if (i64x2.extract_lane(better, 1) != 0 && rows1 >= minRows && totalW - rows1 >= minRows && h1 >= minHessian && totalH - h1 >= minHessian) {
        best1 = f64x2.extract_lane(numerator, 1) / f64x2.extract_lane(denominator, 1);
        bin1 = bin;
      }
      bests = f64x2.replace_lane(f64x2.splat(best0), 1, best1);
    }
  }
  const side = best1 > best0;
  const bin = side ? bin1 : bin0;
  store<f64>(result, bin == 0 ? 0 : side ? best1 : best0);
  store<i32>(result, bin, 8);
  store<i32>(result, side ? 1 : 0, 12);
}
