/** The one moment at which the predictions of the last period are known: what a model's report is made from. */
import type { Task } from '../estimators/contract.ts';
import type { Served, Serving } from '../estimators/serving.ts';
import type { Random } from '../base/random.ts';
import type { LocalDate } from '../base/time.ts';
import type { Fitted } from './candidate.ts';
import type { HeadComparison } from './champion/schema.ts';
import type { Dataset } from './dataset.ts';
import type { TimeSplit } from './splits.ts';
import type { BrierByDay } from './waitingScores.ts';

/** A candidate as it stood its test. */
export interface TestedCandidate {
  readonly fitted: Fitted;
  /** With the level that held on the test cut-off. */
  readonly serving: Serving;
  /** Of the rows of the test period. */
  readonly served: Served;
  /** Waiting times: over everyone of the test period, those who did not come back among them. */
  readonly brier?: BrierByDay;
  /** Waiting times: what is served to everyone of the test period (a sample in a large shop), as on any day, when nobody knows who will come back. */
  readonly everyone?: Float64Array;
}

export interface TestedHead {
  readonly task: Task;
  readonly split: TimeSplit;
  /** First day that training does not know. */
  readonly end: LocalDate;
  readonly test: Dataset;
  /** What the tested fits learned from; absent where they needed no labels. */
  readonly learned?: Dataset;
  /** The candidate that serves from now on, and the simple rule beside it: the same where nothing beat the rule. */
  readonly winner: TestedCandidate;
  readonly baseline: TestedCandidate;
  /** With the version that serves, where there is one. */
  readonly comparison?: HeadComparison;
  /** A stream of its own: what is drawn from it changes no model. */
  readonly rng: Random;
}
