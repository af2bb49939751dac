/** Real purchases for preferences: Online Retail 2010/2011 (gifts, whole invoices) and Complete Journey 2017 (groceries, a sample of lines). */
import { columnsOver, numbersOf, openEngine, sqlText, textsOf } from '../../src/store/columns/columns.ts';
import type { PurchaseRows } from '../../src/training/preference/items.ts';
import { sharedData } from './sharedData.ts';

export const ONLINE_RETAIL = 'online_retail/online_retail_2010_2011.csv.gz';
const TRANSACTIONS = 'completejourney/transactions_sample.csv.gz';
const PRODUCTS = 'completejourney/products.csv.gz';

async function read(sql: string): Promise<{ readonly rows: PurchaseRows; readonly endDay: number }> {
  const columns = await columnsOver(await openEngine({ threads: 1 }), []);
  try {
    const answer = await columns.query(`SELECT DISTINCT customer, product, category, CAST(datediff('day', DATE '1970-01-01', day) AS DOUBLE) AS day FROM (${sql}) ORDER BY 1, 4, 2, 3`);
    const days = numbersOf(answer, 'day');
    return { rows: { customers: numbersOf(answer, 'customer'), products: textsOf(answer, 'product'), categories: textsOf(answer, 'category'), days }, endDay: days.reduce((last, day) => Math.max(last, day), 0) + 1 };
  } finally {
    columns.close();
  }
}

const fileOf = (path: string): string => {
  const file = sharedData(path);
  if (file === undefined) throw new Error(`../shared/data/${path} is not there.`);
  return `read_csv(${sqlText(file)}, all_varchar = true)`;
};

/** Invoices with a customer, without what was cancelled. @param share of the customers, a fixed choice */
export function onlineRetail(share = 1): Promise<{ readonly rows: PurchaseRows; readonly endDay: number }> {
  return read(`SELECT TRY_CAST(CustomerID AS DOUBLE) AS customer, StockCode AS product, CAST(NULL AS VARCHAR) AS category, CAST(CAST(InvoiceDate AS TIMESTAMP) AS DATE) AS day FROM ${fileOf(ONLINE_RETAIL)}
    WHERE TRY_CAST(CustomerID AS DOUBLE) IS NOT NULL AND CAST(Quantity AS DOUBLE) > 0 AND InvoiceNo NOT LIKE 'C%' AND (TRY_CAST(CustomerID AS BIGINT) * 7919) % 1000 < ${1000 * share}`);
}

/** `product`: single products with their product category. `category`: product categories with their department. */
export function completeJourney(level: 'product' | 'category'): Promise<{ readonly rows: PurchaseRows; readonly endDay: number }> {
  const [item, group] = level === 'product' ? ['product_id', 'product_category'] : ['product_category', 'department'];
  return read(`SELECT CAST(household_id AS DOUBLE) AS customer, ${item} AS product, ${group} AS category, CAST(CAST(transaction_timestamp AS TIMESTAMP) AS DATE) AS day
    FROM ${fileOf(TRANSACTIONS)} AS t JOIN ${fileOf(PRODUCTS)} AS p USING (product_id)`);
}
