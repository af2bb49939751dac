/**
 * Exact forward filter of the hidden state (no wish, wish, gone) for one set of latent values: the likelihood of a visible
 * history, and the probability of no order in the days that follow. Mirrors `life.ts` day by day.
 * Rabiner (1989), "A tutorial on hidden Markov models", eqs. 18–21 (forward procedure with scaling), with transition
 * probabilities that depend on the day and on the gap since the last order, both of which are visible.
 */
import type { SimulatedCalendar } from './calendar.ts';
import type { VisibleHistory } from './history.ts';
import type { Latents, ShopParameters } from './parameters.ts';

/** A history unrolled to typed arrays over days joinDay + 1 … asOfDay − 1 (index 0 is joinDay + 1). */
export interface Track {
  readonly joinDay: number;
  readonly length: number;
  readonly orderAtJoin: boolean;
  readonly reachable: boolean;
  readonly orders: number;
  readonly visits: Uint8Array;
  /** 0 none, 1 online, 2 store. */
  readonly order: Uint8Array;
  /** Bits: 1 treated, 2 opened, 4 complaint, 8 within the lift of a message. */
  readonly flags: Uint8Array;
  /** Likelihood of how the day's visits looked, without and with a wish to buy. */
  readonly lookWithout: Float64Array;
  readonly lookWith: Float64Array;
  /** Longest gap since the last order (or joining) inside the track, and the gap at its end. */
  readonly longestGap: number;
  readonly lastGap: number;
}

export function trackOf(history: VisibleHistory, asOfDay: number, p: ShopParameters): Track {
  const { joinDay } = history;
  const length = asOfDay - joinDay - 1;
  const visits = new Uint8Array(length);
  const order = new Uint8Array(length);
  const flags = new Uint8Array(length);
  const lookWithout = new Float64Array(length).fill(1);
  const lookWith = new Float64Array(length).fill(1);
  for (const [day, row] of history.days) {
    const i = day - joinDay - 1;
    visits[i] = row.visits;
    order[i] = row.order === 'none' ? 0 : row.order === 'online' ? 1 : 2;
    flags[i] |= (row.treated ? 1 : 0) | (row.opened ? 2 : 0) | (row.complaint ? 4 : 0);
    if (row.treated) for (let d = i; d < Math.min(length, i + p.liftDays); d++) flags[d] |= 8;
    const look = (state: 0 | 1): number =>
      p.cart[state] ** row.carts * (1 - p.cart[state]) ** (row.visits - row.carts) *
      p.inquiry[state] ** row.inquiries * (1 - p.inquiry[state]) ** (row.visits - row.inquiries) *
      p.moreViews[state] ** row.moreViews * (1 - p.moreViews[state]) ** row.visits;
    lookWithout[i] = look(0);
    lookWith[i] = look(1);
  }
  let longestGap = 0;
  let lastGap = 0;
  for (let i = 0; i < length; i++) {
    longestGap = Math.max(longestGap, ++lastGap);
    if (order[i] !== 0) lastGap = 0;
  }
  return { joinDay, length, longestGap, lastGap, orderAtJoin: history.orderAtJoin, reachable: history.reachable, orders: history.orders, visits, order, flags, lookWithout, lookWith };
}

/** log(gap) for gaps up to 30 years: the table is made once, an exponential is cheaper than a power. */
const LOGS = Float64Array.from({ length: 11_000 }, (_, gap) => Math.log(gap));

/** Cumulative hazard increments by gap (index 1 is the first day after an order). */
function hazardTable(latents: Latents, size: number): Float64Array {
  const table = new Float64Array(size + 1);
  const logCycle = Math.log(latents.cycleDays);
  let before = 0;
  for (let gap = 1; gap <= size; gap++) {
    const now = Math.exp(latents.shape * (LOGS[gap] - logCycle));
    table[gap] = now - before;
    before = now;
  }
  return table;
}

/**
 * Log-likelihood of the track under `latents` (up to a constant of the history), and into `noOrder[h]` the probability of
 * no order on the h days that follow it, h = 0 … noOrder.length − 1 (noOrder[0] = 1).
 * @param morning where given: the probabilities of no wish and of a wish on the morning after the track are written here
 */
export function filterTrack(p: ShopParameters, calendar: SimulatedCalendar, track: Track, latents: Latents, noOrder: Float64Array, morning?: Float64Array): number {
  const horizon = noOrder.length - 1;
  if (latents.lead && track.orders > 0) return -Infinity;
  const hazards = hazardTable(latents, Math.max(track.longestGap, track.lastGap + horizon));
  const { visits: rate, dropOut, open, lead } = latents;
  const lift = latents.persuadable ? p.lift : 1;
  const quietWithout = Math.exp(-rate);
  const quietWith = Math.exp(-rate - p.missionVisits);
  let without: number;
  let withWish = 0;
  let gone = 0;
  let orders = 0;
  let logLikelihood = 0;
  if (track.orderAtJoin) {
    without = 1 - p.dropAfterFirst;
    gone = p.dropAfterFirst;
    orders = 1;
  } else if (lead) without = 1;
  else {
    without = 1 - p.missionAtJoin;
    withWish = p.missionAtJoin;
    logLikelihood = Math.log(1 - p.orderAtJoin);
  }

  let gap = 0;
  for (let i = 0; i < track.length; i++) {
    const day = track.joinDay + 1 + i;
    const flags = track.flags[i];
    const visits = track.visits[i];
    gap++;
    without *= quietWithout;
    withWish *= quietWith;
    if (visits > 0) {
      without *= rate ** visits * track.lookWithout[i];
      withWish *= (rate + p.missionVisits) ** visits * track.lookWith[i];
      gone = 0;
    }
    if ((flags & 1) !== 0) {
      const factor = (flags & 2) !== 0 ? open : 1 - open;
      without *= factor;
      withWish *= factor;
      if ((flags & 2) !== 0) gone = 0;
    }
    let stay = 1 - dropOut;
    if (orders > 0 && gap <= p.complaintDays) {
      const complained = (flags & 4) !== 0;
      const factor = complained ? p.complaint : 1 - p.complaint;
      without *= factor;
      withWish *= factor;
      if (complained) {
        gone = 0;
        stay *= 1 - p.dropAfterComplaint;
      }
    }
    const wish = lead ? 0 : 1 - Math.exp(-hazards[gap] * calendar.season[day] * ((flags & 8) !== 0 ? lift : 1));
    const order = track.order[i];
    if (order === 0) {
      const unserved = withWish * (1 - p.missionOrder);
      const nextWith = (without * wish * (1 - p.directShare) + unserved * (1 - p.missionGiveUp)) * stay;
      const nextWithout = (without * (1 - wish) + unserved * p.missionGiveUp) * stay;
      gone += (without * (1 - wish * p.directShare) + unserved) * (1 - stay);
      without = nextWithout;
      withWish = nextWith;
    } else {
      const mass = order === 1 ? withWish * p.missionOrder : without * wish * p.directShare;
      orders++;
      stay *= 1 - (orders === 1 ? p.dropAfterFirst : p.dropAfterLater);
      without = mass * stay;
      withWish = 0;
      gone = mass * (1 - stay);
      gap = 0;
    }
    const total = without + withWish + gone;
    if (!(total > 0)) return -Infinity;
    if (total < 1e-100 || i === track.length - 1) {
      logLikelihood += Math.log(total);
      without /= total;
      withWish /= total;
      gone /= total;
    }
  }
  if (morning !== undefined) [morning[0], morning[1]] = [without / (without + withWish + gone), withWish / (without + withWish + gone)];
  rollForward(p, calendar, track, latents, { without, withWish, gone, gap, orders }, hazards, noOrder);
  return logLikelihood;
}

interface HiddenState {
  readonly without: number;
  readonly withWish: number;
  readonly gone: number;
  readonly gap: number;
  readonly orders: number;
}

/** Days after the history: messages, visits and complaints are averaged over, so only the survival without an order is left. */
function rollForward(p: ShopParameters, calendar: SimulatedCalendar, track: Track, latents: Latents, state: HiddenState, hazards: Float64Array, noOrder: Float64Array): void {
  let { without, withWish, gone, gap } = state;
  const first = track.joinDay + 1 + track.length;
  const treatedLift = latents.persuadable ? 1 + (1 - p.holdOut) * (p.lift - 1) : 1;
  let liftUntil = -1;
  let knownLift = 1;
  for (let i = Math.max(0, track.length - p.liftDays); i < track.length; i++) {
    if ((track.flags[i] & 1) !== 0) {
      liftUntil = track.joinDay + 1 + i + p.liftDays - 1;
      knownLift = latents.persuadable ? p.lift : 1;
    }
  }
  noOrder[0] = 1;
  for (let h = 1; h < noOrder.length; h++) {
    const day = first + h - 1;
    gap++;
    if (track.reachable && calendar.campaigns[day] !== undefined) {
      liftUntil = day + p.liftDays - 1;
      knownLift = treatedLift;
    }
    let stay = 1 - latents.dropOut;
    if (state.orders > 0 && gap <= p.complaintDays) stay *= 1 - p.complaint * p.dropAfterComplaint;
    const wish = latents.lead ? 0 : 1 - Math.exp(-hazards[gap] * calendar.season[day] * (day <= liftUntil ? knownLift : 1));
    const unserved = withWish * (1 - p.missionOrder);
    const nextWith = (without * wish * (1 - p.directShare) + unserved * (1 - p.missionGiveUp)) * stay;
    gone += (without * (1 - wish * p.directShare) + unserved) * (1 - stay);
    without = (without * (1 - wish) + unserved * p.missionGiveUp) * stay;
    withWish = nextWith;
    noOrder[h] = without + withWish + gone;
  }
}
