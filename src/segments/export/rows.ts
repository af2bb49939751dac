/**
 * The rows of an export, page by page in order of store id, so that memory does not grow with the segment. Customers who refused scoring or marketing are left out
 * as they stand at the moment their page is read, not as they stood when the segment was built.
 */
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { statementOf } from '../../conditions/compile.ts';
import { calendarOf } from '../../conditions/context.ts';
import { checkNames } from '../../conditions/names.ts';
import type { Condition } from '../../conditions/schema.ts';
import { NOTHING, bindDay, bindInt8, bindInt8s, bindText, join, sql } from '../../conditions/sql/fragment.ts';
import type { Sql } from '../../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../../conditions/sql/plan.ts';
import type { Store } from '../../store/connection.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import { OPTED_OUT } from '../consent.ts';
import { customerRanges } from '../context.ts';
import type { SegmentContext } from '../context.ts';
import { holdoutSql } from '../holdout.ts';
import { builtSegment } from '../members.ts';
import { tagsOf } from '../tagValues.ts';
import type { SegmentTag } from '../tagValues.ts';
import type { ExportColumn } from './columns.ts';

export type Cell = string | number | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;

export type ExportSubject = { readonly segment: string } | { readonly condition: Condition };

export interface ExportRequest {
  readonly subject: ExportSubject;
  readonly columns: readonly ExportColumn[];
  /** Of a saved segment: only members who are held out, or without them; absent: both. */
  readonly holdout?: 'only' | 'without';
  /** Rows at most. */
  readonly limit?: number;
  /** Customers of one page. */
  readonly page?: number;
  readonly signal?: AbortSignal;
}

const PAGE = 5_000;
const WINDOW = { postgres: 100_000, pglite: 10_000 } as const;

interface Found {
  readonly id: number;
  readonly external: string;
  readonly holdout?: boolean;
  readonly attributes?: readonly unknown[];
}

interface Selection {
  readonly run: <Row>(statement: Sql) => Promise<Row[]>;
  readonly shown: Sql;
}

/** What is read of `customers c` for every row. */
function customerColumns(columns: readonly ExportColumn[]): Sql {
  const keys = columns.flatMap((column) => (column.from === 'attribute' ? [column.key] : []));
  return keys.length === 0 ? sql`c.customer_id as id, c.external_id as external` : sql`c.customer_id as id, c.external_id as external, jsonb_build_array(${join(keys.map((key) => sql`c.attributes -> ${bindText(key)}`), ', ')}) as attributes`;
}

async function* memberPages(store: Store, key: string, request: ExportRequest, { run, shown }: Selection): AsyncGenerator<Found[]> {
  const { liveVersion, holdoutSalt, holdoutShare } = await builtSegment(store, key);
  const held = holdoutSql(holdoutSalt, holdoutShare);
  const only = request.holdout === undefined ? NOTHING : request.holdout === 'only' ? sql` and ${held}` : sql` and not ${held}`;
  const page = request.page ?? PAGE;
  for (let after = 0, size = page; size === page; ) {
    const found = await run<Found>(sql`select ${shown}, ${held} as holdout from segment_members m join customers c on c.customer_id = m.customer_id
      where m.segment_key = ${bindText(key)} and m.version = ${bindInt8(liveVersion)} and m.customer_id > ${bindInt8(after)} and not ${OPTED_OUT}${only} order by m.customer_id limit ${bindInt8(page)}`);
    // A swap takes the members of the build before away in one transaction: where it is still live after the page, the page was whole.
    const now = await builtSegment(store, key);
    if (now.liveVersion !== liveVersion) throw new AppError('conflict', `The segment ${key} was built anew while it was exported.`, { details: { began: liveVersion, live: now.liveVersion }, hint: 'Export it again; nothing was written of this attempt.' });
    size = found.length;
    after = found.at(-1)?.id ?? after;
    yield found;
  }
}

async function* conditionPages(store: Store, condition: Condition, context: SegmentContext, request: ExportRequest, { run, shown }: Selection): AsyncGenerator<Found[]> {
  checkNames(condition, context.names);
  if (request.holdout !== undefined || request.columns.some(({ from }) => from === 'holdout')) throw new AppError('invalid_input', 'Only saved segments have a hold-out.', { hint: 'Save the condition first: `tagcast segment save`, then build and export it.' });
  const page = request.page ?? PAGE;
  for await (const range of customerRanges(store, WINDOW[store.dialect])) {
    const plan = planSelection([condition], context, range);
    const found = await run<Found>(sql`select ${shown} from ${plan.from} where ${rangeSql(range)} and ${plan.predicates[0]} and not ${OPTED_OUT} order by c.customer_id`);
    for (let at = 0; at < found.length; at += page) yield found.slice(at, at + page);
  }
}

interface Details {
  readonly tags: ReadonlyMap<number, ReadonlyMap<string, SegmentTag>>;
  readonly stages: ReadonlyMap<number, string | null>;
  readonly identities: ReadonlyMap<string, string>;
}

/** Tags, stages and identities of the customers of a page: one statement for each that is asked for. */
async function detailsOf(store: Store, ids: readonly number[], columns: readonly ExportColumn[], context: SegmentContext, { run }: Selection): Promise<Details> {
  const tags = [...new Set(columns.flatMap((column) => (column.from === 'tag' ? [column.key] : [])))];
  const namespaces = columns.flatMap((column) => (column.from === 'identity' ? [column.key] : []));
  const customers = bindInt8s(ids);
  const stages = !columns.some(({ from }) => from === 'stage') ? [] : await run<{ id: number; stage: string | null }>(
    sql`select distinct on (h.customer_id) h.customer_id as id, h.stage from lifecycle_history h where h.customer_id = any (${customers}) and h.entered_on <= ${bindDay(calendarOf(context).today)} order by h.customer_id, h.entered_on desc`);
  const identities = namespaces.length === 0 ? [] : await run<{ id: number; namespace: string; names: string }>(
    sql`select n.customer_id as id, n.namespace, string_agg(n.value, '; ' order by n.value) as names from identities n where n.customer_id = any (${customers}) and n.namespace in (${join(namespaces.map(bindText), ', ')}) group by 1, 2`);
  return {
    tags: await tagsOf(store, ids, tags, context),
    stages: new Map(stages.map(({ id, stage }) => [id, stage])),
    identities: new Map(identities.map(({ id, namespace, names }) => [`${id} ${namespace}`, names])),
  };
}

function cellsOf(found: Found, columns: readonly ExportColumn[], details: Details): Cell[] {
  let attribute = 0;
  return columns.map((column): Cell => {
    switch (column.from) {
      case 'id': return found.external;
      case 'holdout': return found.holdout ?? null;
      case 'stage': return details.stages.get(found.id) ?? null;
      case 'attribute': return (found.attributes?.[attribute++] ?? null) as Cell;
      case 'identity': return details.identities.get(`${found.id} ${column.key}`) ?? null;
      default: return details.tags.get(found.id)?.get(column.key)?.[column.field] ?? null;
    }
  });
}

/**
 * Pages of rows, each with one cell per column.
 * @throws AppError `not_found`, `unknown_name`, `invalid_input`, `cancelled`; `conflict` where the segment was built anew meanwhile
 */
export async function* exportRows(store: Store, request: ExportRequest, context: SegmentContext): AsyncGenerator<Cell[][]> {
  const { subject, columns, signal } = request;
  const run = async <Row>(statement: Sql): Promise<Row[]> => {
    throwIfCancelled(signal, 'The export');
    const { sql: text, bindings } = statementOf(statement);
    return selectRows<Row>(store.db, text, [...bindings]);
  };
  const selection: Selection = { run, shown: customerColumns(columns) };
  const pages = 'segment' in subject ? memberPages(store, subject.segment, request, selection) : conditionPages(store, subject.condition, context, request, selection);
  let left = request.limit ?? Infinity;
  for await (const page of pages) {
    const rows = page.slice(0, left);
    left -= rows.length;
    if (rows.length > 0) {
      const details = await detailsOf(store, rows.map(({ id }) => id), columns, context, selection);
      yield rows.map((found) => cellsOf(found, columns, details));
    }
    if (left <= 0) return;
  }
}
