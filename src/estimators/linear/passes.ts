/**
 * The two sums of a pass over the rows that every solver spends its time in: scores from parameters, and slopes from the rows' own. Columns are read where they lie, four
 * together, so that each row's number is read and written once for four.
 */
import type { Design } from '../preprocessing/design.ts';
import { layoutOf, type CodedGroup } from './layout.ts';

/** Reads a design in blocks of rows. Parameters are the terms, then the intercept. */
export interface Pass {
  /** Parameters of the scores from here on; what was added before is forgotten. */
  begin(parameters: Float64Array): void;
  /** z = intercept + Σ β·term of the `count` rows from `from` on. */
  scores(from: number, count: number, z: Float64Array): void;
  /** Adds Σ r·term of these rows. */
  add(from: number, count: number, r: Float64Array): void;
  /** What was added, `scale` times, one number per parameter. */
  total(scale: number): Float64Array;
}

interface LookUp {
  readonly group: CodedGroup;
  /** Σ β·term by code, and Σ r of its rows. */
  readonly score: Float64Array;
  readonly mass: Float64Array;
}

export function passOver(design: Design): Pass {
  const { quantities, places, groups } = layoutOf(design);
  const lookUps = groups.map((group): LookUp => ({ group, score: new Float64Array(group.levels), mass: new Float64Array(group.levels) }));
  const terms = design.columns.length;
  const whole = quantities.length & ~3;
  const beta = new Float64Array(quantities.length);
  const sums = new Float64Array(quantities.length);
  let intercept = 0;
  let ones = 0;
  return {
    begin(parameters) {
      for (let k = 0; k < beta.length; k++) beta[k] = parameters[places[k]];
      intercept = parameters[terms];
      sums.fill(0);
      ones = 0;
      for (const { group, score, mass } of lookUps) {
        score.fill(0);
        mass.fill(0);
        group.tables.forEach((table, k) => addMultiple(score, parameters[group.terms[k]], table));
      }
    },
    scores(from, count, z) {
      z.fill(intercept, 0, count);
      for (let k = 0; k < whole; k += 4) {
        if (beta[k] === 0 && beta[k + 1] === 0 && beta[k + 2] === 0 && beta[k + 3] === 0) continue;
        scoreFour(z, from, count, quantities[k], beta[k], quantities[k + 1], beta[k + 1], quantities[k + 2], beta[k + 2], quantities[k + 3], beta[k + 3]);
      }
      for (let k = whole; k < beta.length; k++) if (beta[k] !== 0) scoreOne(z, from, count, quantities[k], beta[k]);
      for (const { group, score } of lookUps) {
        const { codes } = group;
        for (let i = 0; i < count; i++) z[i] += score[codes[from + i]];
      }
    },
    add(from, count, r) {
      // A variable of the closure would be written as an object for every row.
      let sum = 0;
      for (let i = 0; i < count; i++) sum += r[i];
      ones += sum;
      for (let k = 0; k < whole; k += 4) sumFour(sums, k, r, from, count, quantities[k], quantities[k + 1], quantities[k + 2], quantities[k + 3]);
      for (let k = whole; k < sums.length; k++) sums[k] += sumOne(r, from, count, quantities[k]);
      for (const { group, mass } of lookUps) {
        const { codes } = group;
        for (let i = 0; i < count; i++) mass[codes[from + i]] += r[i];
      }
    },
    total(scale) {
      const totals = new Float64Array(terms + 1);
      for (let k = 0; k < sums.length; k++) totals[places[k]] = scale * sums[k];
      for (const { group, mass } of lookUps) {
        group.tables.forEach((table, k) => {
          let sum = 0;
          for (let level = 0; level < mass.length; level++) sum += mass[level] * table[level];
          totals[group.terms[k]] = scale * sum;
        });
      }
      totals[terms] = scale * ones;
      return totals;
    },
  };
}

function addMultiple(out: Float64Array, factor: number, values: Float64Array): void {
  if (factor === 0) return;
  for (let k = 0; k < out.length; k++) out[k] += factor * values[k];
}

function scoreFour(z: Float64Array, from: number, count: number, a: Float64Array, u: number, b: Float64Array, v: number, c: Float64Array, w: number, d: Float64Array, x: number): void {
  for (let i = 0; i < count; i++) {
    const row = from + i;
    z[i] += u * a[row] + v * b[row] + (w * c[row] + x * d[row]);
  }
}

function scoreOne(z: Float64Array, from: number, count: number, a: Float64Array, u: number): void {
  for (let i = 0; i < count; i++) z[i] += u * a[from + i];
}

function sumFour(sums: Float64Array, at: number, r: Float64Array, from: number, count: number, a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < count; i++) {
    const row = from + i;
    const ri = r[i];
    s0 += ri * a[row];
    s1 += ri * b[row];
    s2 += ri * c[row];
    s3 += ri * d[row];
  }
  sums[at] += s0;
  sums[at + 1] += s1;
  sums[at + 2] += s2;
  sums[at + 3] += s3;
}

function sumOne(r: Float64Array, from: number, count: number, a: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += r[i] * a[from + i];
  return sum;
}
