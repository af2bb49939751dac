/** Training rows: (customer, cut-off) with features from before the cut-off and a label from the window after it. */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import { takeRows } from '../base/matrix.ts';
import type { Column, Matrix } from '../base/matrix.ts';
import { seededRandom } from '../base/random.ts';
import { daysBetween } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { ASKED_GROUPS } from './define.ts';
import type { ModelDefinition, PopulationRule, SubjectProperty, Target } from './define.ts';

/** Features of everyone as of one cut-off: one row per customer id, ascending. */
export interface FeatureRows {
  readonly customerIds: Float64Array;
  readonly matrix: Matrix;
}

/** Outcomes in one label window, only of customers to whom something happened: everyone else has 0 (or is still waiting). */
export interface Outcomes {
  /** Customer (and subject, when asked for) → number: 1, an amount, or days. */
  readonly byKey: ReadonlyMap<string, number>;
}

/** A row that an event opens: a customer was offered a subject on a day. */
export interface ObservationEvent {
  readonly customerId: number;
  readonly date: LocalDate;
  readonly subject: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Order lines of one customer before a day: all of them, and those of products that belong to a subject, by {@link outcomeKey}. */
export interface SubjectLines {
  readonly all: ReadonlyMap<string, number>;
  readonly ofSubject: ReadonlyMap<string, number>;
}

/** Where training reads from; the column engine implements it, tests hand in small tables. */
export interface TrainingSource {
  features(cutoff: LocalDate, signal?: AbortSignal): Promise<FeatureRows>;
  outcomes(target: Target, cutoff: LocalDate, horizonDays: number): Promise<Outcomes>;
  /** Days of the calendar (oldest first) on which the event happened, before `end`. */
  observationEvents(event: string, subject: string, properties: readonly string[], end: LocalDate): Promise<ObservationEvent[]>;
  /** What customers bought before the cut-off of the products that belong to these subjects. */
  subjectLines(cutoff: LocalDate, subjects: readonly string[]): Promise<SubjectLines>;
}

export interface Dataset {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly observed?: Uint8Array;
  readonly customerIds: Float64Array;
  /** Index into `cutoffs`, non-decreasing. */
  readonly period: Int32Array;
  readonly cutoffs: readonly LocalDate[];
  /** Whether label windows of one customer may overlap from one period to the next, so that who knows one row knows part of the answer of another. */
  readonly overlapping: boolean;
}

export function outcomeKey(customerId: number, subject?: string): string {
  return subject === undefined ? String(customerId) : `${customerId}\u0000${subject}`;
}

/** Row indices that satisfy every rule; a missing value satisfies none. */
export function populationRows(matrix: Matrix, rules: readonly PopulationRule[], model: string, horizonDays = Infinity): Int32Array {
  const bounds = rules.map(({ feature, atLeast = -Infinity, atMost = Infinity, belowHorizon }) => {
    const values = matrix.columns.find((column) => column.name === feature)?.values;
    if (values === undefined) {
      throw new AppError('model_mismatch', `The population of model "${model}" needs the feature ${feature}, which the feature set does not have.`, { hint: 'See `tagcast features list`.' });
    }
    return { values, atLeast, atMost: belowHorizon === true ? Math.min(atMost, horizonDays - 1) : atMost };
  });
  const kept: number[] = [];
  for (let i = 0; i < matrix.rows; i++) {
    if (bounds.every(({ values, atLeast, atMost }) => values[i] >= atLeast && values[i] <= atMost)) kept.push(i);
  }
  return Int32Array.from(kept);
}

/** Feature columns that a model may see, by name in ascending order. */
export function modelColumns(names: readonly string[], definition: ModelDefinition, groupOf: (name: string) => string): string[] {
  const left = new Set<string>([...(definition.withoutFeatures ?? []), ...ASKED_GROUPS.filter((group) => definition.withGroups?.includes(group) !== true)]);
  return names.filter((name) => !left.has(name) && !left.has(groupOf(name))).sort();
}

/** One period of a dataset at a cut-off shared by everyone. */
async function cutoffPart(source: TrainingSource, definition: ModelDefinition, columns: readonly string[], cutoff: LocalDate, horizonDays: number, most: number, signal?: AbortSignal): Promise<Part> {
  const all = await source.features(cutoff, signal);
  const outcomes = await source.outcomes(definition.target, cutoff, horizonDays);
  const population = populationRows(all.matrix, definition.population, definition.name, horizonDays);
  const known = definition.target.kind === 'order_value' ? population.filter((row) => outcomes.byKey.has(outcomeKey(all.customerIds[row]))) : population;
  const rows = thinned(known, all.customerIds, most);
  const customerIds = Float64Array.from(rows, (row) => all.customerIds[row]);
  const picked = takeRows({ rows: all.matrix.rows, columns: selectColumns(all.matrix, columns) }, rows);
  return { matrix: { rows: picked.rows, columns: [...picked.columns] }, customerIds, ...label(definition.target, horizonDays, Array.from(customerIds, (id) => outcomes.byKey.get(outcomeKey(id)))) };
}

/** The rows of a share of the customers, the same ones at every cut-off, so that there are about `most`. */
function thinned(rows: Int32Array, customerIds: Float64Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  const share = most / rows.length;
  return rows.filter((row) => seededRandom('thinned', customerIds[row]).next() < share);
}

/** One period of a dataset whose rows are opened by events on that day. */
async function eventPart(source: TrainingSource, definition: ModelDefinition, columns: readonly string[], date: LocalDate, horizonDays: number, events: readonly ObservationEvent[], signal?: AbortSignal): Promise<Part> {
  if (definition.observations.at !== 'event') throw new TypeError('observations at events expected');
  const all = await source.features(date, signal);
  const rowOf = new Map(Array.from(all.customerIds, (id, row) => [id, row]));
  const eligible = new Set(populationRows(all.matrix, definition.population, definition.name, horizonDays));
  const kept = events.filter((event) => eligible.has(rowOf.get(event.customerId) ?? -1));
  const sameSubject = definition.target.kind === 'event' && definition.target.sameSubject === true;
  const { until, properties = [], subjectProducts } = definition.observations;
  // Subjects that open on one day may last for different times.
  const windows = kept.map((event) => windowDays(event, until, horizonDays));
  const outcomes = new Map<number, Outcomes>();
  for (const days of new Set(windows)) outcomes.set(days, await source.outcomes(definition.target, date, days));
  const values = kept.map((event, i) => outcomes.get(windows[i])?.byKey.get(outcomeKey(event.customerId, sameSubject ? event.subject : undefined)));
  const picked = takeRows({ rows: all.matrix.rows, columns: selectColumns(all.matrix, columns) }, kept.map((event) => rowOf.get(event.customerId) ?? 0));
  const flags = subjectColumns(properties, kept);
  const bought =
    subjectProducts === undefined
      ? []
      : boughtColumns(await source.subjectLines(date, [...new Set(kept.map((event) => event.subject))].sort()), kept, flags.filter(({ name }) => subjectProducts.beside.includes(name)));
  const matrix = { rows: kept.length, columns: [...picked.columns, ...flags, ...bought] };
  return { matrix, customerIds: Float64Array.from(kept, (event) => event.customerId), ...label(definition.target, horizonDays, values) };
}

/** Days of the label window that an event opens: to the end of the subject's last day where it names one, otherwise the horizon. */
export function windowDays(event: ObservationEvent, until: string | undefined, horizonDays: number): number {
  const last = until === undefined ? undefined : event.properties[until];
  return last === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(last) ? horizonDays : Math.max(1, daysBetween(event.date, last) + 1);
}

/** Lines of the subject's products, and their share of all lines; no lines at all is no share. A linear model cannot find by itself where a match means more. */
function boughtColumns({ all, ofSubject }: SubjectLines, events: readonly ObservationEvent[], flags: readonly Column[]): Column[] {
  const lines = Float64Array.from(events, (event) => ofSubject.get(outcomeKey(event.customerId, event.subject)) ?? 0);
  const share = Float64Array.from(events, (event, i) => lines[i] / (all.get(outcomeKey(event.customerId)) ?? Number.NaN));
  return [
    { name: 'subject_lines', values: lines },
    { name: 'subject_line_share', values: share },
    ...flags.map((flag) => ({ name: `subject_lines_if_${flag.name}`, values: lines.map((value, i) => value * flag.values[i]) })),
  ];
}

interface Part {
  /** Taken apart by {@link stack}. */
  readonly matrix: { readonly rows: number; readonly columns: Column[] };
  readonly customerIds: Float64Array;
  readonly y: Float64Array;
  readonly observed?: Uint8Array;
}

function selectColumns(matrix: Matrix, names: readonly string[]): Column[] {
  const byName = new Map(matrix.columns.map((column) => [column.name, column]));
  return names.map((name) => byName.get(name)).filter((column) => column !== undefined);
}

/** 0/1 columns `<property>_is_<level>` of the events' own properties. */
export function subjectColumns(properties: readonly SubjectProperty[], events: readonly Pick<ObservationEvent, 'properties'>[]): Column[] {
  return properties.flatMap(({ property, levels }) =>
    levels.map((level) => ({
      name: `${property}_is_${level.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`,
      values: Float64Array.from(events, (event) => (event.properties[property] === level ? 1 : 0)),
    })),
  );
}

function label(target: Target, horizonDays: number, found: readonly (number | undefined)[]): { y: Float64Array; observed?: Uint8Array } {
  switch (target.kind) {
    case 'no_order': return { y: Float64Array.from(found, (value) => (value === undefined ? 1 : 0)) };
    case 'order':
    case 'order_in_visit':
    case 'renewal':
    case 'event': return { y: Float64Array.from(found, (value) => (value === undefined ? 0 : 1)) };
    case 'orders':
    case 'spend':
    case 'order_value': return { y: Float64Array.from(found, (value) => Math.max(0, value ?? 0)) };
    case 'next_order': return {
      y: Float64Array.from(found, (value) => Math.max(value ?? horizonDays, 1 / 24)),
      observed: Uint8Array.from(found, (value) => (value === undefined ? 0 : 1)),
    };
  }
}

/** The stacked rows of several cut-offs, oldest first. `most`: with more rows, those of a share of the customers (rows that events open are always all taken). */
export async function buildDataset(source: TrainingSource, definition: ModelDefinition, columns: readonly string[], cutoffs: readonly LocalDate[], horizonDays: number, options: { events?: readonly ObservationEvent[]; most?: number; signal?: AbortSignal } = {}): Promise<Dataset> {
  const parts: Part[] = [];
  for (const cutoff of cutoffs) {
    throwIfCancelled(options.signal, 'Training');
    parts.push(
      definition.observations.at === 'cutoffs'
        ? await cutoffPart(source, definition, columns, cutoff, horizonDays, (options.most ?? Infinity) / cutoffs.length, options.signal)
        : await eventPart(source, definition, columns, cutoff, horizonDays, (options.events ?? []).filter((event) => event.date === cutoff), options.signal),
    );
  }
  return stack(parts, cutoffs, windowsOverlap(definition, cutoffs, horizonDays));
}

/** What happens to one subject (a coupon's redemption) is no part of what happens to another. */
function windowsOverlap({ target, observations }: ModelDefinition, cutoffs: readonly LocalDate[], horizonDays: number): boolean {
  if (observations.at === 'event' && target.kind === 'event' && target.sameSubject === true) return false;
  return cutoffs.some((cutoff, i) => i > 0 && daysBetween(cutoffs[i - 1], cutoff) < horizonDays);
}

function stack(parts: readonly Part[], cutoffs: readonly LocalDate[], overlapping: boolean): Dataset {
  const rows = parts.reduce((sum, part) => sum + part.matrix.rows, 0);
  const names = parts[0]?.matrix.columns.map((column) => column.name) ?? [];
  // Column by column, each part's own copy let go at once: a million rows are never in memory twice.
  const columns = names.map((name) => ({ name, values: concat(parts.map((part) => part.matrix.columns.shift()?.values ?? new Float64Array(0)), rows) }));
  const period = new Int32Array(rows);
  let start = 0;
  parts.forEach((part, index) => {
    period.fill(index, start, start + part.matrix.rows);
    start += part.matrix.rows;
  });
  const censored = parts.some((part) => part.observed !== undefined);
  const observed = new Uint8Array(censored ? rows : 0);
  if (censored) {
    let at = 0;
    for (const part of parts) {
      observed.set(part.observed ?? new Uint8Array(part.matrix.rows).fill(1), at);
      at += part.matrix.rows;
    }
  }
  return {
    x: { rows, columns },
    y: concat(parts.map((part) => part.y), rows),
    ...(censored ? { observed } : {}),
    customerIds: concat(parts.map((part) => part.customerIds), rows),
    period,
    cutoffs,
    overlapping,
  };
}

function concat(parts: readonly Float64Array[], rows: number): Float64Array {
  const all = new Float64Array(rows);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The rows of a dataset named by `indices`, in that order. */
export function datasetRows(data: Dataset, indices: Int32Array): Dataset {
  return {
    x: takeRows(data.x, indices),
    y: Float64Array.from(indices, (i) => data.y[i]),
    ...(data.observed === undefined ? {} : { observed: Uint8Array.from(indices, (i) => data.observed?.[i] ?? 1) }),
    customerIds: Float64Array.from(indices, (i) => data.customerIds[i]),
    period: Int32Array.from(indices, (i) => data.period[i]),
    cutoffs: data.cutoffs,
    overlapping: data.overlapping,
  };
}
