/** What is known of tags as of earlier days: one pass over the customers, in spans, for all tags of a report at once. */
import { throwIfCancelled } from '../../base/errors.ts';
import { silentProgress } from '../../base/progress.ts';
import type { Progress } from '../../base/progress.ts';
import { addDays, startOfDay } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import type { Store } from '../../store/connection.ts';
import { customerChunks } from '../../store/repositories/scores.ts';
import { changesSince, evaluatedDays, firstPublished, outcomesByState, publishedDays } from '../../store/repositories/tagStates.ts';
import type { ChangeCount, OutcomeCount, PublishedDay, TagSet } from '../../store/repositories/tagStates.ts';
import type { Unknown } from './document.ts';

/** Days after the tag's day over which orders are counted. */
export const OUTCOME_DAYS = [30, 90] as const;
/** Days back that the present is compared with. */
export const CHANGE_DAYS = 7;

export interface PastRequest {
  /** Business day that is today. */
  readonly today: LocalDate;
  readonly timeZone: string;
  /** Tags of the product that keep a history: those that are words. */
  readonly keys: readonly string[];
  readonly rules: readonly number[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface Known<Row> {
  readonly day: LocalDate;
  /** Of a rule tag: the definition's version on that day. */
  readonly version: number | null;
  readonly rows: readonly Row[];
  readonly everybody: Row;
}

export interface Past {
  /** By days ahead, then by key or by a rule tag's number as text. */
  readonly outcomes: ReadonlyMap<number, ReadonlyMap<string, Known<OutcomeCount> | Unknown>>;
  readonly changes: ReadonlyMap<string, Known<ChangeCount> | Unknown>;
}

/** Tags that are looked at as of one day. */
interface Group {
  readonly tags: TagSet;
  readonly day: PublishedDay;
  readonly versions?: Readonly<Record<string, number>>;
}

interface Planned {
  readonly groups: readonly Group[];
  readonly unknown: ReadonlyMap<string, Unknown>;
}

const tooShort = (first: LocalDate | undefined, days: number): Unknown => (first === undefined ? { state: 'unknown', why: 'never_published', from: null } : { state: 'unknown', why: 'too_short', from: addDays(first, days) });

/** For each tag the newest day, at least `days` back, for which it was published. */
async function planner(store: Store, { today, keys, rules }: PastRequest): Promise<(days: number) => Planned> {
  const [published, evaluated] = [await publishedDays(store.db), await evaluatedDays(store.db)];
  const first = keys.length === 0 ? new Map<string, string>() : await firstPublished(store.db, keys);
  return (days) => {
    const until = addDays(today, -days);
    const unknown = new Map<string, Unknown>();
    const groups: Group[] = [];
    const day = published.findLast((one) => one.day <= until);
    const since = (key: string): boolean => day !== undefined && (first.get(key) ?? '9999') <= day.day;
    if (day !== undefined && keys.some(since)) groups.push({ tags: { keys: keys.filter(since) }, day });
    for (const key of keys) if (!since(key)) unknown.set(key, tooShort(first.get(key), days));
    const byDay = new Map<(typeof evaluated)[number], number[]>();
    for (const id of rules) {
      const own = evaluated.filter(({ versions }) => versions[id] !== undefined);
      const found = own.findLast((one) => one.day <= until);
      if (found === undefined) unknown.set(String(id), tooShort(own[0]?.day, days));
      else byDay.set(found, [...(byDay.get(found) ?? []), id]);
    }
    for (const [one, ids] of byDay) groups.push({ tags: { rules: ids }, day: one, versions: one.versions });
    return { groups, unknown };
  };
}

type Counts = Pick<OutcomeCount, 'key' | 'status' | 'value'>;

/** Adds rows of the spans up; a row is named by its key, status and value. */
class Sums<Row extends Counts> {
  readonly #rows = new Map<string, Row>();
  readonly #together: (a: Row, b: Row) => Row;

  constructor(together: (a: Row, b: Row) => Row) {
    this.#together = together;
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const name = JSON.stringify([row.key, row.status, row.value]);
      const before = this.#rows.get(name);
      this.#rows.set(name, before === undefined ? row : this.#together(before, row));
    }
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }
}

const outcomeSums = (): Sums<OutcomeCount> => new Sums((a, b) => ({ ...a, customers: a.customers + b.customers, ordered: a.ordered + b.ordered, spend: a.spend + b.spend, squares: a.squares + b.squares }));
const changeSums = (): Sums<ChangeCount> => new Sums((a, b) => ({ ...a, before: a.before + b.before, now: a.now + b.now, left: a.left + b.left }));

function spread<Row extends Counts>(group: Group, rows: readonly Row[], found: Map<string, Known<Row> | Unknown>): void {
  const everybody = rows.find(({ key }) => key === null);
  const names = 'keys' in group.tags ? group.tags.keys : group.tags.rules.map(String);
  for (const name of names) {
    if (everybody !== undefined) found.set(name, { day: group.day.day, version: group.versions?.[name] ?? null, rows: rows.filter(({ key }) => key === name), everybody });
  }
}

/** @throws AppError `cancelled` */
export async function readPast(store: Store, request: PastRequest): Promise<Past> {
  const plan = await planner(store, request);
  const begins = (day: LocalDate): number => startOfDay(day, request.timeZone);
  const ahead = OUTCOME_DAYS.map((days) => {
    const { groups, unknown } = plan(days);
    return { days, unknown, groups: groups.map((group) => ({ group, sums: outcomeSums() })) };
  });
  const { groups, unknown } = plan(CHANGE_DAYS);
  const back = groups.map((group) => ({ group, sums: changeSums() }));
  const spans = await customerChunks(store.db, store.dialect === 'pglite' ? 10_000 : 50_000);
  for (const [i, span] of spans.entries()) {
    throwIfCancelled(request.signal, 'Reporting on tags');
    for (const { days, groups: these } of ahead) {
      for (const { group: { tags, day }, sums } of these) sums.add(await outcomesByState(store.db, span, tags, { ...day, begins: begins(day.day) }, begins(addDays(day.day, days))));
    }
    for (const { group: { tags, day }, sums } of back) sums.add(await changesSince(store.db, span, tags, { ...day, begins: begins(day.day) }));
    (request.progress ?? silentProgress)({ step: 'tag reports', done: i + 1, total: spans.length, unit: 'chunks' });
  }
  const outcomes = new Map(ahead.map(({ days, unknown: no, groups: these }) => {
    const found = new Map<string, Known<OutcomeCount> | Unknown>(no);
    for (const { group, sums } of these) spread(group, sums.rows(), found);
    return [days, found] as const;
  }));
  const changes = new Map<string, Known<ChangeCount> | Unknown>(unknown);
  for (const { group, sums } of back) spread(group, sums.rows(), changes);
  return { outcomes, changes };
}
