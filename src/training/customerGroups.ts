/** Groups that people think in and that no feature is: the channel and category a customer mostly ordered from, and attributes of few values. For reports, never for fits. */
import { DAY_MS } from '../base/time.ts';
import { numbersOf, textsOf } from '../store/columns/columns.ts';
import type { Columns } from '../store/columns/columns.ts';

export interface CustomerGroups {
  /** `channel`, `category`, or `attribute:` with its key. */
  readonly by: string;
  /** Customer id → level; who is missing has none. */
  readonly levels: ReadonlyMap<number, string>;
}

const YEAR_MS = 365 * DAY_MS;
/** An attribute of more values than this tells people apart and not groups. */
const MOST_LEVELS = 20;
const MOST_ATTRIBUTES = 4;

/** As of an instant (epoch ms): orders of the year before it; attributes as they are now, for they have no history. */
export async function customerGroups(columns: Columns, asOf: number): Promise<CustomerGroups[]> {
  const found: CustomerGroups[] = [];
  for (const by of ['channel', 'category'] as const) {
    const answer = await columns.query(
      `SELECT DISTINCT ON (customer_id) customer_id, level FROM
       (SELECT customer_id, ${by} AS level, count(*) AS lines FROM events WHERE kind = 'order' AND ${by} IS NOT NULL AND occurred_ms >= $1 AND occurred_ms < $2 GROUP BY ALL)
       ORDER BY customer_id, lines DESC, level`,
      [asOf - YEAR_MS, asOf],
    );
    found.push({ by, levels: levelsOf(numbersOf(answer, 'customer_id'), textsOf(answer, 'level')) });
  }
  return [...found, ...(await attributeGroups(columns))].filter(({ levels }) => levels.size > 0);
}

/** The attributes of two to twenty values that most customers have. */
async function attributeGroups(columns: Columns): Promise<CustomerGroups[]> {
  const answer = await columns.query(
    `WITH pairs AS (SELECT customer_id, attributes, unnest(json_keys(attributes)) AS key FROM customers WHERE attributes IS NOT NULL),
       texts AS (SELECT customer_id, key, json_extract_string(attributes, '$."' || key || '"') AS level FROM pairs WHERE key NOT LIKE '%"%'),
       told AS (SELECT *, count(DISTINCT level) OVER (PARTITION BY key) AS kinds, count(level) OVER (PARTITION BY key) AS known FROM texts),
       wanted AS (SELECT DISTINCT key, known FROM told WHERE kinds BETWEEN 2 AND ${MOST_LEVELS} ORDER BY known DESC, key LIMIT ${MOST_ATTRIBUTES})
     SELECT customer_id, key, level FROM told WHERE key IN (SELECT key FROM wanted) AND level IS NOT NULL ORDER BY key, customer_id`,
  );
  const [ids, keys, levels] = [numbersOf(answer, 'customer_id'), textsOf(answer, 'key'), textsOf(answer, 'level')];
  const byKey = new Map<string, Map<number, string>>();
  ids.forEach((id, i) => {
    const [key, level] = [keys[i], levels[i]];
    if (key === null || level === null) return;
    const own = byKey.get(key) ?? new Map<number, string>();
    own.set(id, level);
    byKey.set(key, own);
  });
  return [...byKey].map(([key, own]) => ({ by: `attribute:${key}`, levels: own }));
}

function levelsOf(ids: Float64Array, levels: readonly (string | null)[]): Map<number, string> {
  return new Map(Array.from(ids, (id, i): [number, string | null] => [id, levels[i]]).filter((pair): pair is [number, string] => pair[1] !== null));
}
