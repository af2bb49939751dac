/** The part of an evaluation that runs in a thread: arrays in, model and report out, no store. */
import { seededRandom } from '../../base/random.ts';
import type { UpliftData } from '../../estimators/uplift/index.ts';
import { trainUplift } from '../../training/uplift/train.ts';
import type { TrainedUplift } from '../../training/uplift/train.ts';

/** Plain data that threads can hand over. */
export interface UpliftTask {
  readonly experiment: string;
  readonly data: UpliftData;
  readonly chance: number;
  readonly seed: number;
}

export function runUpliftTask({ experiment, data, chance, seed }: UpliftTask): TrainedUplift {
  return trainUplift({ data, chance, rng: seededRandom(seed, 'uplift', experiment) });
}
