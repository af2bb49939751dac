/** Experiments as tags see them: which there are, and what the newest evaluation of each says. */
import type { Store } from '../store/connection.ts';
import type { DefinitionWords } from '../store/repositories/tagDefinitions.ts';
import { selectRows } from '../store/repositories/bulk.ts';

/** Plain data, kept in the plan of a run. */
export interface ServedExperiment {
  readonly key: string;
  readonly label: DefinitionWords;
  readonly responseDays: number;
  readonly unit: 'points' | 'currency';
  /** Of the newest evaluation; null before the first one. */
  readonly version: number | null;
  /** Whether customers may be ranked by it. */
  readonly rankable: boolean;
  /** Mean outcome without treatment. */
  readonly naturalMean: number;
  /** The model cannot be read, or needs features that are gone. */
  readonly paused?: boolean;
}

/** Those that began last first. A version of an experiment that was deleted and made again serves nothing. */
export async function liveUplift(store: Pick<Store, 'db'>): Promise<ServedExperiment[]> {
  return selectRows<ServedExperiment>(
    store.db,
    `SELECT e.key, e.label, e.response_days AS "responseDays", CASE WHEN e.outcome ->> 'kind' = 'revenue' THEN 'currency' ELSE 'points' END AS unit, m.version,
       coalesce((m.envelope ->> 'rankable')::boolean, false) AS rankable, coalesce((m.envelope ->> 'naturalMean')::float8, 0) AS "naturalMean"
     FROM experiments e LEFT JOIN (model_aliases a JOIN models m ON m.name = a.name AND m.version = a.version)
       ON a.name = 'uplift_' || e.key AND a.alias = 'champion' AND (m.envelope ->> 'experimentCreatedAt')::int8 = floor(extract(epoch FROM e.created_at) * 1000)::int8
     ORDER BY e.starts_on DESC, e.key`);
}
