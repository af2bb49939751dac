/** Usefulness reports of tags: how many have one, how it is spread, what changed since last week, who uses it, and what it told of later orders (docs/adr/tag-reports.md). */
import { addDays } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import type { Progress } from '../../base/progress.ts';
import { populationStability, stabilityNoise } from '../../math/metrics/stability.ts';
import type { Store } from '../../store/connection.ts';
import { binCounts } from '../../store/repositories/tagCounts.ts';
import { firstReportDays, tagReportsUntil } from '../../store/repositories/tagReports.ts';
import type { ChangeCount, OutcomeCount } from '../../store/repositories/tagStates.ts';
import type { Catalogue } from '../../tags/catalogue/catalogue.ts';
import type { TagDefinition } from '../../tags/catalogue/definition.ts';
import { usersOfTags } from '../../tags/catalogue/users.ts';
import { inValueOrder, valueLabel } from '../../tags/catalogue/valueWords.ts';
import { tagReportSchema } from './document.ts';
import type { Separation, TagReport, Unknown } from './document.ts';
import { CHANGE_DAYS, OUTCOME_DAYS, readPast } from './past.ts';
import type { Known } from './past.ts';
import { isNumeric, readPresent } from './present.ts';
import { problemsOf } from './problems.ts';
import { separationOf } from './separation.ts';
import type { ValueOutcome } from './separation.ts';

export interface ReportRequest {
  readonly today: LocalDate;
  readonly timeZone: string;
  /** Absent: every tag of the catalogue. */
  readonly keys?: readonly string[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

const NOT_CARRIED = { zh: '未命中', en: 'not carried' } as const;
const NO_VALUE = { zh: '无有效值', en: 'no valid value' } as const;
const OTHERS = { zh: '其他值', en: 'other values' } as const;
const MOST_VALUES = 20;
const NOISE_LEVEL = 0.99;

type Amounts = Omit<ValueOutcome, 'value' | 'label'>;
const added = (rows: readonly Amounts[]): Amounts => rows.reduce<Amounts>(
  (sum, row) => ({ customers: sum.customers + row.customers, ordered: sum.ordered + row.ordered, spend: sum.spend + row.spend, squares: sum.squares + row.squares }),
  { customers: 0, ordered: 0, spend: 0, squares: 0 },
);
function without(all: Amounts, rows: readonly Amounts[]): Amounts {
  const sum = added(rows);
  return { customers: all.customers - sum.customers, ordered: all.ordered - sum.ordered, spend: all.spend - sum.spend, squares: Math.max(0, all.squares - sum.squares) };
}

/** Every customer of the day under one value; those who had none come last. */
function outcomesOf(tag: TagDefinition, { rows, everybody }: Known<OutcomeCount>): ValueOutcome[] {
  if (tag.kind === 'rule') {
    const code = tag.bands?.[0]?.code ?? 'yes';
    return [{ value: code, label: valueLabel(tag, code), ...added(rows) }, { value: 'no', label: NOT_CARRIED, ...without(everybody, rows) }];
  }
  const valid = rows.filter(({ status, value }) => status === 'ok' && value !== null).sort((a, b) => b.customers - a.customers || ((a.value ?? '') < (b.value ?? '') ? -1 : 1));
  const named = inValueOrder(tag, valid.slice(0, MOST_VALUES)).map(({ value, customers, ordered, spend, squares }): ValueOutcome => ({ value, label: valueLabel(tag, value ?? ''), customers, ordered, spend, squares }));
  const others = valid.slice(MOST_VALUES);
  const none = without(everybody, valid);
  return [...named, ...(others.length === 0 ? [] : [{ value: '…', label: OTHERS, ...added(others) }]), ...(none.customers === 0 ? [] : [{ value: null, label: NO_VALUE, ...none }])];
}

function changeOf(tag: TagDefinition, { day, rows, everybody }: Known<ChangeCount>): TagReport['change'] {
  const customers = tag.kind === 'rule' ? everybody.before : rows.reduce((sum, { before }) => sum + before, 0);
  if (customers === 0) return { state: 'unknown', why: 'too_short', from: addDays(day, CHANGE_DAYS) };
  const left = rows.reduce((sum, row) => sum + row.left, 0);
  // Who does not carry a rule tag has no row: those who came to it are counted here as well.
  const changed = tag.kind === 'rule' ? left + rows.reduce((sum, { before, now, left: gone }) => sum + now - before + gone, 0) : left;
  const valid = rows.filter(({ status }) => status === 'ok');
  const [then, after] = (['before', 'now'] as const).map((side) => {
    const counts = valid.map((row) => row[side]);
    return [...counts, everybody.before - counts.reduce((sum, n) => sum + n, 0)];
  });
  return { state: 'known', day, customers, changed, changedShare: changed / customers, stability: populationStability(then, after), noise: stabilityNoise(everybody.before, everybody.before, then.length, NOISE_LEVEL) };
}

/** Of numbers, which keep no history: this report's distribution in the tenths of the newest one that is a week old. */
async function numberChanges(store: Store, tags: readonly TagDefinition[], today: LocalDate): Promise<Map<string, TagReport['change']>> {
  const keys = tags.map(({ key }) => key);
  if (keys.length === 0) return new Map();
  const earlier = new Map((await tagReportsUntil(store.db, addDays(today, -CHANGE_DAYS), keys)).map(({ key, day, document }) => [key, { day, report: tagReportSchema.safeParse(document).data }]));
  const first = await firstReportDays(store.db, keys);
  const edges = new Map([...earlier].flatMap(([key, { report }]) => (report?.numbers == null ? [] : [[key, report.numbers.tenths.edges] as const])));
  const now = edges.size === 0 ? new Map<string, number[]>() : await binCounts(store.db, edges, today);
  return new Map(keys.map((key): [string, TagReport['change']] => {
    const [before, after] = [earlier.get(key), now.get(key)];
    const counts = before?.report?.numbers?.tenths.counts;
    if (before === undefined || counts === undefined || after === undefined) return [key, { state: 'unknown', why: 'too_short', from: addDays(first.get(key) ?? today, CHANGE_DAYS) }];
    const total = (list: readonly number[]): number => list.reduce((sum, n) => sum + n, 0);
    return [key, { state: 'known', day: before.day, customers: total(counts), changed: null, changedShare: null, stability: populationStability(counts, after), noise: stabilityNoise(total(counts), total(after), counts.length, NOISE_LEVEL) }];
  }));
}

const isUnknown = <Row>(found: Known<Row> | Unknown | undefined): found is Unknown => found !== undefined && 'state' in found;
const NO_HISTORY: Unknown = { state: 'unknown', why: 'no_history', from: null };
const NEVER: Unknown = { state: 'unknown', why: 'never_published', from: null };

/**
 * In the order of the catalogue. Tags as of an earlier day are what was published for that day, never what is known now.
 * @throws AppError `cancelled`
 */
export async function makeTagReports(store: Store, catalogue: Catalogue, request: ReportRequest): Promise<TagReport[]> {
  const { today, keys } = request;
  // What is answered on demand is nobody's, so there is nothing to be said of it.
  const tags = catalogue.tags.filter(({ key, onDemand }) => onDemand !== true && (keys === undefined || keys.includes(key)));
  const ids = new Map(catalogue.rules.map((rule) => [rule.key, rule.id]));
  const kept = tags.filter(({ key, valueType }) => !ids.has(key) && valueType === 'text').map(({ key }) => key);
  const present = await readPresent(store, catalogue, tags, today);
  const past = await readPast(store, { ...request, keys: kept, rules: tags.flatMap(({ key }) => ids.get(key) ?? []) });
  const numbers = await numberChanges(store, tags.filter((tag) => !ids.has(tag.key) && isNumeric(tag)), today);
  const users = await usersOfTags(store.db);
  return tags.map((tag) => {
    const name = String(ids.get(tag.key) ?? tag.key);
    const own = present.get(tag.key);
    // What is published and was never in the history is of a kind whose changes are not kept.
    const honest = (unknown: Unknown): Unknown => (unknown.why === 'never_published' && !ids.has(tag.key) && (own?.asOf ?? null) !== null ? NO_HISTORY : unknown);
    const change = past.changes.get(name);
    const separation = OUTCOME_DAYS.map((days): Separation => {
      const found = past.outcomes.get(days)?.get(name);
      if (found === undefined || isUnknown(found)) return { ...honest(found ?? (ids.has(tag.key) || kept.includes(tag.key) ? NEVER : NO_HISTORY)), days };
      return separationOf({ key: tag.key, day: found.day, days, version: found.version, values: outcomesOf(tag, found), ordered: (tag.bands?.length ?? 0) > 1 });
    });
    const report: Omit<TagReport, 'problems'> = {
      key: tag.key, kind: tag.kind, label: tag.label, today, asOf: own?.asOf ?? null, customers: own?.customers ?? 0, statuses: own?.statuses ?? [], values: own?.values ?? null, numbers: own?.numbers ?? null,
      change: change === undefined ? (numbers.get(tag.key) ?? NO_HISTORY) : isUnknown(change) ? honest(change) : changeOf(tag, change), separation, users: [...(users.get(tag.key) ?? [])],
    };
    return { ...report, problems: problemsOf(report, catalogue.rules.find(({ key }) => key === tag.key)?.status) };
  });
}
