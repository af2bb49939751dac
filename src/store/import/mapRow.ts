/** A mapping and an opened file together become one function from records to outcomes. */
import { AppError } from '../../base/errors.ts';
import { columnResolver } from './columns.ts';
import { compileCondition } from './conditions.ts';
import { dateOrderOf, type DateOrder } from './dates.ts';
import { eventRows } from './eventRows.ts';
import { joiner, type Lookup } from './lookups.ts';
import type { ColumnRef, ConsentsMapping, CustomersMapping, IdentitiesMapping, Mapping } from './mapping.ts';
import type { RecordSource } from './records.ts';
import { checkText, customerReader, RowFault, rowFault, textReader, timeReader, timeRefOf, valuesReader, type MapRow, type RowContext, type RowOutcome } from './rows.ts';

/** Every column name that a mapping mentions, for the search of the separator and for NDJSON. */
export function mentionedColumns(mapping: Mapping): string[] {
  const found = new Set<string>();
  const add = (ref: ColumnRef): void => {
    for (const name of [ref].flat()) found.add(name);
  };
  const COLUMN_KEYS = new Set(['customer', 'column', 'amount', 'quantity', 'discount', 'product', 'category', 'channel', 'campaign', 'session', 'orderRef', 'eventId', 'time', 'sum', 'properties', 'attributes', 'namespace', 'value', 'purpose']);
  const isNames = (value: unknown): value is ColumnRef => typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
  const walk = (value: unknown, key: string): void => {
    if (COLUMN_KEYS.has(key) && isNames(value)) return add(value);
    if (Array.isArray(value)) {
      for (const item of value) walk(item, key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) if (!['lookups', 'file', 'title', 'values'].includes(name)) walk(item, name);
    }
  };
  walk(mapping, '');
  for (const lookup of mapping.lookups ?? []) add(lookup.column);
  for (const lookup of mapping.lookups ?? []) for (const name of Object.keys(lookup.add)) found.delete(name);
  return [...found];
}

function customerRows(mapping: CustomersMapping, context: RowContext): MapRow {
  const customer = customerReader(mapping.customer, context);
  const attributes = valuesReader(mapping.attributes, 'attributes', context);
  return (values) => ({ take: { target: 'customers', customer: customer(values), attributes: attributes(values) ?? {} } });
}

function identityRows(mapping: IdentitiesMapping, context: RowContext): MapRow {
  const customer = customerReader(mapping.customer, context);
  const value = textReader(mapping.value, 'value', context);
  const { namespace } = mapping;
  const space = typeof namespace === 'object' && 'constant' in namespace ? () => namespace.constant : textReader(namespace, 'namespace', context);
  return (values) => {
    const found = { customer: customer(values), namespace: space(values), value: value(values) };
    if (found.namespace === undefined || found.value === undefined) throw rowFault('missing_value');
    return { take: { target: 'identities', customer: found.customer, namespace: checkText(found.namespace, 48), value: found.value } };
  };
}

const PURPOSES = new Set(['scoring', 'marketing', 'training']);

function consentRows(mapping: ConsentsMapping, context: RowContext): MapRow {
  const customer = customerReader(mapping.customer, context);
  const { purpose, state } = mapping;
  const purposeOf = typeof purpose === 'object' && 'constant' in purpose ? () => purpose.constant : textReader(purpose, 'purpose', context);
  const stateOf = context.columns.cell(state.column, 'state');
  const time = mapping.time === undefined ? () => undefined : timeReader(timeRefOf(mapping.time), context);
  return (values) => {
    const id = customer(values);
    const named = purposeOf(values);
    const text = stateOf(values);
    const granted = state.granted.includes(text);
    if (named === undefined) throw rowFault('missing_value');
    if (!PURPOSES.has(named) || granted === state.refused.includes(text)) throw rowFault('bad_state');
    const recordedAt = time(values);
    if (recordedAt === undefined && mapping.time !== undefined) throw rowFault('missing_time');
    return { take: { target: 'consents', customer: id, purpose: named, state: granted ? 'granted' : 'refused', recordedAt: recordedAt ?? context.now } };
  };
}

/** Decides slashed dates by the sample, or refuses the file. */
function orderOf(mapping: Mapping, columns: RowContext['columns'], rows: Iterable<readonly string[]>): DateOrder | undefined {
  if (mapping.target === 'customers' || mapping.target === 'identities' || mapping.time === undefined) return undefined;
  const time = timeRefOf(mapping.time);
  if ((time.formats ?? 'auto') !== 'auto') return undefined;
  const cell = columns.cell(time.column, 'time');
  columns.finish();
  const texts = Array.from(rows, (row) => cell(row));
  const order = dateOrderOf(texts);
  if (order === 'dmy' || order === 'mdy') return order;
  if (order === 'none') return undefined;
  throw new AppError(
    'bad_data',
    order === 'ambiguous'
      ? `The dates of the column "${columns.nameOf(time.column) ?? ''}" could be day/month or month/day: in the first ${texts.length} rows no number above 12 tells which.`
      : `The column "${columns.nameOf(time.column) ?? ''}" mixes day/month and month/day: numbers above 12 stand in both places.`,
    { hint: order === 'ambiguous' ? 'Say which with --date-format D/M/YYYY or --date-format M/D/YYYY.' : 'Split the file by date format, or export it again with dates as YYYY-MM-DD.' },
  );
}

export interface MapRowOptions {
  readonly now: number;
  readonly timeZone: string;
}

/** @throws AppError `invalid_mapping` (columns missing, all of them named), `bad_data` (dates that could mean two things). */
export function compileRows(mapping: Mapping, source: RecordSource, lookups: readonly Lookup[], options: MapRowOptions): MapRow {
  const missing = mapping.file?.missing ?? [];
  const own = columnResolver(source.columns, missing);
  const join = joiner(lookups, (lookup) => own.cell(lookup.column, 'lookup'), source.columns.length);
  own.finish();
  const columns = columnResolver([...source.columns, ...lookups.flatMap((lookup) => lookup.adds)], missing);
  const base: RowContext = { columns, numbers: mapping.file?.numbers, timeZone: options.timeZone, order: undefined, now: options.now };
  const skips = (mapping.skip ?? []).map((rule) => ({ matches: compileCondition(rule.when, columns, 'skip', base.numbers), reason: rule.reason, mode: rule.import ?? 'no' }));
  const compile = (context: RowContext): ((values: readonly string[], withoutProduct: boolean) => RowOutcome) => {
    switch (mapping.target) {
      case 'events':
        return eventRows(mapping, context);
      case 'customers':
        return customerRows(mapping, context);
      case 'identities':
        return identityRows(mapping, context);
      default:
        return consentRows(mapping, context);
    }
  };
  // Compiled once without dates to report every missing column together, before the sample is judged.
  compile(base);
  columns.finish();
  const rows = compile({ ...base, order: orderOf(mapping, columns, source.sample.map(join)) });
  return (values) => {
    try {
      const row = join(values);
      const rule = skips.find((skip) => skip.matches(row));
      if (rule?.mode === 'no') return { skip: rule.reason };
      const outcome = rows(row, rule?.mode === 'without_product');
      return rule === undefined || !('take' in outcome) ? outcome : { ...outcome, note: rule.reason };
    } catch (fault) {
      if (fault instanceof RowFault) return { quarantine: fault.reason };
      throw fault;
    }
  };
}
