/**
 * A contract business with a known truth: customers renew monthly or quarterly contracts with a chance of their own (Beta over customers) that use, a raised price and a complaint move.
 * The oracle knows these laws and the states of the running period, but neither the customer's own chance nor what comes: nobody can rank or calibrate better.
 */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import { addDays, startOfDay } from '../../src/base/time.ts';
import type { LocalDate } from '../../src/base/time.ts';
import type { NewEvent } from '../../src/store/events.ts';
import { randomGamma } from '../support/renewalShop.ts';

const ZONE = 'Asia/Shanghai';
/** Own chance of renewing ~ Beta(3, 1), moved by what happens in the period, in log-odds. */
const BETA = [3, 1] as const;
const EFFECTS = { busy: 0.6, idle: -1.2, raised: -0.9, complaint: -1 } as const;
/** Days before the end (below 0: after it) at which a renewal is booked, and the chance of each. */
const LEADS = [...[-6, -5, -4, -3, -2, -1].map((days) => ({ days, chance: 0.05 })), ...[0, 1, 2, 3, 4, 5].map((days) => ({ days, chance: 0.7 / 6 }))];
const TELLS = 0.4;
const LATEST_NOTICE = 20;
const COMES_BACK = 0.2;

export interface Period {
  readonly start: number;
  /** Last paid day. */
  readonly end: number;
  readonly booked: number;
  /** Log-odds that the states of the period add. */
  readonly effect: number;
  readonly renewed: boolean;
  /** Day on which a cancellation was registered. */
  readonly cancelled?: number;
  readonly notice: number;
}

export interface ContractCustomer {
  readonly id: string;
  /** In the order they were booked. */
  readonly periods: readonly Period[];
}

export interface ContractShop {
  readonly customers: readonly ContractCustomer[];
  /** Everything before `end`, by time. */
  readonly events: readonly NewEvent[];
  /** The best possible probability of a renewal as of a day, for a customer whose contract ends in fewer than `horizonDays` days; undefined for others. */
  oracle(customer: ContractCustomer, date: LocalDate, horizonDays: number): number | undefined;
}

const logit = (p: number): number => Math.log(p) - Math.log1p(-p);
const chanceOf = (own: number, effect: number): number => 1 / (1 + Math.exp(-logit(own) - effect));

/** Nodes of Beta(3, 1), weight in the middle of each. */
const NODES = Array.from({ length: 60 }, (_, i) => (i + 0.5) / 60).map((own) => ({ own, weight: own ** (BETA[0] - 1) * (1 - own) ** (BETA[1] - 1) }));

interface Options {
  readonly seed: number;
  readonly customers: number;
  readonly days: number;
  /** First day that is not known. */
  readonly end: LocalDate;
  /** Days beyond the end of which `periods` still tell. */
  readonly future?: number;
}

export function contractShop({ seed, customers, days, end, future = 0 }: Options): ContractShop {
  const first = addDays(end, -days);
  const dateOf = (day: number): LocalDate => addDays(first, day);
  const dayOf = (date: LocalDate): number => Math.round((Date.parse(date) - Date.parse(first)) / 86_400_000);
  const events: NewEvent[] = [];
  const people = Array.from({ length: customers }, (_, i): ContractCustomer => {
    const id = `k${i + 1}`;
    const rng = seededRandom(seed, 'contract customer', i);
    const say = (day: number, kind: string, more: Partial<NewEvent> = {}): void => {
      // An hour and a minute of the day, so that no two events of a customer are one.
      if (day < days) events.push({ customer: id, occurredAt: startOfDay(dateOf(day), ZONE) + rng.int(86_400) * 1000, kind, ...more });
    };
    return { id, periods: lifeOf(rng, id, days, future, dateOf, say) };
  });
  events.sort((a, b) => a.occurredAt - b.occurredAt || (a.customer < b.customer ? -1 : 1));
  return { customers: people, events, oracle: (customer, date, horizonDays) => oracleOf(customer, dayOf(date), horizonDays) };
}

function lifeOf(rng: Random, id: string, days: number, future: number, dateOf: (day: number) => LocalDate, say: (day: number, kind: string, more?: Partial<NewEvent>) => void): Period[] {
  const [a, b] = BETA.map((shape) => randomGamma(rng, shape));
  const own = Math.min(1 - 1e-9, a / (a + b));
  const term = rng.next() < 0.6 ? 30 : 90;
  const notice = Math.min(LATEST_NOTICE, term - 1);
  const periods: Period[] = [];
  let [start, booked, price, busy, contract] = [rng.int(days - 60), 0, term === 30 ? 30 : 80, rng.next() < 0.65, 1];
  booked = start;
  while (start < days + future) {
    const end = start + term - 1;
    const raised = periods.length > 0 && rng.next() < 0.15;
    const complaint = rng.next() < 0.1;
    if (raised) price = Math.round(price * 1.2);
    if (rng.next() > 0.85) busy = !busy;
    say(booked, 'contract', { amount: `${price}`, product: term === 30 ? 'monthly' : 'quarterly', orderRef: `${id}-${contract}`, properties: { starts: dateOf(start), ends: dateOf(end), auto_renew: false } });
    for (let day = start; day <= end; day++) if (rng.next() < (busy ? 0.07 : 0.01)) say(day, 'visit');
    if (complaint) say(start + rng.int(3), 'complaint');
    const effect = (busy ? EFFECTS.busy : EFFECTS.idle) + (raised ? EFFECTS.raised : 0) + (complaint ? EFFECTS.complaint : 0);
    const renewed = rng.next() < chanceOf(own, effect);
    const cancelled = !renewed && rng.next() < TELLS ? end - 1 - rng.int(notice) : undefined;
    if (cancelled !== undefined) say(cancelled, 'contract_cancelled', { orderRef: `${id}-${contract}` });
    periods.push({ start, end, booked, effect, renewed, notice, ...(cancelled === undefined ? {} : { cancelled }) });
    if (renewed) {
      let left = rng.next();
      const lead = LEADS.find(({ chance }) => (left -= chance) < 0) ?? LEADS[LEADS.length - 1];
      booked = end - lead.days;
      start = Math.max(end + 1, booked);
    } else {
      if (rng.next() >= COMES_BACK) break;
      booked = start = end + 20 + rng.int(100);
      contract++;
    }
  }
  return periods;
}

function oracleOf({ periods }: ContractCustomer, today: number, horizonDays: number): number | undefined {
  const known = periods.filter(({ booked }) => booked < today);
  const running = known.at(-1);
  if (running === undefined || running.end < today || running.end - today >= horizonDays) return undefined;
  if (running.cancelled !== undefined && running.cancelled < today) return 0;
  const left = running.end - today;
  // Silence so far is less likely for those who will renew early, and for those who would have cancelled.
  const silentIfRenews = LEADS.reduce((sum, { days, chance }) => sum + (days <= left ? chance : 0), 0);
  const silentIfNot = 1 - (TELLS * Math.max(0, running.notice - left)) / running.notice;
  let [renews, all] = [0, 0];
  for (const { own, weight } of NODES) {
    const likely = known.slice(0, -1).reduce((product, { effect, renewed }) => product * (renewed ? chanceOf(own, effect) : 1 - chanceOf(own, effect)), weight);
    const chance = chanceOf(own, running.effect);
    renews += likely * chance * silentIfRenews;
    all += likely * (chance * silentIfRenews + (1 - chance) * silentIfNot);
  }
  return renews / all;
}
