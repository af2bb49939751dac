/** A shop as training sees it, made up in memory: any number of customers with 60 features at each cut-off, and outcomes that depend on some of them. */
import { seededRandom } from '../../src/base/random.ts';
import { daysBetween } from '../../src/base/time.ts';
import type { LocalDate } from '../../src/base/time.ts';
import { outcomeKey } from '../../src/training/dataset.ts';
import type { FeatureRows, TrainingSource } from '../../src/training/dataset.ts';
import type { PlanColumn } from '../../src/training/train.ts';

const KNOWN = [
  'days_since_last_order', 'days_since_first_order', 'orders_total', 'orders_90d', 'orders_365d', 'net_spend_90d', 'net_spend_365d', 'overdue_ratio', 'avg_order_value', 'visits_30d', 'gap_count', 'gap_mean_days', 'gap_std_days',
  'gap_ewm_days', 'gap_median_days', 'btyd_frequency', 'btyd_recency_days', 'btyd_age_days', 'btyd_monetary',
] as const;
export const FEATURE_COUNT = 60;
const NOISE = Array.from({ length: FEATURE_COUNT - KNOWN.length }, (_, i) => `noise_${String(i).padStart(2, '0')}`);
export const PLAN: readonly PlanColumn[] = [...KNOWN, ...NOISE].map((name) => ({ name, group: 'orders', unit: 'times', missing: 'missing' }));

/** Uniform numbers of a customer: cheap, and the same for every reading. */
function uniform(customer: number, stream: number): number {
  let h = Math.imul(customer + 1, 0x9e3779b1) ^ Math.imul(stream + 7, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Mean days between orders, from ten days to a year. */
const gapOf = (customer: number): number => 10 * Math.exp(3.6 * uniform(customer, 1));
const valueOf = (customer: number): number => 20 * Math.exp(1.5 * uniform(customer, 2));

export function madeUpShop(customers: number, seed: number): TrainingSource {
  const ids = Float64Array.from({ length: customers }, (_, i) => i + 1);
  const at = (date: LocalDate): number => daysBetween('2020-01-01', date);
  const silenceOf = (customer: number, day: number): number => Math.min(364, -gapOf(customer) * Math.log(1 - 0.98 * uniform(customer, 100 + day)));
  const features = (cutoff: LocalDate): FeatureRows => {
    const day = at(cutoff);
    const rng = seededRandom(seed, 'noise', day);
    const columns = Object.fromEntries([...KNOWN, ...NOISE].map((name) => [name, new Float64Array(customers)]));
    for (let i = 0; i < customers; i++) {
      const [gap, value, silence] = [gapOf(i), valueOf(i), silenceOf(i, day)];
      const age = Math.min(day, silence + 30 + 700 * uniform(i, 3));
      const orders = 1 + Math.floor((age - silence) / gap);
      const recent = Math.max(0, Math.round((90 - silence) / gap));
      const row: Readonly<Record<(typeof KNOWN)[number], number>> = {
        days_since_last_order: silence, days_since_first_order: age, orders_total: orders, orders_90d: recent, orders_365d: Math.min(orders, Math.round(365 / gap)), net_spend_90d: recent * value,
        net_spend_365d: Math.min(orders, Math.round(365 / gap)) * value, overdue_ratio: orders > 1 ? silence / gap : Number.NaN, avg_order_value: value * (0.8 + 0.4 * uniform(i, 4)), visits_30d: Math.floor(6 * uniform(i, 200 + day) * Math.exp(-silence / 90)),
        gap_count: orders - 1, gap_mean_days: orders > 1 ? gap : Number.NaN, gap_std_days: orders > 2 ? gap * (0.4 + uniform(i, 5)) : Number.NaN, gap_ewm_days: orders > 1 ? gap * (0.8 + 0.4 * uniform(i, 6)) : Number.NaN, gap_median_days: orders > 1 ? gap * 0.8 : Number.NaN,
        btyd_frequency: orders - 1, btyd_recency_days: orders > 1 ? age - silence : 0, btyd_age_days: age, btyd_monetary: orders > 1 ? value : Number.NaN,
      };
      for (const name of KNOWN) columns[name][i] = row[name];
    }
    NOISE.forEach((name, n) => {
      for (let i = 0; i < customers; i++) columns[name][i] = n % 3 === 0 ? Math.floor(10 * rng.next()) : rng.next();
    });
    return { customerIds: ids, matrix: { rows: customers, columns: Object.entries(columns).map(([name, values]) => ({ name, values })) } };
  };
  return {
    features: (cutoff) => Promise.resolve(features(cutoff)),
    outcomes(target, cutoff, horizonDays) {
      const day = at(cutoff);
      const byKey = new Map<string, number>();
      for (let i = 0; i < customers; i++) {
        const gone = uniform(i, 300 + day) < 1 - Math.exp(-silenceOf(i, day) / (4 * gapOf(i)));
        const wait = gone ? Infinity : -gapOf(i) * Math.log(1 - uniform(i, 400 + day));
        if (wait >= horizonDays) continue;
        const orders = 1 + Math.floor((horizonDays - wait) / gapOf(i));
        byKey.set(outcomeKey(i + 1), target.kind === 'spend' ? orders * valueOf(i) * (0.5 + uniform(i, 500 + day)) : target.kind === 'next_order' ? wait : 1);
      }
      return Promise.resolve({ byKey });
    },
    observationEvents: () => Promise.resolve([]),
    subjectLines: () => Promise.resolve({ all: new Map(), ofSubject: new Map() }),
  };
}
