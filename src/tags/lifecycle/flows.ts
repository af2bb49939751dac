/** Flows between stages by week, as a Sankey diagram draws them: nodes in week columns, links between neighbouring weeks. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import type { Bilingual } from '../../base/text.ts';
import { addDays, daysBetween } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { mondayOf, weekOf } from '../../base/week.ts';
import type { IsoWeek } from '../../base/week.ts';
import { lifecycleDays, weekMoves } from '../../store/repositories/lifecycleFlows.ts';
import type { WeekMove } from '../../store/repositories/lifecycleFlows.ts';
import { STAGES } from '../catalogue/lifecycle.ts';

/** Weeks of one answer. */
export const MOST_WEEKS = 106;

export interface FlowWeek {
  readonly week: IsoWeek;
  /** Monday and Sunday. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The night of the Sunday was published: the week cannot change any more but by what is published again. */
  readonly complete: boolean;
}

export interface FlowNode {
  /** `2026-W14:loyal`. */
  readonly id: string;
  readonly week: IsoWeek;
  /** Place of the week, from 0. */
  readonly column: number;
  /** A stage; `arrived` for customers without a stage before, `gone` for those without one afterwards. */
  readonly stage: string;
  readonly label: Bilingual;
  readonly customers: number;
}

export interface FlowLink {
  /** Places of two nodes in the list of nodes. */
  readonly source: number;
  readonly target: number;
  /** The week into which the customers went. */
  readonly week: IsoWeek;
  readonly from: string;
  readonly to: string;
  readonly kind: 'stayed' | 'moved' | 'arrived' | 'gone';
  /** Customers. */
  readonly value: number;
}

export interface StageFlows {
  readonly weeks: readonly FlowWeek[];
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

export const FLOW_LABELS: ReadonlyMap<string, Bilingual> = new Map<string, Bilingual>([
  ...STAGES.map(({ code, label }): [string, Bilingual] => [code, label]),
  ['arrived', { zh: '新进入', en: 'New in the store' }],
  ['gone', { zh: '离开', en: 'Gone' }],
]);

/** Customers per stage at the end of a week, and per pair of stages how many went from one to the other. */
type Counts = Map<string, number>;
const add = (counts: Counts, key: string, value: number): void => { counts.set(key, (counts.get(key) ?? 0) + value); };
const CODES: readonly string[] = STAGES.map(({ code }) => code);

/** @param mondays of consecutive weeks; moves of earlier weeks make the stock that the first one begins with */
export function flowsOf(mondays: readonly LocalDate[], moves: readonly WeekMove[], lastNight: LocalDate): StageFlows {
  const weeks = mondays.map((from): FlowWeek => ({ week: weekOf(from), from, to: addDays(from, 6), complete: addDays(from, 6) <= lastNight }));
  const nodes: FlowNode[] = [];
  const links: FlowLink[] = [];
  const place = (column: number, stage: string, customers: number): number => nodes.push({ id: `${weeks[column].week}:${stage}`, week: weeks[column].week, column, stage, label: FLOW_LABELS.get(stage) ?? { zh: stage, en: stage }, customers }) - 1;
  const stock: Counts = new Map();
  const apply = (some: readonly WeekMove[]): void => {
    for (const { from, to, customers } of some) {
      if (from !== null) add(stock, from, -customers);
      if (to !== null) add(stock, to, customers);
    }
  };
  const placeStock = (column: number): Map<string, number> => new Map(CODES.flatMap((stage): [string, number][] => ((stock.get(stage) ?? 0) > 0 ? [[stage, place(column, stage, stock.get(stage) ?? 0)]] : [])));
  apply(moves.filter(({ week }) => week <= mondays[0]));
  let before = placeStock(0);
  for (const [i, { week }] of weeks.entries()) {
    if (i === 0) continue;
    const own = moves.filter((move) => move.week === mondays[i]);
    const left: Counts = new Map([...before.keys()].map((stage) => [stage, stock.get(stage) ?? 0]));
    const [arrived, gone] = [own.filter(({ from }) => from === null), own.filter(({ to }) => to === null)].map((some) => some.reduce((sum, { customers }) => sum + customers, 0));
    if (arrived > 0) before.set('arrived', place(i - 1, 'arrived', arrived));
    apply(own);
    const after = placeStock(i);
    if (gone > 0) after.set('gone', place(i, 'gone', gone));
    const link = (from: string, to: string, kind: FlowLink['kind'], value: number): void => { if (value > 0) links.push({ source: before.get(from) ?? -1, target: after.get(to) ?? -1, week, from, to, kind, value }); };
    for (const { from, to, customers } of own) {
      if (from !== null) add(left, from, -customers);
      link(from ?? 'arrived', to ?? 'gone', from === null ? 'arrived' : to === null ? 'gone' : 'moved', customers);
    }
    for (const [stage, value] of left) link(stage, stage, 'stayed', value);
    before = after;
    before.delete('gone');
  }
  return { weeks, nodes, links };
}

export interface FlowRange {
  /** Mondays of the first and last week; absent: the last week that there is, and `weeks` weeks up to it. */
  readonly from?: LocalDate;
  readonly to?: LocalDate;
  readonly weeks?: number;
}

/** @throws AppError `insufficient_data` before the first night, `invalid_input` for a range that is empty or longer than {@link MOST_WEEKS}. */
export async function stageFlows(db: Knex, range: FlowRange): Promise<StageFlows> {
  const days = await lifecycleDays(db);
  if (days === undefined) throw new AppError('insufficient_data', 'No night has published lifecycle stages yet.', { hint: 'Run `tagcast nightly`.' });
  const mondayOfLast = mondayOf(days.last);
  const to = range.to ?? (range.from === undefined || range.weeks === undefined ? mondayOfLast : addDays(range.from, 7 * (range.weeks - 1)));
  const from = range.from ?? addDays(to, -7 * ((range.weeks ?? 5) - 1));
  const count = daysBetween(from, to) / 7 + 1;
  if (!(count >= 1 && count <= MOST_WEEKS)) {
    throw new AppError('invalid_input', `From ${weekOf(from)} to ${weekOf(to)} are ${count} weeks; one answer has 1 to ${MOST_WEEKS}.`, { details: { from: weekOf(from), to: weekOf(to), weeks: count }, hint: 'Choose a later end, or a shorter range.' });
  }
  const mondays = Array.from({ length: count }, (_, i) => addDays(from, 7 * i));
  return flowsOf(mondays, await weekMoves(db, from, addDays(to, 6)), days.last);
}
