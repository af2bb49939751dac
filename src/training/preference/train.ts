/** Learns what preferences are read from: the shop's norms, and the method that suggests products, chosen and tested by time. */
import { AppError } from '../../base/errors.ts';
import type { LocalDate } from '../../base/time.ts';
import { startOfDay } from '../../base/time.ts';
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { durableItems, fitDurability } from '../../estimators/preference/durability.ts';
import { activityBetween } from '../../features/activity/activity.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import { numbersOf } from '../../store/columns/columns.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { judgeCategories, shopShares } from './categories.ts';
import type { CategoryReport } from './categories.ts';
import { ALLOWED, categoryData, productData, readPurchases, sampleOf } from './items.ts';
import { fitNorms } from './norms.ts';
import { chooseProducts } from './protocol.ts';
import type { ProtocolReport } from './protocol.ts';
import { trainResponses } from '../response/train.ts';
import type { ResponseReport } from '../response/train.ts';

export interface PreferenceRequest {
  readonly columns: Columns;
  readonly plan: Pick<FeaturePlan, 'timeZone' | 'zone'>;
  /** First business day that training must not know. */
  readonly end: LocalDate;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: string) => void;
}

export interface PreferenceReport {
  readonly end: LocalDate;
  readonly seed: number;
  /** Customers with any activity, and customers that were learned from. */
  readonly customers: number;
  readonly sampled: number;
  readonly categories: number;
  readonly products: number;
  /** Null where there are no products, or the history is too short to choose by. */
  readonly product: ProtocolReport | null;
  readonly category: CategoryReport | null;
  /** How messages are answered; absent in versions before, and where the shop sends none. */
  readonly responses?: ResponseReport;
}

export interface TrainedPreferences {
  readonly artefact: PreferenceArtefact;
  readonly report: PreferenceReport;
}

/** Customers that products and norms are learned from. */
const MOST_CUSTOMERS = 50_000;
const MOST_FOR_NORMS = 20_000;
const LEAST_CUSTOMERS = 20;
/** Days of a period, where the history has six of them; shorter ones down to a week are taken else. */
const HORIZON_DAYS = 28;
const LEAST_HORIZON_DAYS = 7;
const PERIODS = 6;
/** Suggestions that are judged: as many as the tag has decide. */
export const CUTOFFS = [5, 10, 20] as const;
const HALF_LIFE_DAYS = 91;

const epochDay = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** @throws AppError `insufficient_data` for a shop with hardly any customers, `cancelled`. */
export async function trainPreferences({ columns, plan, end, seed, signal, onStep = () => undefined }: PreferenceRequest): Promise<TrainedPreferences> {
  const before = startOfDay(end, plan.timeZone);
  const counted = await columns.query(`SELECT count(DISTINCT customer_id)::DOUBLE AS n FROM events WHERE occurred_ms < ${before} AND ${ALLOWED}`);
  const [customers] = numbersOf(counted, 'n');
  if (customers < LEAST_CUSTOMERS) {
    throw new AppError('insufficient_data', `Preferences are learned from at least ${LEAST_CUSTOMERS} customers; ${customers} did something before ${end}.`, { details: { needed: LEAST_CUSTOMERS, found: customers }, hint: 'Import more events, or choose a later day.' });
  }
  onStep('habits');
  const where = `${ALLOWED} AND ${sampleOf(customers, MOST_FOR_NORMS)}`;
  const activities = await activityBetween(columns, plan, { asOf: before, where, ...(signal === undefined ? {} : { signal }) });
  const norms = fitNorms([...activities].sort(([a], [b]) => a - b).map(([, one]) => one));
  onStep('answers');
  const responses = await trainResponses({ columns, plan, end, seed, newest: { day: epochDay(end), activities }, where, ...(signal === undefined ? {} : { signal }) });
  onStep('purchases');
  const rows = await readPurchases(columns, plan.zone, before, sampleOf(customers, MOST_CUSTOMERS), signal);
  const [categories, products] = [categoryData(rows), productData(rows)];
  const endDay = epochDay(end);
  const span = endDay - rows.days.reduce((least, day) => Math.min(least, day), endDay);
  const horizonDays = Math.min(HORIZON_DAYS, Math.floor(span / PERIODS));
  const isLongEnough = horizonDays >= LEAST_HORIZON_DAYS;
  const category = isLongEnough && categories.purchases.names.length > 1 ? (judgeCategories(categories, endDay, horizonDays, seed) ?? null) : null;
  const chosen = isLongEnough && products.purchases.names.length > 1
    ? chooseProducts(products, { endDay, horizonDays, seed, cutoffs: CUTOFFS, onStep, ...(signal === undefined ? {} : { context: { signal } }) })
    : undefined;
  const durability = fitDurability(categories.purchases, categories.groupOf, endDay);
  const durable = Array.from(durableItems(durability), (one, item) => ({ one, item })).filter(({ one }) => one === 1).map(({ item }) => item);
  return {
    artefact: {
      kind: 'preference', end, halfLifeDays: category?.halfLifeDays ?? HALF_LIFE_DAYS,
      categories: shopSharesOf(categories.purchases), durableCategories: { names: durable.map((item) => categories.purchases.names[item]), periodDays: durable.map((item) => durability.periodDays[item]) },
      ...norms, products: chosen === undefined ? null : { model: chosen.model, durable: chosen.durable, method: chosen.method, ranker: chosen.ranker ?? null },
      ...(responses === undefined ? {} : { responses: responses.model }),
    },
    report: {
      end, seed, customers, sampled: products.customerIds.length, categories: categories.purchases.names.length, products: products.purchases.names.length, product: chosen?.report ?? null, category,
      ...(responses === undefined ? {} : { responses: responses.report }),
    },
  };
}

function shopSharesOf(purchases: Parameters<typeof shopShares>[0]): PreferenceArtefact['categories'] {
  const { names, shares, strength } = shopShares(purchases);
  return { names: [...names], shares: [...shares], strength };
}
