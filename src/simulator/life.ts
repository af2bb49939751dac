/**
 * A customer's hidden life, day by day: without a wish to buy → wish → order, until the customer drops out.
 * Order of a day: browsing and messages by the state in the morning, then order or change of the wish, then drop-out.
 * `filter.ts` computes with exactly this process; a change here is a change there.
 */
import type { Random } from '../base/random.ts';
import type { SimulatedCalendar } from './calendar.ts';
import { poisson } from './draws.ts';
import type { Latents, ShopParameters } from './parameters.ts';
import { wishProbability } from './parameters.ts';

/** Writes down what the outside world sees of a life. `wish` is hidden: it only decides how sessions look. */
export interface Diary {
  join(day: number): void;
  visit(day: number, wish: boolean): void;
  order(day: number, inStore: boolean): void;
  complaint(day: number): void;
  campaign(day: number, name: string, treated: boolean): void;
  open(day: number, name: string, click: boolean, unsubscribe: boolean): void;
}

export interface LifeFacts {
  readonly joinDay: number;
  /** Last day of activity as a customer; null: still there at the end of the simulation. */
  readonly droppedDay: number | null;
}

/** Lives from `joinDay` to the end of the calendar. All chance comes from `random`, in the order of the days. */
export function liveThrough(p: ShopParameters, latents: Latents, reachable: boolean, joinDay: number, calendar: SimulatedCalendar, random: Random, diary: Diary): LifeFacts {
  const days = calendar.dates.length;
  let wish = false;
  let lastOrder = joinDay;
  let orders = 0;
  let liftUntil = -1;
  let subscribed = reachable;
  let droppedDay: number | null = null;

  diary.join(joinDay);
  if (!latents.lead) {
    if (random.next() < p.orderAtJoin) {
      diary.order(joinDay, false);
      orders = 1;
      if (random.next() < p.dropAfterFirst) droppedDay = joinDay;
    } else wish = random.next() < p.missionAtJoin;
  }

  for (let day = joinDay + 1; day < days; day++) {
    const campaign = calendar.campaigns[day];
    const alive = droppedDay === null;
    if (campaign !== undefined && subscribed) {
      const treated = random.next() >= p.holdOut;
      diary.campaign(day, campaign, treated);
      if (treated) {
        liftUntil = day + p.liftDays - 1;
        if (alive && random.next() < latents.open) {
          const click = random.next() < p.click;
          const unsubscribe = random.next() < p.unsubscribe;
          if (unsubscribe) subscribed = false;
          diary.open(day, campaign, click, unsubscribe);
        }
      }
    }
    if (!alive) continue;

    const visits = poisson(random, latents.visits + (wish ? p.missionVisits : 0));
    for (let i = 0; i < visits; i++) diary.visit(day, wish);
    const gap = day - lastOrder;
    let drop = latents.dropOut;
    if (orders > 0 && gap <= p.complaintDays && random.next() < p.complaint) {
      diary.complaint(day);
      drop = 1 - (1 - drop) * (1 - p.dropAfterComplaint);
    }

    let ordered = false;
    if (wish) {
      if (random.next() < p.missionOrder) ordered = true;
      else if (random.next() < p.missionGiveUp) wish = false;
    } else if (!latents.lead) {
      const lifted = latents.persuadable && day <= liftUntil ? p.lift : 1;
      if (random.next() < wishProbability(latents, gap, calendar.season[day] * lifted)) {
        if (random.next() < p.directShare) {
          ordered = true;
          diary.order(day, true);
        } else wish = true;
      }
    }
    if (ordered) {
      if (wish) diary.order(day, false);
      wish = false;
      orders++;
      lastOrder = day;
      const atOrder = orders === 1 ? p.dropAfterFirst : p.dropAfterLater;
      drop = 1 - (1 - drop) * (1 - atOrder);
    }
    if (random.next() < drop) droppedDay = day;
  }
  return { joinDay, droppedDay };
}
