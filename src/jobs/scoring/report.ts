/** What a scoring run tells about itself. The same numbers are kept in the run's row, so a finished run can be asked again. */
import type { RunRef, Run } from '../../store/repositories/runs.ts';
import type { RunPublished } from '../../tags/publish.ts';
import type { HoldReason } from './gate.ts';

export interface TagCount {
  readonly key: string;
  readonly status: string;
  readonly band: string | null;
  readonly customers: number;
}

export interface ScoreReport {
  /** `already_done`: nothing was changed by this call. */
  readonly state: 'done' | 'held' | 'already_done';
  readonly asOf: string;
  readonly runId: number;
  readonly fence: number;
  /** Customers with tags. */
  readonly customers: number;
  /** Customers set aside because their data could not be read or scored. */
  readonly failed: number;
  readonly optedOut: number;
  /** Versions pinned at the run's start. */
  readonly models: readonly { readonly name: string; readonly version: number }[];
  /** Models without a champion: their tags say `model_paused`. */
  readonly paused: readonly string[];
  /** `resumed`: chunks that an earlier attempt had finished. */
  readonly chunks: { readonly total: number; readonly resumed: number };
  /** Customers per tag, status and band, as staged. */
  readonly tags: readonly TagCount[];
  /** Why the run was held, or what `force` overrode; empty when nothing was wrong. */
  readonly hold: readonly HoldReason[];
  readonly published?: Omit<RunPublished, 'ended'> & { readonly ended?: number };
  readonly seconds?: { readonly score: number; readonly tags: number; readonly publish: number; readonly total: number };
}

export interface RunFigures {
  /** Customers of the store. */
  readonly all: number;
  readonly customers: number;
  readonly failed: number;
  readonly optedOut: number;
  readonly tags: readonly TagCount[];
}

export function reportOf(asOf: string, run: RunRef, pinned: Readonly<Record<string, number>>, declared: readonly string[], chunks: ScoreReport['chunks'], figures: RunFigures): ScoreReport {
  return {
    state: 'done', asOf, runId: run.runId, fence: run.fence, customers: figures.customers, failed: figures.failed, optedOut: figures.optedOut,
    models: Object.entries(pinned).map(([name, version]) => ({ name, version })),
    paused: declared.filter((name) => pinned[name] === undefined),
    chunks, tags: figures.tags, hold: [],
  };
}

/** For a run whose report was never written. */
export function emptyReport(run: Run): ScoreReport {
  return { state: 'held', asOf: run.asOf, runId: run.runId, fence: run.fence, customers: 0, failed: 0, optedOut: 0, models: [], paused: [], chunks: { total: 0, resumed: 0 }, tags: [], hold: [] };
}
