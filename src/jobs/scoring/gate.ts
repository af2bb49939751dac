/** The hold gate: what must be true of a scored run before its tags replace yesterday's. */
import type { Store } from '../../store/connection.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import type { LoadedModel } from '../../scoring/model.ts';
import type { HeadSummary } from '../../store/repositories/scores.ts';
import type { ScoringLimits } from './deps.ts';

export interface HoldReason {
  readonly code: 'empty_answer' | 'too_few_customers' | 'too_many_flips' | 'no_variance';
  /** What was measured and what was allowed, in words. */
  readonly message: string;
}

/** Heads with at least this many scores cannot all say the same by chance. */
const LEAST_FOR_VARIANCE = 50;
/** Flips among fewer customers than this say nothing. */
const LEAST_FOR_FLIPS = 20;

/** Estimators that read no column, or one of few values: in a shop where it is the same for everyone they rightly say the same of everyone. */
const MAY_SAY_ONE_THING = new Set(['base_rate', 'column_rule', 'shifted_beta_geometric']);

/** Heads that cannot say the same of everyone unless something is wrong. */
export function varyingHeads(heads: readonly HeadSummary[], models: readonly LoadedModel[]): readonly HeadSummary[] {
  return heads.filter(({ model, horizonDays }) => models.some(({ name, heads: loaded }) => name === model && loaded.some(({ head }) => head.horizonDays === horizonDays && !MAY_SAY_ONE_THING.has(head.estimator))));
}

export interface GateFacts {
  /** Customers of the store in the run's range. */
  readonly customers: number;
  /** Customers with facts. */
  readonly answered: number;
  readonly heads: readonly HeadSummary[];
  /** Customers answered in the last finished run of an earlier day; undefined without one. */
  readonly answeredBefore: number | undefined;
  /** Customers with a churn band before and now, and how many of them would change it. */
  readonly compared: number;
  readonly flips: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function holdReasons(facts: GateFacts, limits: ScoringLimits): HoldReason[] {
  const reasons: HoldReason[] = [];
  if (facts.customers > 0 && facts.answered === 0) {
    reasons.push({ code: 'empty_answer', message: `the engine answered for none of ${facts.customers} customers` });
  } else if (facts.answeredBefore !== undefined && facts.answered < limits.leastCustomersShare * facts.answeredBefore) {
    reasons.push({ code: 'too_few_customers', message: `${facts.answered} customers were scored after ${facts.answeredBefore} in the run before; at least ${percent(limits.leastCustomersShare)} of them are expected` });
  }
  if (facts.compared >= LEAST_FOR_FLIPS && facts.flips > limits.mostFlips * facts.compared) {
    reasons.push({ code: 'too_many_flips', message: `${facts.flips} of ${facts.compared} customers (${percent(facts.flips / facts.compared)}) would change their churn band; at most ${percent(limits.mostFlips)} are expected` });
  }
  for (const { model, horizonDays, customers, grid } of facts.heads) {
    if (customers >= LEAST_FOR_VARIANCE && grid !== null && grid[0] === grid[grid.length - 1]) {
      reasons.push({ code: 'no_variance', message: `all ${customers} customers got the same score from ${model} (${horizonDays} days)` });
    }
  }
  return reasons;
}

/** Published churn bands of an earlier day against the stage. */
export async function bandFlips(store: Store, runId: number, asOf: string): Promise<{ compared: number; flips: number }> {
  const [row] = await selectRows<{ compared: number; flips: number }>(
    store.db,
    `SELECT count(*) AS compared, count(*) FILTER (WHERE o.band IS DISTINCT FROM s.band) AS flips
     FROM staged_tags s JOIN customer_tags o ON o.customer_id = s.customer_id AND o.tag_key = s.tag_key
     WHERE s.run_id = ? AND s.tag_key = 'churn_risk_band' AND s.status = 'ok' AND o.status = 'ok' AND o.as_of < ?::date`,
    [runId, asOf],
  );
  return row ?? { compared: 0, flips: 0 };
}

/** Customers answered by the last finished run of an earlier day. */
export async function answeredBefore(store: Store, job: string, asOf: string): Promise<number | undefined> {
  const [row] = await selectRows<{ customers: number | null }>(
    store.db,
    `SELECT (details #>> '{report,customers}')::bigint AS customers FROM runs WHERE job = ? AND state = 'done' AND as_of < ?::date ORDER BY as_of DESC LIMIT 1`,
    [job, asOf],
  );
  return row?.customers ?? undefined;
}
