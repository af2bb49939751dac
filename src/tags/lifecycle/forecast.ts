/**
 * The stage a customer will be in after a number of days. Nothing is trained for it: without an order the stage follows from silence and cycle by the rules of the stages, and how probable an order is by when says the
 * purchase model, calibrated (docs/adr/lifecycle.md). After the first order further ones are taken to come at random, one per personal cycle.
 */
import { daysBetween } from '../../base/time.ts';
import { STAGE_CODES } from './rules.ts';
import type { LifecycleRules, Stage } from './rules.ts';
import { boundedCycle, buyingStage, plainStage, silentStage, stageOf } from './stage.ts';
import type { StageFacts, StageNight, StageState } from './stage.ts';

/** P(order within `days`) of a calibrated head. */
export interface PurchasePoint {
  readonly days: number;
  readonly probability: number;
}

export interface StageForecast {
  /** Most likely stage; of equally likely ones the one that comes first in {@link STAGE_CODES}. */
  readonly stage: Stage;
  /** One per stage of {@link STAGE_CODES}; they sum to 1. */
  readonly probabilities: Float64Array;
  /** Where silence alone leads to, and P(no order). */
  readonly ifSilent: Stage;
  readonly silent: number;
}

const LEAST = 1e-9;

/** P(no order within t days) for t = 0 … days: the rate of orders is even between two heads, and after the last one stays what it was. */
export function silenceCurve(points: readonly PurchasePoint[], days: number): Float64Array {
  const curve = new Float64Array(days + 1).fill(1);
  const sorted = [...points].sort((a, b) => a.days - b.days);
  const logs = sorted.map(({ probability }) => Math.log(Math.max(LEAST, 1 - probability)));
  let from = { days: 0, log: 0 };
  let rate = 0;
  let next = 0;
  for (let day = 1; day <= days; day++) {
    while (next < sorted.length && sorted[next].days < day) {
      from = { days: sorted[next].days, log: logs[next] };
      next += 1;
    }
    // Heads that contradict each other by a rounding error give no negative rate.
    if (next < sorted.length) rate = Math.min(0, (logs[next] - from.log) / (sorted[next].days - from.days));
    curve[day] = Math.min(curve[day - 1], Math.exp(from.log + rate * (day - from.days)));
  }
  return curve;
}

/** The stage on each of the next nights when nothing is ordered, tonight first: what `stageOf` comes to night by night with a cycle that stays. */
export function silentPath(facts: StageFacts, state: StageState | undefined, night: StageNight, days: number): Stage[] {
  const { rules } = night;
  let stage = stageOf(facts, state, night);
  const path = [stage];
  let entered = state === undefined || stage !== state.stage ? 0 : -daysBetween(state.enteredOn, night.asOf);
  const plain = plainStage(facts, state, night);
  for (let day = 1; day <= days; day++) {
    const silent = silentStage(facts.silenceDays + day, facts.cycleDays, rules);
    const isKept = stage === 'new' || stage === 'growing' || stage === 'loyal' || stage === 'reactivated' || stage === 'lead';
    const next: Stage = silent ?? (isKept ? stage : plain === 'reactivated' ? plain : buyingStage(facts.orders, rules));
    if (next !== stage && stage !== 'lead' && day - entered >= rules.minimumStayDays[stage]) {
      stage = next;
      entered = day;
    }
    path.push(stage);
  }
  return path;
}

/** P(K ≥ k) for a Poisson count with this mean. */
function atLeast(k: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += term;
    term *= mean / (i + 1);
  }
  return Math.max(0, 1 - below);
}

/** Adds what happens in `days` after a first order: later orders at random, one per cycle. */
function addAfterOrder(into: Float64Array, weight: number, facts: StageFacts, comesBack: boolean, days: number, rules: LifecycleRules): void {
  const cycle = facts.cycleDays > 0 ? boundedCycle(facts.cycleDays, rules) : Number.POSITIVE_INFINITY;
  const cycles = days / cycle;
  const put = (stage: Stage, share: number): void => { into[STAGE_CODES.indexOf(stage)] += weight * share; };
  // P(silence of more than θ cycles at the end): nothing in the last θ cycles, and there are so many.
  const beyond = (theta: number): number => (cycles > theta ? Math.exp(-theta) : 0);
  const [slipping, dormant, churned] = [beyond(rules.slippingAfterCycles), beyond(rules.dormantAfterCycles), beyond(rules.churnedAfterCycles)];
  put('churned', churned);
  put('dormant', dormant - churned);
  put('slipping', slipping - dormant);
  const buying = 1 - slipping;
  // No order after the first, and still not silent.
  const once = cycles > rules.slippingAfterCycles ? 0 : Math.min(buying, Math.exp(-cycles));
  put(comesBack ? 'reactivated' : buyingStage(facts.orders + 1, rules), once);
  const more = buying - once;
  const any = atLeast(1, cycles);
  const loyal = any > LEAST ? Math.min(1, atLeast(Math.max(1, rules.loyalFromOrders - facts.orders - 1), cycles) / any) : 0;
  put('loyal', more * loyal);
  put('growing', more * (1 - loyal));
}

/**
 * @param facts of a customer with or without orders, as of the night
 * @param points heads of the purchase model, at least one
 * @param days horizon
 */
export function forecastStage(facts: StageFacts, state: StageState | undefined, night: StageNight, points: readonly PurchasePoint[], days: number): StageForecast {
  const path = silentPath(facts, state, night, days);
  const curve = silenceCurve(points, days);
  const probabilities = new Float64Array(STAGE_CODES.length);
  const [ifSilent, silent] = [path[days], curve[days]];
  probabilities[STAGE_CODES.indexOf(ifSilent)] += silent;
  for (let day = 1; day <= days; day++) {
    const weight = curve[day - 1] - curve[day];
    if (weight <= 0) continue;
    const before = path[day - 1];
    addAfterOrder(probabilities, weight, facts, facts.orders >= 1 && (before === 'dormant' || before === 'churned'), days - day + 0.5, night.rules);
  }
  const total = probabilities.reduce((sum, value) => sum + value, 0);
  let best = 0;
  for (let s = 0; s < probabilities.length; s++) {
    probabilities[s] /= total;
    if (probabilities[s] > probabilities[best]) best = s;
  }
  return { stage: STAGE_CODES[best], probabilities, ifSilent, silent };
}
