/**
 * Evaluates rule tags when events arrive: only rules that look at their kinds, only customers whom they belong to. Rules are evaluated as of the end of today,
 * so that an event of this minute counts; tomorrow's night comes to the same answer.
 */
import { throwIfCancelled } from '../base/errors.ts';
import { addDays, startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import { horizonOf } from '../store/snapshot/source.ts';
import { loadCatalogue, namesWhileEvaluating } from '../tags/catalogue/catalogue.ts';
import type { Catalogue } from '../tags/catalogue/catalogue.ts';
import { ruleLevels, touchedBy } from '../tags/rules/levels.ts';
import { publishRules } from '../tags/rules/publish.ts';
import { stageRules } from '../tags/rules/stage.ts';
import type { RulesDeps } from './rules.ts';
import type { Knex } from 'knex';

/** Rows on the stage that belong to no run: only the transaction that holds the watermark has any, and none outlive it. */
const ON_EVENTS = 0;
const WATERMARK = 'rules';
/** Customers of one statement. */
const BATCH = 5_000;

export interface OnEventsReport {
  readonly customers: number;
  /** Rules that were evaluated for at least one customer. */
  readonly rules: number;
  readonly changed: number;
  readonly entered: number;
  readonly left: number;
}

interface Touched {
  readonly kinds: readonly string[];
  readonly customers: readonly number[];
}

const NOTHING: OnEventsReport = { customers: 0, rules: 0, changed: 0, entered: 0, left: 0 };

/** Customers by the set of kinds of their new events: each set decides which rules can come out otherwise. */
function grouped(rows: readonly { readonly customerId: number; readonly kinds: readonly string[] }[]): Touched[] {
  const groups = new Map<string, { kinds: readonly string[]; customers: number[] }>();
  for (const { customerId, kinds } of rows) {
    const key = kinds.join('|');
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { kinds, customers: [] }));
    group.customers.push(customerId);
  }
  return [...groups.values()];
}

async function stageTouched(trx: Knex, deps: RulesDeps, catalogue: Catalogue, groups: readonly Touched[], today: LocalDate): Promise<{ versions: Record<number, number>; customers: number }> {
  const enabled = catalogue.rules.filter(({ status }) => status === 'enabled');
  const tomorrow = addDays(today, 1);
  const known = catalogue.rules.map(({ id }) => id);
  const versions: Record<number, number> = {};
  let looked = 0;
  for (const { kinds, customers } of groups) {
    const rules = touchedBy(enabled, kinds);
    if (rules.length === 0) continue;
    for (const { id, version } of rules) versions[id] = version;
    const context = { asOf: startOfDay(tomorrow, deps.timeZone), timeZone: deps.timeZone, names: namesWhileEvaluating(catalogue.names, rules, tomorrow) };
    for (let at = 0; at < customers.length; at += BATCH) {
      throwIfCancelled(deps.signal, 'Evaluating rule tags');
      const ids = customers.slice(at, at + BATCH);
      for (const level of ruleLevels(rules)) await stageRules(trx, level, { ...context, runId: ON_EVENTS, known, customers: { ids } });
      looked += ids.length;
    }
  }
  return { versions, customers: looked };
}

async function evaluateTouched(trx: Knex.Transaction, deps: RulesDeps, rows: readonly { customerId: number; kinds: readonly string[] }[], today: LocalDate): Promise<OnEventsReport> {
  if (rows.length === 0) return NOTHING;
  if (deps.store.dialect === 'postgres') await trx.raw(`select set_config('jit', 'off', true)`);
  await trx.raw('DELETE FROM staged_rules WHERE run_id = ?', [ON_EVENTS]);
  const catalogue = await loadCatalogue(trx, deps.names);
  const { versions, customers } = await stageTouched(trx, deps, catalogue, grouped(rows), today);
  if (customers === 0) return NOTHING;
  const published = await publishRules(trx, { runId: ON_EVENTS, cause: 'events', asOf: addDays(today, 1), changedOn: today, versions, customers, full: false, at: deps.clock.now() });
  return { customers, rules: Object.keys(versions).length, changed: published.changed, entered: published.entered, left: published.left };
}

const PER_CUSTOMER = `SELECT customer_id AS "customerId", array_agg(DISTINCT kind ORDER BY kind) AS kinds FROM events`;

/**
 * Works on everything that has arrived since the last call, late events included. The first call only notes where it stands: the night has evaluated everybody.
 * The watermark moves in the same transaction as the tags, so nothing is skipped and a killed call is simply repeated.
 */
export async function evaluateNewEvents(deps: RulesDeps, today: LocalDate): Promise<OnEventsReport> {
  const { complete } = await horizonOf(deps.store);
  return deps.store.db.transaction(async (trx) => {
    await trx.raw('INSERT INTO watermarks (name, transaction_id) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', [WATERMARK, complete]);
    const [mark] = await selectRows<{ from: string }>(trx, 'SELECT transaction_id::text AS "from" FROM watermarks WHERE name = ? FOR UPDATE', [WATERMARK]);
    if (mark === undefined || BigInt(mark.from) >= BigInt(complete)) return NOTHING;
    const rows = await selectRows<{ customerId: number; kinds: string[] }>(
      trx, `${PER_CUSTOMER} WHERE (ingest_xid::text::bigint) >= ?::bigint AND (ingest_xid::text::bigint) < ?::bigint AND occurred_at < ? GROUP BY customer_id ORDER BY customer_id`,
      [mark.from, complete, new Date(startOfDay(addDays(today, 1), deps.timeZone)).toISOString()]);
    const report = await evaluateTouched(trx, deps, rows, today);
    await trx.raw('UPDATE watermarks SET transaction_id = ? WHERE name = ?', [complete, WATERMARK]);
    return report;
  });
}

/** After a night, which knows nothing of the day that has begun: everybody with events of today once more. */
export async function evaluateToday(deps: RulesDeps, today: LocalDate): Promise<OnEventsReport> {
  const { complete } = await horizonOf(deps.store);
  return deps.store.db.transaction(async (trx) => {
    // The same lock as for new events: the two take turns.
    await trx.raw('INSERT INTO watermarks (name, transaction_id) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', [WATERMARK, complete]);
    await trx.raw('SELECT FROM watermarks WHERE name = ? FOR UPDATE', [WATERMARK]);
    const rows = await selectRows<{ customerId: number; kinds: string[] }>(
      trx, `${PER_CUSTOMER} WHERE occurred_at >= ? AND occurred_at < ? GROUP BY customer_id ORDER BY customer_id`,
      [new Date(startOfDay(today, deps.timeZone)).toISOString(), new Date(startOfDay(addDays(today, 1), deps.timeZone)).toISOString()]);
    return evaluateTouched(trx, deps, rows, today);
  });
}
