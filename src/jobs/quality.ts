/** Checks the data: every enabled rule is evaluated, results are kept by day, and alerts open and close. */
import { AppError, describeError, throwIfCancelled } from '../base/errors.ts';
import { addDays, startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { stepAlert } from '../quality/alerts.ts';
import { evaluateQuality } from '../quality/evaluate.ts';
import type { QualityResult } from '../quality/evaluate.ts';
import { loadQualityRules, qualityRuleNamed } from '../quality/rules.ts';
import type { ShopRule } from '../quality/rules.ts';
import type { QualityRule } from '../quality/schema.ts';
import type { Store } from '../store/connection.ts';
import { listAlerts, openAlert, saveQualityResults, updateAlert } from '../store/repositories/quality.ts';
import { loadCatalogue } from '../tags/catalogue/catalogue.ts';

export interface QualityDeps {
  readonly store: Store;
  readonly timeZone: string;
  readonly names?: Pick<ConditionNames, 'attributes' | 'eventKinds'>;
  readonly signal?: AbortSignal;
}

export interface QualityReport {
  readonly day: LocalDate;
  readonly results: readonly QualityResult[];
  /** Rules whose alert opened or closed with this evaluation. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Broken rules that want the night to wait. */
  readonly holds: readonly string[];
}

/** Never later than the clock, and for a shop whose data end in the past the end of its last day. */
function momentOf(store: Store, today: LocalDate, timeZone: string): number {
  return Math.min(store.clock.now(), startOfDay(addDays(today, 1), timeZone));
}

/** Evaluates one rule that need not be saved, or some that are; nothing is kept. */
export async function previewQuality(deps: QualityDeps, today: LocalDate, rules: readonly QualityRule[]): Promise<QualityResult[]> {
  const { store, timeZone, signal } = deps;
  const { names } = await loadCatalogue(store.db, deps.names);
  return evaluateQuality(store, rules, { now: momentOf(store, today, timeZone), clock: store.clock.now(), timeZone, names, ...(signal === undefined ? {} : { signal }) });
}

async function judge(store: Store, day: LocalDate, rules: readonly ShopRule[], results: readonly QualityResult[]): Promise<Pick<QualityReport, 'opened' | 'closed'>> {
  const [opened, closed]: [string[], string[]] = [[], []];
  await store.db.transaction(async (trx) => {
    // Two checks at the same time take turns, so that an alert is opened and counted once.
    await trx.raw('LOCK TABLE quality_alerts IN SHARE ROW EXCLUSIVE MODE');
    await saveQualityResults(trx, results.map((result) => ({ ...result, day })), store.clock.now());
    const open = new Map((await listAlerts(trx, { open: true, limit: 10_000 })).map((alert) => [alert.key, alert]));
    for (const result of results) {
      const step = stepAlert(open.get(result.key), result, rules.find(({ key }) => key === result.key)?.mostBad ?? 0, day);
      if (step.do === 'open') {
        await openAlert(trx, result.key, day, step.worst);
        opened.push(result.key);
      } else if (step.do === 'update') {
        await updateAlert(trx, step.alert);
        if (step.alert.closedOn !== null) closed.push(result.key);
      }
    }
    // Nobody waits for a rule that is not evaluated any more.
    for (const alert of open.values()) {
      if (rules.some(({ key }) => key === alert.key)) continue;
      await updateAlert(trx, { ...alert, closedOn: day < alert.openedOn ? alert.openedOn : day });
      closed.push(alert.key);
    }
  });
  return { opened, closed };
}

/**
 * @param keys rules to evaluate, whatever their status; absent: every enabled one, and alerts of others close
 * @throws AppError `not_found` for a key, `cancelled`
 */
export async function checkQuality(deps: QualityDeps, today: LocalDate, keys?: readonly string[]): Promise<QualityReport> {
  const { store } = deps;
  const all = await loadQualityRules(store);
  const enabled = all.filter(({ status }) => status === 'enabled');
  const chosen = keys === undefined ? enabled : keys.map((key) => qualityRuleNamed(all, key));
  const results = await previewQuality(deps, today, chosen);
  const { opened, closed } = await judge(store, today, keys === undefined ? enabled : all, results);
  return { day: today, results, opened, closed, holds: results.filter(({ key, state }) => state === 'bad' && (chosen.find((rule) => rule.key === key)?.holdsNight ?? false)).map(({ key }) => key) };
}

export type NightQuality = Omit<QualityReport, 'results'> | { readonly failure: { readonly code: string; readonly message: string } };

/** Before a night. A check that cannot be made is said and holds nothing. @throws AppError `run_held` where a broken rule was declared to hold the night and `force` is not set, `cancelled` */
export async function checkBeforeNight(deps: QualityDeps, today: LocalDate, force: boolean): Promise<NightQuality> {
  let report: QualityReport;
  try {
    report = await checkQuality(deps, today);
  } catch (error) {
    throwIfCancelled(deps.signal, 'Checking the data');
    const { code, message } = describeError(error);
    return { failure: { code, message } };
  }
  if (!force) refuseWhileBroken(report);
  const { results: _results, ...kept } = report;
  return kept;
}

/** The night waits only where a rule was declared to hold it. @throws AppError `run_held` */
function refuseWhileBroken({ holds, day }: QualityReport): void {
  if (holds.length === 0) return;
  throw new AppError('run_held', `The night of ${day} waits: broken data-quality rules that hold it: ${holds.join(', ')}. Yesterday's tags stay.`, {
    details: { rules: [...holds] }, hint: 'Look with `tagcast quality status`, mend the data and import again; or go on all the same with `tagcast nightly --force`.',
  });
}
