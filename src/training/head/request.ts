/** What training one head is handed, and what passes between its steps. */
import type { Random } from '../../base/random.ts';
import type { LocalDate } from '../../base/time.ts';
import type { Serving } from '../../estimators/serving.ts';
import type { AnyEstimator, Fitted } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import type { HeadChampion } from '../champion/champion.ts';
import type { Candidate, ModelDefinition } from '../define.ts';
import type { SearchLedger } from '../search/ledger.ts';
import type { SearchLimit } from '../search/search.ts';
import type { TimeSplit } from '../splits.ts';
import type { TestedHead } from '../tested.ts';
import type { LeaderboardRow } from '../trained.ts';

export interface HeadRequest {
  readonly definition: ModelDefinition;
  readonly split: TimeSplit;
  /** First day that training does not know. */
  readonly end: LocalDate;
  readonly firstEvent: LocalDate;
  /** Stacked rows of the cut-offs; with `most`, of so many customers that there are not more rows. */
  readonly rowsAt: (cutoffs: readonly LocalDate[], most?: number) => Promise<Dataset>;
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly rng: Random;
  readonly signal?: AbortSignal;
  /** Threads that one fit may use, 1 when absent. */
  readonly threads?: number;
  readonly onStep?: (step: string) => void;
  /** How long to look for better parameters first, and what is known from before; absent: not at all. */
  readonly search?: { readonly limit: SearchLimit; readonly ledger: SearchLedger; readonly dataKey: string };
  /** Called with the candidates that a search has found, for the other horizons. */
  readonly onFound?: (candidates: readonly Candidate[]) => void;
  /** The version that serves, to be measured on the same test; absent: there is none, or it cannot be compared at all. */
  readonly champion?: HeadChampion;
  /** Called once, when the last period has been evaluated. */
  readonly onTested?: (tested: TestedHead) => void | Promise<void>;
  /** Milliseconds, for the leaderboard's seconds only. */
  readonly now?: () => number;
  /** The one candidate becomes the version even where the baseline beats it; grade and gate then say so. */
  readonly keepCandidate?: boolean;
}

/** Raw predictions of a candidate for rows it was not fitted on. */
export interface OutOfSample {
  readonly candidate: Candidate;
  readonly data: Dataset;
  readonly raw: Float64Array;
  readonly fitted: Fitted;
}

/** A candidate judged on rows that it was not fitted on. */
export interface Tried extends OutOfSample {
  readonly serving: Serving;
  readonly loss: Float64Array;
  readonly row: LeaderboardRow;
}

