/** How often the predicted next stage came true in this shop, beside two simple rules: nothing changes, and what the shop's customers in that stage did most the time before. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { addDays, daysBetween } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { lifecycleDays } from '../../store/repositories/lifecycleFlows.ts';
import { nightUpTo, stageOutcomes, stagePairs } from '../../store/repositories/lifecycleOutcomes.ts';
import type { StageOutcome } from '../../store/repositories/lifecycleOutcomes.ts';
import { NEXT_STAGE_TAG } from '../catalogue/lifecycle.ts';
import { STAGE_CODES } from './rules.ts';

export interface Hits {
  /** A stage on the day, or `all`. */
  readonly stage: string;
  readonly customers: number;
  /** Shares of them whose later stage was named. `matrix` is null without a history twice as long as the horizon. */
  readonly predicted: number;
  readonly stays: number;
  readonly matrix: number | null;
}

export interface StageAccuracy {
  readonly day: LocalDate;
  readonly later: LocalDate;
  readonly all: Hits;
  readonly byStage: readonly Hits[];
  /** Whether the tag was right more often than both rules. */
  readonly wins: boolean;
}

/** Of each stage the one that most customers went to. */
function mostFrequent(pairs: readonly Omit<StageOutcome, 'predicted'>[]): Map<string, string> {
  const best = new Map<string, { outcome: string; customers: number }>();
  for (const { stage, outcome, customers } of pairs) if (customers > (best.get(stage)?.customers ?? 0)) best.set(stage, { outcome, customers });
  return new Map([...best].map(([stage, { outcome }]) => [stage, outcome]));
}

export function hitsOf(stage: string, rows: readonly StageOutcome[], matrix: ReadonlyMap<string, string> | undefined): Hits {
  const customers = rows.reduce((sum, row) => sum + row.customers, 0);
  const share = (named: (row: StageOutcome) => string): number => (customers === 0 ? 0 : rows.reduce((sum, row) => sum + (named(row) === row.outcome ? row.customers : 0), 0) / customers);
  return { stage, customers, predicted: share((row) => row.predicted), stays: share((row) => row.stage), matrix: matrix === undefined ? null : share((row) => matrix.get(row.stage) ?? row.stage) };
}

/**
 * @param horizonDays what the tag predicted over
 * @param day the night to judge; absent: the newest whose outcome is known
 * @throws AppError `insufficient_data` where no night is old enough, with the day on which one will be
 */
export async function stageAccuracy(db: Knex, horizonDays: number, day?: LocalDate): Promise<StageAccuracy> {
  const days = await lifecycleDays(db);
  if (days === undefined) throw new AppError('insufficient_data', 'No night has published lifecycle stages yet.', { hint: 'Run `tagcast nightly`.' });
  const latest = addDays(days.last, -horizonDays);
  const night = await nightUpTo(db, day !== undefined && day < latest ? day : latest);
  const rows = night === undefined ? [] : await stageOutcomes(db, NEXT_STAGE_TAG.key, night, addDays(night, horizonDays));
  if (night === undefined || rows.length === 0) {
    throw new AppError('insufficient_data', `Nothing is known yet of what came ${horizonDays} days after a prediction: stages are there from ${days.first} to ${days.last}.`, {
      details: { first: days.first, last: days.last, horizonDays }, hint: `Ask again once nights have run for more than ${horizonDays} days, from ${addDays(days.first, horizonDays)} on at the earliest.`,
    });
  }
  const earlier = addDays(night, -horizonDays);
  const matrix = daysBetween(days.first, earlier) < 0 ? undefined : mostFrequent(await stagePairs(db, earlier, night));
  const all = hitsOf('all', rows, matrix);
  return {
    day: night, later: addDays(night, horizonDays), all, wins: all.predicted > all.stays && all.predicted > (all.matrix ?? 0),
    byStage: STAGE_CODES.flatMap((code) => { const own = rows.filter(({ stage }) => stage === code); return own.length === 0 ? [] : [hitsOf(code, own, matrix)]; }),
  };
}
