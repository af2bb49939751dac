/** How much a tag tells of later orders and spend, from counts per value. */
import { seededRandom } from '../../base/random.ts';
import type { Bilingual } from '../../base/text.ts';
import { association, explainedShare, orderedAuc } from '../../math/metrics/association.ts';
import { wilson } from '../../math/metrics/intervals.ts';
import type { Outcome, SeparationKnown, Verdict } from './document.ts';

/** What those who had one value did afterwards. `value` null: no valid value. */
export interface ValueOutcome {
  readonly value: string | null;
  readonly label: Bilingual;
  readonly customers: number;
  readonly ordered: number;
  readonly spend: number;
  readonly squares: number;
}

/** Below these no verdict: an interval of such a sample includes nearly everything. */
const LEAST_ORDERS = 20;
const LEAST_CUSTOMERS = 100;
/** A value of fewer customers decides nothing by itself. */
const LEAST_OF_VALUE = 30;

const STRONG = { association: 0.3, ratio: 2 } as const;
const CLEAR = { association: 0.1, ratio: 1.25 } as const;

/** By how much at least the order rate of one value is above or below that of all others: ratio of the near ends of both intervals; 1 where they overlap. */
function surestRatio(values: readonly ValueOutcome[]): number {
  const total = values.reduce((sum, { customers, ordered }) => ({ customers: sum.customers + customers, ordered: sum.ordered + ordered }), { customers: 0, ordered: 0 });
  return values.filter(({ customers }) => customers >= LEAST_OF_VALUE && total.customers - customers >= LEAST_OF_VALUE).reduce((surest, { customers, ordered }) => {
    // As many comparisons as values: the level is shared out among them (Bonferroni).
    const level = 1 - 0.05 / values.length;
    const own = wilson(ordered, customers, level);
    const rest = wilson(total.ordered - ordered, total.customers - customers, level);
    return Math.max(surest, rest.high > 0 ? own.low / rest.high : 1, own.high > 0 ? rest.low / own.high : 1);
  }, 1);
}

export function verdictOf(values: readonly ValueOutcome[], orders: SeparationKnown['orders']): Verdict {
  const customers = values.reduce((sum, value) => sum + value.customers, 0);
  const ordered = values.reduce((sum, value) => sum + value.ordered, 0);
  if (orders === null || customers < LEAST_CUSTOMERS || Math.min(ordered, customers - ordered) < LEAST_ORDERS || values.filter((value) => value.customers >= LEAST_OF_VALUE).length < 2) return 'too_few';
  const ratio = surestRatio(values);
  if (orders.pValue >= 0.05) return 'not_at_all';
  if (orders.low >= STRONG.association || ratio >= STRONG.ratio) return 'strongly';
  if (orders.low >= CLEAR.association || ratio >= CLEAR.ratio) return 'clearly';
  return 'hardly';
}

function outcomeOf({ value, label, customers, ordered, spend }: ValueOutcome, rate: number): Outcome {
  const own = customers === 0 ? 0 : ordered / customers;
  const { low, high } = wilson(ordered, customers);
  return { value, label, customers, ordered, rate: own, low, high, lift: rate > 0 ? own / rate : null, meanSpend: customers === 0 ? 0 : spend / customers };
}

export interface SeparationRequest {
  readonly key: string;
  readonly day: string;
  readonly days: number;
  readonly version: number | null;
  /** Values in their order, those without a value last. */
  readonly values: readonly ValueOutcome[];
  /** Whether the order of the values means something. */
  readonly ordered: boolean;
}

/** Customers without a valid value are shown and counted, and are no side of the comparison. */
export function separationOf({ key, day, days, version, values, ordered }: SeparationRequest): SeparationKnown {
  const sum = (of: (value: ValueOutcome) => number): number => values.reduce((total, value) => total + of(value), 0);
  const customers = sum((value) => value.customers);
  const rate = customers === 0 ? 0 : sum((value) => value.ordered) / customers;
  const compared = values.filter(({ value, customers: own }) => value !== null && own > 0);
  const groups = compared.map((value) => ({ rows: value.customers, hits: value.ordered }));
  const orders = association(groups, { rng: seededRandom('tag separation', key, day, days) }) ?? null;
  return {
    state: 'known', days, day, version, customers, rate, meanSpend: customers === 0 ? 0 : sum((value) => value.spend) / customers,
    values: values.map((value) => outcomeOf(value, rate)),
    orders, auc: ordered && groups.length > 1 ? (orderedAuc(groups) ?? null) : null,
    spend: explainedShare(compared.map((value) => ({ rows: value.customers, sum: value.spend, squares: value.squares }))) ?? null,
    verdict: verdictOf(compared, orders),
  };
}
