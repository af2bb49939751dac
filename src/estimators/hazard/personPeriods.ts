/**
 * Person-period rows (Allison 1982; Tutz & Schmid 2016, ch. 3): one row for each customer and each bin of waiting time in which the customer could still order, with
 * the target "ordered in this bin". A binary classifier on them estimates the discrete hazard P(order in bin | none before), whatever was censored.
 */
import type { Matrix } from '../../base/matrix.ts';
import { hashUniform } from '../../math/stats/index.ts';
import { gapDistribution, gapSurvival } from '../repurchaseCycle/gapModel.ts';
import type { GapModel } from '../repurchaseCycle/gapModel.ts';
import type { Rhythm } from '../repurchaseCycle/rhythm.ts';
import type { CanonicalOrder } from '../rows.ts';
import { exposure } from './bins.ts';

/**
 * Columns that depend on the bin, beside the customer's own: days waited by the middle of the bin, the whole silence by then, that silence ÷ the mean and ÷ the
 * recent gap (missing without gaps), and the log-odds of an order in the bin by the renewal model, which holds the shop's rhythm and everyone's shrunken own.
 */
export const BIN_COLUMNS = ['wait_days', 'wait_silence_days', 'wait_to_mean_gap', 'wait_to_recent_gap', 'wait_renewal_log_odds'] as const;

const MOST_LOG_ODDS = 12;

/** The {@link BIN_COLUMNS} of every bin of one row, written to `out[column]` at `at … at + ends.length − 1`. */
export function writeBinColumns(model: GapModel, rhythm: Rhythm, ends: readonly number[], out: readonly Float64Array[], at: number): void {
  const distribution = gapDistribution(model, rhythm);
  let before = gapSurvival(distribution, rhythm.silence);
  for (let k = 0; k < ends.length; k++) {
    const start = k === 0 ? 0 : ends[k - 1];
    const wait = (start + ends[k]) / 2;
    const since = rhythm.silence + wait;
    const after = gapSurvival(distribution, rhythm.silence + ends[k]);
    const logOdds = Math.log(Math.max(before - after, 1e-300) / after);
    out[0][at + k] = wait;
    out[1][at + k] = since;
    out[2][at + k] = rhythm.gaps > 0 ? since / rhythm.mean : Number.NaN;
    out[3][at + k] = rhythm.gaps > 0 ? since / rhythm.recent : Number.NaN;
    out[4][at + k] = Math.max(-MOST_LOG_ODDS, Math.min(MOST_LOG_ODDS, logOdds));
    before = after;
  }
}

type Sample = Pick<CanonicalOrder, 'rows' | 'y' | 'weights' | 'hashes'>;

/** The expanded rows of a censored sample: which row, which bin, whether the order came, and how much the row counts. */
export interface PersonPeriods {
  readonly rows: Int32Array;
  readonly bins: Uint8Array;
  readonly y: Float64Array;
  readonly weights: Float64Array;
  /** Share of the rows without an order that was kept. */
  readonly kept: number;
}

/**
 * All (row, bin) pairs at risk. With more than `most`, rows without an order are thinned by their hash and weigh the more, so that hazards stay what they are
 * (King & Zeng 2001, weighting); rows with an order are all kept. A wait that ends inside a bin without an order counts for the share of the bin that it passed.
 * Weights are whole numbers of 1024ths, which sums keep exactly.
 */
export function personPeriods(data: Sample, seen: ArrayLike<number>, ends: readonly number[], most: number, seed: number): PersonPeriods {
  let [orders, quiet] = [0, 0];
  // Counted by weight, so that a row twice and a row of weight 2 are thinned alike.
  each(data, seen, ends, (row, _bin, ordered) => {
    if (ordered) orders += data.weights[row];
    else quiet += data.weights[row];
  });
  const kept = orders + quiet <= most ? 1 : Math.max(0.01, (most - orders) / quiet);
  // The draw is the row's and the bin's, so copies of a row come and go together.
  const stays = (row: number, k: number, ordered: boolean): boolean => ordered || kept === 1 || hashUniform(data.hashes[row], (seed + Math.imul(k, 0x9e3779b1)) >>> 0) < kept;
  let count = 0;
  each(data, seen, ends, (row, k, ordered) => {
    if (stays(row, k, ordered)) count++;
  });
  const result = { rows: new Int32Array(count), bins: new Uint8Array(count), y: new Float64Array(count), weights: new Float64Array(count), kept };
  let at = 0;
  each(data, seen, ends, (row, k, ordered, share) => {
    if (!stays(row, k, ordered)) return;
    result.rows[at] = row;
    result.bins[at] = k;
    result.y[at] = ordered ? 1 : 0;
    result.weights[at++] = data.weights[row] * (ordered ? 1 : Math.max(1, Math.round((1024 * share) / kept)) / 1024);
  });
  return result;
}

function each(data: Sample, seen: ArrayLike<number>, ends: readonly number[], visit: (row: number, bin: number, ordered: boolean, share: number) => void): void {
  for (let row = 0; row < data.rows; row++) {
    for (let k = 0; k < ends.length; k++) {
      const share = exposure(ends, k, data.y[row]);
      if (share === 0) break;
      const ordered = seen[row] === 1 && data.y[row] <= ends[k];
      visit(row, k, ordered, share);
      if (ordered) break;
    }
  }
}

/** The classifier's matrix of chosen (row, bin) pairs. `rows` ascend; `rhythm` reads a row of `columns`. */
export function expandedPairs(columns: Matrix['columns'], rhythm: (row: number) => Rhythm, model: GapModel, ends: readonly number[], { rows, bins }: Pick<PersonPeriods, 'rows' | 'bins'>): Matrix {
  const own = columns.map((column) => ({ ...column, values: Float64Array.from(rows, (row) => column.values[row]) }));
  const one = BIN_COLUMNS.map(() => new Float64Array(ends.length));
  const more = BIN_COLUMNS.map((name) => ({ name, values: new Float64Array(rows.length) }));
  for (let i = 0; i < rows.length; i++) {
    if (i === 0 || rows[i] !== rows[i - 1]) writeBinColumns(model, rhythm(rows[i]), ends, one, 0);
    more.forEach(({ values }, c) => (values[i] = one[c][bins[i]]));
  }
  return { rows: rows.length, columns: [...own, ...more] };
}

/** The classifier's matrix of rows [from, until) in every bin, row-major rows × bins. */
export function expandedBlock(columns: Matrix['columns'], rhythm: (row: number) => Rhythm, model: GapModel, ends: readonly number[], from: number, until: number): Matrix {
  const bins = ends.length;
  const total = (until - from) * bins;
  const own = columns.map((column) => {
    const repeated = new Float64Array(total);
    for (let row = from; row < until; row++) repeated.fill(column.values[row], (row - from) * bins, (row - from + 1) * bins);
    return { ...column, values: repeated };
  });
  const more = BIN_COLUMNS.map((name) => ({ name, values: new Float64Array(total) }));
  const blocks = more.map(({ values }) => values);
  for (let row = from; row < until; row++) writeBinColumns(model, rhythm(row), ends, blocks, (row - from) * bins);
  return { rows: total, columns: [...own, ...more] };
}
