/** Tables of real and simulated shops straight in the column engine, and one call that trains a model on them: what the tests of model quality share. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CAMPAIGN_FEATURES, FEATURES } from '../../features/index.ts';
import { addDays, startOfDay } from '../../src/base/time.ts';
import type { LocalDate } from '../../src/base/time.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import type { FeatureDefinition } from '../../src/features/define.ts';
import { featurePlan } from '../../src/features/plan.ts';
import type { FeaturePlan } from '../../src/features/plan.ts';
import { planColumns, readinessFacts } from '../../src/jobs/training/task.ts';
import type { SimulatedShop } from '../../src/simulator/shop.ts';
import { columnsOver, numbersOf, openEngine, sqlText } from '../../src/store/columns/columns.ts';
import type { Columns } from '../../src/store/columns/columns.ts';
import { createTable, CUSTOMER_COLUMNS, EVENT_COLUMNS } from '../../src/store/columns/schema.ts';
import { columnSource } from '../../src/training/columnSource.ts';
import { outcomeKey } from '../../src/training/dataset.ts';
import type { TrainingSource } from '../../src/training/dataset.ts';
import type { ModelDefinition } from '../../src/training/define.ts';
import type { Evaluation } from '../../src/training/evaluation.ts';
import { trainModel } from '../../src/training/train.ts';
import type { TrainedModel } from '../../src/training/trained.ts';
import { sharedData } from '../support/sharedData.ts';

export interface Shop {
  readonly columns: Columns;
  readonly plan: FeaturePlan;
  readonly source: TrainingSource;
  readonly currency: string;
}

async function shopOf(statements: readonly string[], timeZone: string, currency: string, more: { readonly subject?: string; readonly features?: readonly FeatureDefinition[] } = {}): Promise<Shop> {
  const columns = await columnsOver(await openEngine(), [createTable('events', EVENT_COLUMNS), createTable('customers', CUSTOMER_COLUMNS), ...statements]);
  const plan = featurePlan([...FEATURES, ...(more.features ?? [])], { timeZone });
  return { columns, plan, source: columnSource(columns, plan, more.subject), currency };
}

const csv = (path: string): string => `(SELECT * FROM read_csv(${sqlText(sharedData(path) ?? path)}, all_varchar = true, nullstr = 'NA'))`;
const CUSTOMERS_OF_EVENTS = `INSERT INTO customers SELECT customer_id, min(occurred_ms), '{}', NULL, NULL, NULL FROM events GROUP BY customer_id`;

/** Both years of Online Retail by the rules of mappings/online_retail.json: invoices with C and negative quantities are refunds, lines without a customer stay out. */
export function onlineRetail(years: readonly string[] = ['2009-12_2010-11', '2010-12_2011-12']): Promise<Shop> {
  const lines = years.map((part) => `SELECT * FROM ${csv(`online_retail/lines_${part}.csv.gz`)}`).join(' UNION ALL ');
  return shopOf([
    `INSERT INTO events
       SELECT row_number() OVER (ORDER BY CustomerID, InvoiceDate, InvoiceNo, StockCode, Quantity, UnitPrice), CustomerID::BIGINT, epoch_ms(timezone('Europe/London', InvoiceDate::TIMESTAMP)),
         CASE WHEN InvoiceNo LIKE 'C%' OR Quantity::INT < 0 THEN 'refund' ELSE 'order' END,
         round(Quantity::INT * UnitPrice::DECIMAL(18, 4), 4), Quantity::INT, NULL, StockCode, NULL, NULL, NULL, NULL, InvoiceNo, NULL, 0
       FROM (${lines}) WHERE CustomerID IS NOT NULL`,
    CUSTOMERS_OF_EVENTS,
  ], 'Europe/London', 'GBP');
}

/** The Complete Journey: sampled order lines, campaigns with type and last day, redemptions, and the products of each campaign's coupons. */
export function completeJourney(): Promise<Shop> {
  const table = (name: string): string => csv(`completejourney/${name}.csv.gz`);
  const at = (column: string): string => `epoch_ms(timezone('America/New_York', ${column}::TIMESTAMP))`;
  return shopOf([
    `INSERT INTO events SELECT row_number() OVER (ORDER BY customer, occurred, kind, product, order_ref, amount, quantity), * FROM (
       SELECT household_id::BIGINT, ${at('transaction_timestamp')}, 'order', sales_value::DECIMAL(18, 4), quantity::DECIMAL(18, 4),
         retail_disc::DECIMAL(18, 4) + coupon_disc::DECIMAL(18, 4) + coupon_match_disc::DECIMAL(18, 4), product_id, department, NULL, NULL, NULL, basket_id, NULL, 0
       FROM ${table('transactions_sample')} LEFT JOIN (SELECT product_id, department FROM ${table('products')}) USING (product_id)
       UNION ALL SELECT household_id::BIGINT, ${at('start_date')}, 'campaign', NULL, NULL, NULL, NULL, NULL, NULL, campaign_id, NULL, NULL,
         json_object('campaign_type', campaign_type, 'campaign_end', end_date)::VARCHAR, 0
       FROM ${table('campaigns')} JOIN ${table('campaign_descriptions')} USING (campaign_id)
       UNION ALL SELECT household_id::BIGINT, ${at('redemption_date')}, 'coupon_redeemed', NULL, NULL, NULL, NULL, NULL, NULL, campaign_id, NULL, NULL, NULL, 0
       FROM ${table('coupon_redemptions')}) AS e(customer, occurred, kind, amount, quantity, discount, product, category, channel, campaign, session, order_ref, properties, ingested)`,
    CUSTOMERS_OF_EVENTS,
    `UPDATE customers SET attributes = d.attributes FROM (
       SELECT household_id::BIGINT AS id, json_object('age', age, 'income', income, 'home_ownership', home_ownership, 'marital_status', marital_status, 'household_size', household_size, 'kids_count', kids_count)::VARCHAR AS attributes
       FROM ${table('demographics')}) AS d WHERE customer_id = d.id`,
    `CREATE TABLE subject_products AS SELECT DISTINCT campaign_id AS subject, product_id AS product FROM ${table('coupons')}`,
  ], 'America/New_York', 'USD', { subject: 'campaign', features: CAMPAIGN_FEATURES });
}

/** A simulated shop; customer i of the shop has the id i + 1. */
export async function simulated(shop: SimulatedShop): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-truth-'));
  try {
    const ids = new Map(shop.customers.map(({ customer }, i) => [customer, i + 1]));
    let id = 0;
    const rows: string[] = [];
    for (const e of shop.events) {
      rows.push(JSON.stringify([++id, ids.get(e.customer), e.occurredAt, e.kind, e.amount ?? null, e.quantity ?? null, e.discount ?? null, e.product ?? null, e.category ?? null, e.channel ?? null, e.campaign ?? null, e.session ?? null, e.orderRef ?? null, null, 0]));
    }
    const file = join(folder, 'events.ndjson');
    writeFileSync(file, rows.join('\n'));
    return await shopOf([
      `INSERT INTO events SELECT ${EVENT_COLUMNS.map(({ type }, i) => `(j ->> ${i})::${type}`).join(', ')} FROM (SELECT json AS j FROM read_ndjson_objects(${sqlText(file)}))`,
      CUSTOMERS_OF_EVENTS,
    ], shop.options.timeZone, 'CNY');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Trains one declaration with everything known before `end`. */
export async function train(shop: Shop, definition: ModelDefinition, end: LocalDate, options: { readonly testFrom?: LocalDate; readonly seed?: number } = {}): Promise<TrainedModel> {
  return trainModel({
    definition, source: shop.source, estimators: ESTIMATORS,
    plan: { columns: planColumns(shop.plan), hash: shop.plan.hash, timeZone: shop.plan.timeZone },
    facts: await readinessFacts(shop.columns, { end, timeZone: shop.plan.timeZone }),
    snapshot: { hash: 'direct', events: 0, customers: 0 }, currency: shop.currency, seed: options.seed ?? 1,
    ...(options.testFrom === undefined ? {} : { testFrom: options.testFrom }),
  });
}

/** The same shop asked for order amounts alone: refunds of the label window are left out, as in tables that count gross spend. */
export function grossSpend(shop: Shop): Shop {
  const { timeZone } = shop.plan;
  return {
    ...shop,
    source: {
      ...shop.source,
      async outcomes(target, cutoff, horizonDays) {
        if (target.kind !== 'spend') return shop.source.outcomes(target, cutoff, horizonDays);
        const answer = await shop.columns.query(
          `SELECT customer_id, sum(amount)::DOUBLE AS outcome FROM events WHERE kind = 'order' AND occurred_ms >= $1 AND occurred_ms < $2 GROUP BY customer_id`,
          [startOfDay(cutoff, timeZone), startOfDay(addDays(cutoff, horizonDays), timeZone)],
        );
        const amounts = numbersOf(answer, 'outcome');
        return { byKey: new Map(Array.from(numbersOf(answer, 'customer_id'), (id, i) => [outcomeKey(id), amounts[i]])) };
      },
    },
  };
}

/** A declaration with fewer candidates and horizons, so that a test takes seconds. */
export function only(definition: ModelDefinition, candidates: readonly string[], horizons: readonly number[]): ModelDefinition {
  return { ...definition, horizons, candidates: definition.candidates.filter(({ name }) => candidates.includes(name)) };
}

export const metric = (evaluation: Evaluation, name: string): number => evaluation.metrics[name]?.value ?? Number.NaN;

/** The figures of a head, for the reader of the run. */
export function show(title: string, evaluation: Evaluation): void {
  const figures = Object.entries(evaluation.metrics).map(([name, { value, low, high }]) => `${name} ${value.toFixed(4)}${low === undefined || high === undefined ? '' : ` [${low.toFixed(4)}, ${high.toFixed(4)}]`}`);
  const table = evaluation.calibration.map(({ rows, predicted, actual }) => `  ${String(rows).padStart(6)}  ${predicted.toFixed(4).padStart(11)}  ${actual.toFixed(4).padStart(11)}`);
  console.log(`${title}: ${evaluation.rows} rows, mean of the target ${evaluation.targetMean.toFixed(4)}\n  ${figures.join('\n  ')}\n    rows    predicted       actual (tenths of the prediction)\n${table.join('\n')}`);
}
