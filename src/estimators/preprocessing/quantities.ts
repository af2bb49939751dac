/** Terms of a column of quantities: the value, its curve, and a flag that it was missing. */
import type { Column } from '../../base/matrix.ts';
import { distribution, medianOf, moments, weightedMean, weightedQuantile } from '../../math/stats/index.ts';
import type { CodedColumn, DesignColumn } from './design.ts';
import type { PreprocessingParams } from './params.ts';
import { bSplineCount, quantileKnots } from './splines.ts';
import { signedLog, standardised, writeRaw, writeTerm, type QuantityTerm } from './terms.ts';

export interface FittedTerm<Of> {
  readonly term: Of;
  readonly design: DesignColumn;
}

/**
 * Terms of one column (place `place` in the artefact's names), none where it is constant or empty. Rows must be in canonical order: sums depend on it in the last bit.
 * The values of the column are used up: a design may be written over them.
 */
export function fitQuantity(place: number, column: Column, weights: Float64Array, unit: boolean, params: PreprocessingParams): FittedTerm<QuantityTerm>[] {
  const { values } = column;
  const fitted: FittedTerm<QuantityTerm>[] = [];
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) missing++;
  const fill = missing === values.length ? undefined : median(values, weights, unit);
  if (fill !== undefined) {
    const filled = missing === 0 ? values : filledWith(values, fill);
    const plain = moments(filled, weights);
    const log = Math.abs(plain.skewness) > params.skewLimit;
    const scaled = log ? filled.map(signedLog) : filled;
    const add = (term: QuantityTerm, { mean, sd }: { readonly mean: number; readonly sd: number }): void => {
      if (!(sd > 0) || !Number.isFinite(sd)) return;
      const placed = { ...term, mean, sd };
      // Of a value alone nothing else needs the column any more.
      const design = knots.length === 0 && missing === 0 ? values : new Float64Array(values.length);
      writeTerm(placed, params.clip, column, design);
      fitted.push({ term: { ...placed, centre: weightedMean(design, weights) }, design });
    };
    const common = { column: place, fill, log, mean: 0, sd: 1, centre: 0 };
    const local = params.splineKind === 'b_spline';
    const knots = params.splineKnots >= 3 ? quantileKnots(scaled, unit ? undefined : weights, params.splineKnots, local ? 0 : undefined) : [];
    // B-splines hold the straight line themselves.
    const curved = local && knots.length >= 3;
    if (!curved) add({ of: 'value', ...common }, log ? moments(scaled, weights) : plain);
    for (let basis = 0; basis < (curved ? bSplineCount(knots.length) - 1 : knots.length - 2); basis++) {
      const term: QuantityTerm = { of: curved ? 'b_spline' : 'spline', ...common, knots, basis };
      const raw = new Float64Array(values.length);
      writeRaw(term, values, raw);
      add(term, moments(raw, weights));
    }
  }
  if (missing > 0 && missing < values.length) fitted.push(missingFlag(place, values, weights, params.clip));
  return fitted;
}

/** The term that says where a column is missing; it must be so in some rows and not in all. */
export function missingFlag(place: number, values: Float64Array, weights: Float64Array, clip: number): FittedTerm<QuantityTerm> {
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) codes[i] = values[i] !== values[i] ? 1 : 0;
  const { mean, sd } = moments(codes, weights);
  const term: QuantityTerm = { of: 'missing', column: place, fill: 0, log: false, mean, sd, centre: 0 };
  const design: CodedColumn = { codes, table: Float64Array.of(standardised(term, clip, 0), standardised(term, clip, 1)) };
  return { term: { ...term, centre: mean * design.table[1] + (1 - mean) * design.table[0] }, design };
}

function filledWith(values: Float64Array, fill: number): Float64Array {
  const filled = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    filled[i] = v !== v ? fill : v;
  }
  return filled;
}

function median(values: Float64Array, weights: Float64Array, unit: boolean): number | undefined {
  return unit ? medianOf(values) : weightedQuantile(distribution(values, weights), 0.5);
}
