/** What all targets share: the outcome of a row, its texts, its time. */
import type { Bilingual } from '../../base/text.ts';
import { addDays, localDate } from '../../base/time.ts';
import type { NewEvent } from '../events.ts';
import { isStorableText } from '../repositories/bulk.ts';
import type { Cell, ColumnResolver } from './columns.ts';
import { dateParser, type DateOrder } from './dates.ts';
import type { ColumnRef, ValueRef } from './mapping.ts';
import { parseDecimal, decimalText, type NumberFormat } from './decimal.ts';
import type { QuarantineReason } from './reasons.ts';
import { zoneClock } from './zoneClock.ts';

const FUTURE_MS = 86_400_000;
const MAX_TEXT = 256;
const MAX_VALUE_TEXT = 4096;

/** A row as the writers of the four targets take it. */
export interface TakenEvent {
  readonly target: 'events';
  readonly event: NewEvent;
  readonly orderPer?: 'line' | 'day';
}
export interface TakenCustomer {
  readonly target: 'customers';
  readonly customer: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}
export interface TakenIdentity {
  readonly target: 'identities';
  readonly customer: string;
  readonly namespace: string;
  readonly value: string;
}
export interface TakenConsent {
  readonly target: 'consents';
  readonly customer: string;
  readonly purpose: string;
  readonly state: 'granted' | 'refused';
  readonly recordedAt: number;
}
export type Taken = TakenEvent | TakenCustomer | TakenIdentity | TakenConsent;

/** `note` counts a row under a name although it is imported. */
export type RowOutcome = { readonly take: Taken; readonly note?: string } | { readonly quarantine: QuarantineReason } | { readonly skip: string };

export type MapRow = (values: readonly string[]) => RowOutcome;

/** Names of reasons of one import, for the report. */
export type ReasonTexts = Readonly<Record<string, Bilingual>>;

/** Thrown inside of a row only, and turned into its quarantine reason at once: a row has many ways out. Made once per reason: a stack for each of 135,000 rows costs seconds. */
export class RowFault extends Error {
  readonly reason: QuarantineReason;

  constructor(reason: QuarantineReason) {
    super(reason);
    this.reason = reason;
  }
}

const faults = new Map<QuarantineReason, RowFault>();

export function rowFault(reason: QuarantineReason): RowFault {
  let fault = faults.get(reason);
  if (fault === undefined) faults.set(reason, (fault = new RowFault(reason)));
  return fault;
}

export function checkText(text: string, most = MAX_TEXT): string {
  if (text.length > most) throw rowFault('too_long');
  if (!isStorableText(text)) throw rowFault('bad_text');
  return text;
}

export interface RowContext {
  readonly columns: ColumnResolver;
  readonly numbers: NumberFormat | undefined;
  /** Zone of local times, and of the days of `orderRef: {per: 'day'}`. */
  readonly timeZone: string;
  readonly order: DateOrder | undefined;
  /** Epoch ms of the start of the import. */
  readonly now: number;
}

/** The customer's id, or a fault. */
export function customerReader(ref: ColumnRef, context: RowContext): (values: readonly string[]) => string {
  const cell = context.columns.cell(ref, 'customer');
  return (values) => {
    const id = cell(values);
    if (id === '') throw rowFault('missing_customer');
    return checkText(id);
  };
}

/** A text that may be absent. */
export function textReader(ref: ColumnRef | undefined, role: string, context: RowContext): (values: readonly string[]) => string | undefined {
  if (ref === undefined) return () => undefined;
  const cell = context.columns.cell(ref, role);
  return (values) => {
    const text = cell(values);
    return text === '' ? undefined : checkText(text);
  };
}

export interface TimeRef {
  readonly column: ColumnRef;
  readonly formats?: 'auto' | string[] | undefined;
  readonly timeZone?: string | undefined;
}

export function timeRefOf(time: ColumnRef | TimeRef): TimeRef {
  return typeof time === 'string' || Array.isArray(time) ? { column: time } : time;
}

/** The instant of a row, between 1970 and one day from now, or a fault; undefined when the column is empty. */
export function timeReader(time: TimeRef, context: RowContext): (values: readonly string[]) => number | undefined {
  const cell: Cell = context.columns.cell(time.column, 'time');
  const parse = dateParser(time.formats ?? 'auto', zoneClock(time.timeZone ?? context.timeZone), context.order);
  return (values) => {
    const text = cell(values);
    if (text === '') return undefined;
    const instant = parse(text);
    if (typeof instant !== 'number') throw rowFault(instant);
    if (instant < 0) throw rowFault('time_before_1970');
    if (instant > context.now + FUTURE_MS) throw rowFault('time_in_future');
    return instant;
  };
}

type Value = string | number | boolean;
const TRUE = new Set(['true', 't', 'yes', 'y', '1', '是']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0', '否']);

function typed(text: string, type: 'text' | 'number' | 'boolean', numbers: NumberFormat | undefined): Value {
  if (type === 'text') return checkText(text, MAX_VALUE_TEXT);
  if (type === 'number') {
    const decimal = parseDecimal(text, numbers);
    const exact = decimal === undefined ? undefined : decimalText(decimal);
    if (exact === undefined) throw rowFault('bad_number');
    return Number(exact);
  }
  const word = text.toLowerCase();
  if (!TRUE.has(word) && !FALSE.has(word)) throw rowFault('bad_number');
  return TRUE.has(word);
}

/** A date in any form as the business day it falls into. */
function dayReader(plusDays: number, context: RowContext): (text: string) => string {
  const parse = dateParser('auto', zoneClock(context.timeZone), context.order);
  return (text) => {
    const instant = parse(text);
    if (typeof instant !== 'number') throw rowFault(instant);
    if (instant < 0) throw rowFault('time_before_1970');
    return addDays(localDate(instant, context.timeZone), plusDays);
  };
}

/** Properties of an event or attributes of a customer: what is empty in the file is left out. */
export function valuesReader(refs: readonly ValueRef[], role: string, context: RowContext): (values: readonly string[]) => Record<string, Value> | undefined {
  const readers = refs.map((ref) => {
    const column = typeof ref === 'string' ? ref : ref.column;
    const name = typeof ref === 'string' ? ref : (ref.as ?? [ref.column].flat()[0] ?? '');
    const { type = 'text', plusDays = 0 } = typeof ref === 'string' ? {} : ref;
    return { name, read: type === 'day' ? dayReader(plusDays, context) : (text: string) => typed(text, type, context.numbers), cell: context.columns.cell(column, role) };
  });
  return (values) => {
    let result: Record<string, Value> | undefined;
    for (const { name, read, cell } of readers) {
      const text = cell(values);
      if (text === '') continue;
      result ??= {};
      Object.defineProperty(result, name, { value: read(text), enumerable: true });
    }
    return result;
  };
}
