/** Visits of the snapshot, one row each at its drawn moment. Customers who refused are not in them; a large shop is sampled by customers first and by visits of a period then, so that memory stays bounded. */
import type { Column } from '../../base/matrix.ts';
import { seededRandom } from '../../base/random.ts';
import { DAY_MS } from '../../base/time.ts';
import { visitColumns } from '../../features/visit/columns.ts';
import { BROWSING_KINDS, MOST_LEVELS } from '../../features/visit/kinds.ts';
import type { VisitEvent, VisitLevels } from '../../features/visit/kinds.ts';
import { VISIT_KINDS_SQL, visitsSql, WITH_HISTORY } from '../../features/visit/statements.ts';
import { visitValues } from '../../features/visit/values.ts';
import type { OffsetPeriod } from '../../features/zone.ts';
import { numbersOf, textsOf } from '../../store/columns/columns.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { ALLOWED, sampleOf } from '../preference/items.ts';
import { drawMoment, momentOf } from './draw.ts';

/** Customers that visits are read of, and visits of one period. */
const MOST_CUSTOMERS = 100_000;
const MOST_VISITS_PER_PERIOD = 10_000;
/** A channel of fewer customers has no column of its own. */
const LEAST_CUSTOMERS = 5;

export interface VisitReading {
  readonly columns: Columns;
  readonly zone: readonly OffsetPeriod[];
  readonly silenceMs: number;
  /** Epoch ms; nothing from then on is read. */
  readonly before: number;
  readonly signal?: AbortSignal;
}

const BROWSING_SQL = `(${BROWSING_KINDS.map((kind) => `'${kind}'`).join(', ')})`;
const read = ({ columns, signal }: VisitReading, sql: string): ReturnType<Columns['query']> => columns.query(sql, [], signal === undefined ? {} : { signal });

export interface VisitCounts {
  /** Customers who browsed, and SQL that keeps those that are learned from. */
  readonly customers: number;
  readonly sample: string;
  /** By UTC day number: visits, and visits with an order, of the sampled customers. */
  readonly days: ReadonlyMap<number, { readonly visits: number; readonly converted: number }>;
  /** Of the first visit, epoch ms; NaN without any. */
  readonly first: number;
}

function visitsOf({ silenceMs, before }: VisitReading, sample: string): string {
  const key = `CASE WHEN kind = 'order' THEN coalesce(order_ref, CAST(event_id AS VARCHAR)) END AS order_key`;
  return visitsSql(`SELECT customer_id, occurred_ms, kind, ${key} FROM events WHERE kind IN ${VISIT_KINDS_SQL} AND occurred_ms < ${before} AND ${ALLOWED} AND ${sample}`, silenceMs);
}

export async function countVisits(reading: VisitReading): Promise<VisitCounts> {
  const [customers] = numbersOf(await read(reading, `SELECT count(DISTINCT customer_id)::DOUBLE AS n FROM events WHERE kind IN ${BROWSING_SQL} AND occurred_ms < ${reading.before} AND ${ALLOWED}`), 'n');
  const sample = sampleOf(customers, MOST_CUSTOMERS);
  if (customers === 0) return { customers, sample, days: new Map(), first: Number.NaN };
  const answer = await read(reading, `${visitsOf(reading, sample)} SELECT floor(start_ms / ${DAY_MS}.0)::DOUBLE AS day, min(start_ms)::DOUBLE AS first, count(*)::DOUBLE AS visits, count(order_ms)::DOUBLE AS converted FROM v GROUP BY 1 ORDER BY 1`);
  const [days, visits, converted] = ['day', 'visits', 'converted'].map((name) => numbersOf(answer, name));
  return { customers, sample, days: new Map(Array.from(days, (day, i) => [day, { visits: visits[i], converted: converted[i] }])), first: numbersOf(answer, 'first')[0] };
}

/** Channels and devices of enough customers before `until` (epoch ms); one alone would tell nothing. */
export async function visitLevels(reading: VisitReading, sample: string, until: number): Promise<VisitLevels> {
  const names = async (of: string, most: number): Promise<string[]> => {
    const answer = await read(reading, `SELECT ${of} AS name, count(DISTINCT customer_id)::DOUBLE AS n FROM events WHERE kind IN ${BROWSING_SQL} AND occurred_ms < ${until} AND ${ALLOWED} AND ${sample} AND ${of} IS NOT NULL `
      + `GROUP BY 1 HAVING count(DISTINCT customer_id) >= ${LEAST_CUSTOMERS} ORDER BY n DESC, name LIMIT ${most}`);
    const found = textsOf(answer, 'name').flatMap((name) => name ?? []);
    return found.length < 2 ? [] : found;
  };
  return { channels: await names('channel', MOST_LEVELS.channels), devices: await names(`json_extract_string(properties, '$.device')`, MOST_LEVELS.devices) };
}

/** Rows of all periods, by period, customer and start. */
export interface VisitRows {
  readonly matrix: { readonly rows: number; readonly columns: readonly Column[] };
  /** 1 where an order came later in the visit. */
  readonly y: Float64Array;
  readonly customerIds: Float64Array;
  readonly moments: Float64Array;
  /** Index of the period that the visit began in. */
  readonly period: Int32Array;
  /** Visits of the periods that were read, of which those that came as far as their drawn event are rows. */
  readonly visits: number;
}

/** SQL of the period's index and of whether the visit is drawn: a multiplicative hash of customer and second (Knuth), turned by the seed. Visits that are not over when their period is are left out. */
function drawnSql(reading: VisitReading, edges: readonly number[], days: VisitCounts['days'], seed: number): string {
  const turn = seededRandom('visit sample', seed).int(4_294_967_296);
  const periods = edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1];
    const all = [...days].reduce((sum, [day, { visits }]) => sum + (day * DAY_MS >= from - DAY_MS && day * DAY_MS < to ? visits : 0), 0);
    return `WHEN start_ms < ${to} THEN CASE WHEN greatest(last_ms, coalesce(order_ms, 0)) + ${reading.silenceMs} <= ${to} AND hash < ${Math.ceil(Math.min(1, MOST_VISITS_PER_PERIOD / Math.max(1, all)) * 4294967296)} THEN ${i} END`;
  });
  return `, h AS (SELECT *, ((customer_id * 2654435761) % 4294967296 + ((start_ms // 1000) % 2147483648) * 2246822519 + ${turn}) % 4294967296 AS hash FROM b WHERE is_order = 0 AND start_ms >= ${edges[0]}), `
    + `d AS (SELECT *, CASE ${periods.join(' ')} END AS period FROM h)`;
}

/** @param edges first instants (epoch ms) of the periods, oldest first, and the end of the last one */
export async function visitRows(reading: VisitReading, { sample, days }: VisitCounts, edges: readonly number[], levels: VisitLevels, seed: number): Promise<VisitRows> {
  const numbers = ['customer_id', 'start_ms', 'order_ms', 'visits', 'converted', 'orders', 'last_order_ms', 'last_visit_ms', 'period', 'occurred_ms', 'quantity'] as const;
  const own = numbers.slice(0, 9).map((name) => `CAST(d.${name} AS DOUBLE) AS ${name}`).join(', ');
  const answer = await read(reading, `${visitsOf(reading, sample)}${WITH_HISTORY}${drawnSql(reading, edges, days, seed)} SELECT ${own}, CAST(x.occurred_ms AS DOUBLE) AS occurred_ms, x.kind, x.product, x.category, x.channel, `
    + `json_extract_string(x.properties, '$.device') AS device, CAST(x.quantity AS DOUBLE) AS quantity FROM d JOIN events AS x ON x.customer_id = d.customer_id AND x.occurred_ms >= d.start_ms AND x.occurred_ms <= d.last_ms `
    + `WHERE d.period IS NOT NULL AND x.kind IN ${BROWSING_SQL} AND (d.order_ms IS NULL OR x.occurred_ms < d.order_ms) ORDER BY d.period, d.customer_id, d.start_ms, x.occurred_ms`);
  const of = Object.fromEntries(numbers.map((name) => [name, numbersOf(answer, name)])) as Record<(typeof numbers)[number], Float64Array>;
  const [kinds, products, categories, channels, devices] = ['kind', 'product', 'category', 'channel', 'device'].map((name) => textsOf(answer, name));
  const event = (row: number): VisitEvent => ({
    at: of.occurred_ms[row], kind: kinds[row] ?? '', product: products[row], category: categories[row], channel: channels[row], device: devices[row], quantity: Number.isNaN(of.quantity[row]) ? null : of.quantity[row],
  });
  const found: { values: Float64Array; customerId: number; moment: number; period: number; y: number }[] = [];
  let visits = 0;
  for (let row = 0; row < answer.rows; visits++) {
    const first = row;
    while (row < answer.rows && of.customer_id[row] === of.customer_id[first] && of.start_ms[row] === of.start_ms[first]) row++;
    const orderMs = of.order_ms[first];
    const times = of.occurred_ms.subarray(first, row);
    const moment = momentOf(drawMoment(seed, of.customer_id[first], of.start_ms[first], reading.silenceMs), times, orderMs);
    if (moment === undefined) continue;
    const known: VisitEvent[] = [];
    for (let i = first; i < row && of.occurred_ms[i] <= moment; i++) known.push(event(i));
    const history = { visits: of.visits[first], converted: of.converted[first], orders: of.orders[first], lastOrderMs: of.last_order_ms[first], lastVisitMs: of.last_visit_ms[first] };
    found.push({ values: visitValues(history, known, moment, reading.zone, levels), customerId: of.customer_id[first], moment, period: of.period[first], y: Number.isNaN(orderMs) ? 0 : 1 });
  }
  return {
    matrix: { rows: found.length, columns: visitColumns(levels).map(({ name }, c) => ({ name, values: Float64Array.from(found, ({ values }) => values[c]) })) },
    y: Float64Array.from(found, ({ y }) => y), customerIds: Float64Array.from(found, ({ customerId }) => customerId), moments: Float64Array.from(found, ({ moment }) => moment),
    period: Int32Array.from(found, ({ period }) => period), visits,
  };
}
