/** The rows that a search works on: parts of the training cut-offs. */
import type { Random } from '../../base/random.ts';
import { addDays } from '../../base/time.ts';
import { customerFolds } from '../candidate.ts';
import { datasetRows } from '../dataset.ts';
import type { Dataset } from '../dataset.ts';

const LEAST_JUDGED = 100;

/** Cut-offs whose label windows were over by the newest one fit, and the newest one judges; without any, three quarters and a quarter of the customers. */
export function splitForSearch(train: Dataset, windowDays: number, rng: Random): { fit: Dataset; judge: Dataset } | undefined {
  const newest = train.cutoffs.length - 1;
  const earlier = train.cutoffs.map((cutoff) => addDays(cutoff, windowDays) <= (train.cutoffs[newest] ?? cutoff));
  const pick = (wanted: (row: number) => boolean): Dataset => datasetRows(train, Int32Array.from(train.y.keys()).filter(wanted));
  const byTime = { fit: pick((row) => earlier[train.period[row]]), judge: pick((row) => train.period[row] === newest) };
  if (usable(byTime.fit) && usable(byTime.judge)) return byTime;
  const [judge, ...rest] = customerFolds(train, 4, rng.fork('search'));
  const kept = new Set(judge);
  const byCustomer = { fit: pick((row) => !kept.has(row)), judge: datasetRows(train, judge) };
  return rest.length > 0 && usable(byCustomer.fit) && usable(byCustomer.judge) ? byCustomer : undefined;
}

const usable = ({ y }: Dataset): boolean => y.length >= LEAST_JUDGED && y.some((value) => value > 0) && y.some((value) => value === 0 || value !== y[0]);

/** A share of the customers with all their rows; larger shares hold the smaller ones. */
export function sampleOf(data: Dataset, share: number, rng: Random): Dataset {
  const drawn = new Map<number, boolean>();
  return datasetRows(data, Int32Array.from(data.y.keys()).filter((row) => {
    const id = data.customerIds[row];
    let kept = drawn.get(id);
    if (kept === undefined) {
      kept = rng.fork('share', id).next() < share;
      drawn.set(id, kept);
    }
    return kept;
  }));
}
