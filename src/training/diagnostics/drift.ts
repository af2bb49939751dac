/**
 * Which features of the test period lie elsewhere than in the periods that were learned from.
 *
 * A population stability index of 0.1 says nothing by itself: with few customers chance alone reaches it, with many a far smaller one is real. Two thresholds are
 * measured instead. `noise`: what the index stays below by chance. Rows of one customer hang together, across cut-offs and across both sides, so the index is a
 * quadratic form of correlated shares; its distribution without any change has the mean tr(D⁻¹V) and the variance 2·tr((D⁻¹V)²), V the covariance of the
 * differences summed over customers, D the shares, and is taken as a scaled χ² with both (Rao & Scott 1981, 1984). `usual`: the most that the same index was
 * between earlier periods. Beyond chance is `moved`; beyond both is `drifted`.
 */
import { addDays } from '../../base/time.ts';
import { chiSquaredQuantile, populationStability } from '../../math/metrics/index.ts';
import { argsort, distribution, upperBound, weightedQuantile } from '../../math/stats/index.ts';
import { customerSample } from '../customerSample.ts';
import type { Dataset } from '../dataset.ts';
import { median } from './contributions.ts';
import { tidy } from './curves.ts';
import type { HeadDiagnostics } from './schema.ts';

type Drift = NonNullable<HeadDiagnostics['drift']>;

/** Chance that any of the features is called moved where nothing has moved. */
const FALSE_ALARMS = 0.05;
const BINS = 10;
/** Rows of both sides together that are looked at: whole customers, drawn by their id. Enough for an index of 0.01, and bounded for a shop of millions. */
const MOST_ROWS = 60_000;
const LEAST_ROWS = 50;
const SHOWN = 20;
/** Where too few earlier periods show what is usual, an index below this is not called drift. */
const UNKNOWN_USUAL = 0.1;

/** Whether all rows of a period have the same value in every period: the time of year, say. It always lies elsewhere and tells nothing of the customers. */
function ofTheCalendar(values: Float64Array, { period }: Dataset): boolean {
  const first = new Map<number, number>();
  return values.every((value, row) => {
    const known = first.get(period[row]);
    if (known === undefined) first.set(period[row], value);
    return known === undefined || Object.is(known, value) || known === value;
  });
}

/** Rows grouped by customer: those of `customer` c are `rows[starts[c]] … rows[starts[c + 1] − 1]`; learned rows come first, test rows are counted on from them. */
interface Clusters {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

function clustersOf(learned: Dataset, test: Dataset): Clusters {
  const ids = new Float64Array(learned.y.length + test.y.length);
  ids.set(learned.customerIds);
  ids.set(test.customerIds, learned.y.length);
  const kept = argsort(ids);
  const starts: number[] = [];
  kept.forEach((row, i) => { if (i === 0 || ids[row] !== ids[kept[i - 1]]) starts.push(i); });
  starts.push(kept.length);
  return { starts: Int32Array.from(starts), rows: kept };
}

/** Upper ends of at most ten bins of equal mass, by the learned values; equal values share a bin. */
function binEnds(values: Float64Array): Float64Array {
  const sorted = distribution(values);
  if (sorted.values.length === 0) return new Float64Array();
  const ends = Array.from({ length: BINS - 1 }, (_, i) => weightedQuantile(sorted, (i + 1) / BINS));
  return Float64Array.from([...new Set(ends)].filter((end) => end > sorted.values[0]));
}

export function driftOf(allLearned: Dataset, allTest: Dataset, windowDays: number): HeadDiagnostics['drift'] {
  const share = MOST_ROWS / (allLearned.y.length + allTest.y.length);
  // The same customers on both sides.
  const [learned, test] = [customerSample(allLearned, share), customerSample(allTest, share)];
  if (learned.y.length < LEAST_ROWS || test.y.length < LEAST_ROWS) return null;
  const clusters = clustersOf(learned, test);
  const checked = learned.x.columns.flatMap((column, c) => {
    const ends = binEnds(column.values);
    const testColumn = test.x.columns[c];
    if (ofTheCalendar(column.values, learned) && ofTheCalendar(testColumn.values, test)) return [];
    const binOf = (value: number): number => (Number.isNaN(value) ? ends.length + 1 : upperBound(ends, value));
    const bins = new Uint8Array(learned.y.length + test.y.length);
    column.values.forEach((value, row) => { bins[row] = binOf(value); });
    testColumn.values.forEach((value, row) => { bins[learned.y.length + row] = binOf(value); });
    const measured = measure(bins, ends.length + 2, learned.y.length, clusters);
    return measured === undefined ? [] : [{ name: column.name, bins, ...measured, values: [column.values, testColumn.values] as const }];
  });
  // Šidák: all features together raise a false alarm as seldom as promised.
  const level = (1 - FALSE_ALARMS) ** (1 / Math.max(1, checked.length));
  const features = checked.map(({ name, bins, psi, mean, variance, values }) => {
    const noise = variance > 0 ? (variance / (2 * mean)) * chiSquaredQuantile((2 * mean * mean) / variance, level) : 0;
    const usual = psi > noise ? usualMovement(learned, bins, windowDays) : undefined;
    const verdict = psi <= noise ? ('stable' as const) : psi <= (usual ?? UNKNOWN_USUAL) ? ('moved' as const) : ('drifted' as const);
    return { name, psi: tidy(psi), noise: tidy(noise), usual: usual === undefined ? null : tidy(usual), verdict, ...compared(values[0], values[1]) };
  });
  const rank = (one: Drift['features'][number]): number => (one.verdict === 'drifted' ? 2 : one.verdict === 'moved' ? 1 : 0);
  return {
    rows: { learned: allLearned.y.length, test: allTest.y.length },
    falseAlarms: FALSE_ALARMS,
    checked: features.length,
    moved: features.filter(({ verdict }) => verdict === 'moved').length,
    drifted: features.filter(({ verdict }) => verdict === 'drifted').length,
    features: features.sort((a, b) => rank(b) - rank(a) || b.psi - b.noise - (a.psi - a.noise) || (a.name < b.name ? -1 : 1)).slice(0, SHOWN),
  };
}

function compared(learned: Float64Array, test: Float64Array): Pick<Drift['features'][number], 'median' | 'missing'> {
  const middle = (values: Float64Array): number | null => {
    const value = median(values);
    return Number.isNaN(value) ? null : tidy(value);
  };
  const missing = (values: Float64Array): number => tidy(values.filter((value) => Number.isNaN(value)).length / Math.max(1, values.length));
  return { median: { learned: middle(learned), test: middle(test) }, missing: { learned: missing(learned), test: missing(test) } };
}

/** The index, and mean and variance of its distribution without change. Undefined for a column that is the same everywhere. */
function measure(bins: Uint8Array, size: number, learnedRows: number, { starts, rows }: Clusters): { psi: number; mean: number; variance: number } | undefined {
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  for (const row of rows) (row < learnedRows ? first : second)[bins[row]]++;
  const n = first.reduce((sum, v) => sum + v, 0);
  const m = second.reduce((sum, v) => sum + v, 0);
  const shares = first.map((v, b) => (v + second[b]) / (n + m));
  if (n === 0 || m === 0 || shares.filter((share) => share > 0).length < 2) return undefined;
  const covariance = new Float64Array(size * size);
  const z = new Float64Array(size);
  for (let c = 0; c + 1 < starts.length; c++) {
    z.fill(0);
    let [own, other] = [0, 0];
    for (let i = starts[c]; i < starts[c + 1]; i++) {
      const isLearned = rows[i] < learnedRows;
      z[bins[rows[i]]] += isLearned ? 1 / n : -1 / m;
      if (isLearned) own++;
      else other++;
    }
    // How far the customer's rows lie from what so many rows would give on either side.
    for (let b = 0; b < size; b++) z[b] -= ((own / n) * first[b]) / n - ((other / m) * second[b]) / m;
    for (let a = 0; a < size; a++) if (z[a] !== 0) for (let b = a; b < size; b++) covariance[a * size + b] += z[a] * z[b];
  }
  let [mean, squares] = [0, 0];
  for (let a = 0; a < size; a++) {
    if (shares[a] === 0) continue;
    mean += covariance[a * size + a] / shares[a];
    for (let b = a; b < size; b++) if (shares[b] > 0) squares += ((b === a ? 1 : 2) * covariance[a * size + b] ** 2) / (shares[a] * shares[b]);
  }
  return { psi: populationStability(first, second), mean, variance: 2 * squares };
}

const LEAST_COMPARISONS = 3;

/** The largest index between an earlier period and those whose label windows were over by then: the same comparison as with the test period, made earlier. */
function usualMovement({ period, cutoffs, y }: Dataset, bins: Uint8Array, windowDays: number): number | undefined {
  if (cutoffs.length > 40) return undefined;
  const size = bins.reduce((most, bin) => Math.max(most, bin), 0) + 1;
  const counts = cutoffs.map(() => new Float64Array(size));
  for (let row = 0; row < y.length; row++) counts[period[row]][bins[row]]++;
  const found: number[] = [];
  cutoffs.forEach((cutoff, k) => {
    const before = new Float64Array(size);
    cutoffs.forEach((earlier, j) => { if (addDays(earlier, windowDays) <= cutoff) counts[j].forEach((v, b) => { before[b] += v; }); });
    const enough = (part: Float64Array): boolean => part.reduce((sum, v) => sum + v, 0) >= LEAST_ROWS;
    if (enough(before) && enough(counts[k])) found.push(populationStability(before, counts[k]));
  });
  return found.length < LEAST_COMPARISONS ? undefined : Math.max(...found);
}
