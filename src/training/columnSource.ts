/** Training rows from the columns of a snapshot: features through the feature plan, outcomes and observations by queries over the events. */
import type { LocalDate } from '../base/time.ts';
import { addDays, DAY_MS, localDate, startOfDay } from '../base/time.ts';
import { buildFeatures } from '../features/build.ts';
import type { FeaturePlan } from '../features/plan.ts';
import { numbersOf, textsOf } from '../store/columns/columns.ts';
import type { Columns } from '../store/columns/columns.ts';
import { outcomeKey } from './dataset.ts';
import type { FeatureRows, ObservationEvent, Outcomes, SubjectLines, TrainingSource } from './dataset.ts';
import { labelDays } from './define.ts';
import type { Target } from './define.ts';
import { renewalOutcomes } from './renewal.ts';

/** Feature tables kept for other heads of the same training, in bytes. */
const CACHE_BYTES = 512 * 1024 * 1024;

/** The subject column of an event; a closed list, so that no name of a model file becomes SQL. */
const SUBJECT_COLUMNS: Readonly<Record<string, string>> = { campaign: 'campaign', product: 'product', category: 'category' };

const ALLOWED = `customer_id NOT IN (SELECT customer_id FROM customers WHERE consent_training = 'refused' OR consent_scoring = 'refused')`;

export function columnSource(columns: Columns, plan: FeaturePlan, subject = 'campaign'): TrainingSource {
  const { timeZone } = plan;
  const cache = new Map<LocalDate, Promise<FeatureRows>>();
  let cached = 0;
  let refused: Promise<Set<number>> | undefined;
  const withoutRefusals = async (rows: FeatureRows): Promise<FeatureRows> => {
    refused ??= columns.query(`SELECT customer_id FROM customers WHERE NOT (${ALLOWED})`).then((answer) => new Set(numbersOf(answer, 'customer_id')));
    const left = await refused;
    if (left.size === 0) return rows;
    const keep = Int32Array.from(Array.from(rows.customerIds.keys()).filter((row) => !left.has(rows.customerIds[row])));
    return {
      customerIds: Float64Array.from(keep, (row) => rows.customerIds[row]),
      matrix: { rows: keep.length, columns: rows.matrix.columns.map(({ name, values }) => ({ name, values: Float64Array.from(keep, (row) => values[row]) })) },
    };
  };
  return {
    async features(cutoff, signal) {
      const known = cache.get(cutoff);
      if (known !== undefined) return known;
      const built = buildFeatures(columns, plan, { asOf: startOfDay(cutoff, timeZone), ...(signal === undefined ? {} : { signal }) }).then(withoutRefusals);
      cache.set(cutoff, built);
      try {
        const rows = await built;
        cached += rows.matrix.rows * rows.matrix.columns.length * 8;
      } catch (error) {
        cache.delete(cutoff);
        throw error;
      }
      // Oldest first out; a table in use stays alive through its promise.
      for (const [date, promise] of cache) {
        if (cached <= CACHE_BYTES || date === cutoff) break;
        const old = await promise;
        cached -= old.matrix.rows * old.matrix.columns.length * 8;
        cache.delete(date);
      }
      return built;
    },
    outcomes: async (target, cutoff, horizonDays) => {
      const [from, until] = [startOfDay(cutoff, timeZone), startOfDay(addDays(cutoff, labelDays(target, horizonDays)), timeZone)];
      return target.kind === 'renewal' ? byCustomer(await renewalOutcomes(columns, plan.zone, { from, until, graceDays: target.graceDays })) : outcomes(columns, target, from, until, SUBJECT_COLUMNS[subject] ?? 'campaign');
    },
    subjectLines: (cutoff, subjects) => subjectLines(columns, subjects, startOfDay(cutoff, timeZone)),
    observationEvents: (event, subjectName, properties, end) => observationEvents(columns, event, SUBJECT_COLUMNS[subjectName] ?? 'campaign', properties, startOfDay(end, timeZone), timeZone),
  };
}

/** Outcomes in [from, until), both in epoch ms. */
async function outcomes(columns: Columns, target: Exclude<Target, { kind: 'renewal' }>, from: number, until: number, subjectColumn: string): Promise<Outcomes> {
  const window = `occurred_ms >= $1 AND occurred_ms < $2`;
  switch (target.kind) {
    case 'no_order':
    case 'order':
      return byCustomer(await columns.query(`SELECT customer_id, 1.0::DOUBLE AS outcome FROM events WHERE kind = 'order' AND ${window} GROUP BY customer_id`, [from, until]));
    case 'orders':
      return byCustomer(await columns.query(`SELECT customer_id, count(DISTINCT coalesce(order_ref, '@' || event_id::VARCHAR))::DOUBLE AS outcome FROM events WHERE kind = 'order' AND ${window} GROUP BY customer_id`, [from, until]));
    case 'spend':
      return byCustomer(await columns.query(`SELECT customer_id, sum(amount)::DOUBLE AS outcome FROM events WHERE kind IN ('order', 'refund') AND amount IS NOT NULL AND ${window} GROUP BY customer_id`, [from, until]));
    case 'order_value':
      return byCustomer(await columns.query(
        `WITH lines AS (SELECT customer_id, occurred_ms, coalesce(order_ref, '@' || occurred_ms::VARCHAR) AS ref, amount FROM events WHERE kind = 'order' AND ${window}),
         firsts AS (SELECT customer_id, arg_min(ref, (occurred_ms, ref)) AS ref FROM lines GROUP BY customer_id)
         SELECT lines.customer_id, sum(lines.amount)::DOUBLE AS outcome FROM lines JOIN firsts USING (customer_id, ref) WHERE amount IS NOT NULL GROUP BY lines.customer_id`,
        [from, until],
      ));
    case 'next_order':
      return byCustomer(await columns.query(`SELECT customer_id, (min(occurred_ms) - $1)::DOUBLE / ${DAY_MS} AS outcome FROM events WHERE kind = 'order' AND ${window} GROUP BY customer_id`, [from, until]));
    case 'order_in_visit':
      throw new TypeError('visits are no rows of a cut-off');
    case 'event': {
      const answer = await columns.query(`SELECT customer_id, ${subjectColumn} AS subject FROM events WHERE kind = $3 AND ${window} GROUP BY ALL`, [from, until, target.event]);
      const ids = numbersOf(answer, 'customer_id');
      const subjects = textsOf(answer, 'subject');
      const byKey = new Map<string, number>();
      ids.forEach((id, i) => {
        byKey.set(outcomeKey(id), 1);
        byKey.set(outcomeKey(id, subjects[i] ?? ''), 1);
      });
      return { byKey };
    }
  }
}

function byCustomer(answer: Awaited<ReturnType<Columns['query']>>): Outcomes {
  const ids = numbersOf(answer, 'customer_id');
  const found = numbersOf(answer, 'outcome');
  return { byKey: new Map(Array.from(ids, (id, i) => [outcomeKey(id), found[i]])) };
}

/** Only a snapshot that knows products of subjects has the table; without it nobody bought any. */
async function subjectLines(columns: Columns, subjects: readonly string[], before: number): Promise<SubjectLines> {
  const lines = `SELECT customer_id, product FROM events WHERE kind = 'order' AND product IS NOT NULL AND occurred_ms < $1`;
  const all = byCustomer(await columns.query(`SELECT customer_id, count(*)::DOUBLE AS outcome FROM (${lines}) GROUP BY customer_id`, [before])).byKey;
  const known = await columns.query(`SELECT 1 FROM information_schema.tables WHERE table_name = 'subject_products'`);
  if (known.rows === 0 || subjects.length === 0) return { all, ofSubject: new Map() };
  const answer = await columns.query(
    `SELECT customer_id, subject, count(*)::DOUBLE AS lines
     FROM (${lines}) JOIN (SELECT DISTINCT subject, product FROM subject_products WHERE subject IN (${subjects.map((_, i) => `$${i + 2}`).join(', ')})) USING (product) GROUP BY customer_id, subject`,
    [before, ...subjects],
  );
  const ids = numbersOf(answer, 'customer_id');
  const found = numbersOf(answer, 'lines');
  const names = textsOf(answer, 'subject');
  return { all, ofSubject: new Map(Array.from(ids, (id, i) => [outcomeKey(id, names[i] ?? ''), found[i]])) };
}

async function observationEvents(columns: Columns, event: string, subjectColumn: string, properties: readonly string[], end: number, timeZone: string): Promise<ObservationEvent[]> {
  const extracted = properties.map((_, i) => `min(json_extract_string(properties, '$.' || $${i + 3})) AS p${i}`);
  const answer = await columns.query(
    `SELECT customer_id, ${subjectColumn} AS subject, min(occurred_ms) AS occurred_ms${extracted.map((sql) => `, ${sql}`).join('')}
     FROM events WHERE kind = $1 AND occurred_ms < $2 AND ${ALLOWED} GROUP BY customer_id, subject ORDER BY occurred_ms, customer_id, subject`,
    [event, end, ...properties],
  );
  const ids = numbersOf(answer, 'customer_id');
  const times = numbersOf(answer, 'occurred_ms');
  const subjects = textsOf(answer, 'subject');
  const values = properties.map((_, i) => textsOf(answer, `p${i}`));
  return Array.from(ids, (customerId, row) => ({
    customerId,
    date: localDate(times[row], timeZone),
    subject: subjects[row] ?? '',
    properties: Object.fromEntries(properties.flatMap((name, i) => {
      const value = values[i][row];
      return value === null ? [] : [[name, value]];
    })),
  }));
}
