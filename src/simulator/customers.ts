/** Who joins the simulated shop: visible attributes and consents, and the hidden values behind the events. */
import { seededRandom } from '../base/random.ts';
import type { LocalDate } from '../base/time.ts';
import type { NewEvent } from '../store/events.ts';
import type { SimulatedCalendar } from './calendar.ts';
import { AGE_BANDS, CITIES, MEMBER_LEVELS, SOURCES } from './catalogue.ts';
import { dirichlet, pickIndex } from './draws.ts';
import { liveThrough } from './life.ts';
import type { Latents, ShopParameters } from './parameters.ts';
import { drawLatents } from './parameters.ts';
import type { Taste, TrueOrder } from './writer.ts';
import { drawTaste, eventWriter } from './writer.ts';

/** What the shop knows about a simulated customer. */
export interface SimulatedCustomer {
  /** `SIM-000001`: the prefix says that nobody is behind it. */
  readonly customer: string;
  /** First instant (epoch ms) of the business day of joining. */
  readonly joinedAt: number;
  readonly joinedOn: LocalDate;
  readonly attributes: { readonly city: string; readonly gender: string; readonly age_band: string; readonly source: string; readonly phone_known: boolean; readonly member_level: string };
  readonly consents: { readonly personalisation: boolean; readonly marketing: boolean };
}

/** What nobody in the shop knows, including the time after the last event that was handed out. */
export interface SimulatedTruth {
  readonly customer: string;
  readonly latents: Latents;
  readonly taste: Taste;
  /** Instant from which the customer never comes back (start of the day after the last one); null: still there at the end of the simulated future. */
  readonly droppedAt: number | null;
  /** Every order up to the end of the simulated future, by time. */
  readonly orders: readonly TrueOrder[];
}

export interface SimulatedLife {
  readonly customer: SimulatedCustomer;
  readonly truth: SimulatedTruth;
  /** All events up to the end of the simulated future, sorted by time. */
  readonly events: readonly NewEvent[];
}

/** Shift of the log buying cycle that the visible attributes carry. */
export function cycleShiftOf(attributes: { readonly source: string; readonly member_level: string }): number {
  return (SOURCES.find(({ id }) => id === attributes.source)?.cycleShift ?? 0) + (MEMBER_LEVELS.find(({ id }) => id === attributes.member_level)?.cycleShift ?? 0);
}

const CITY_SHARES = dirichlet(seededRandom('simulated cities'), CITIES.map(() => 8));

/** Customer number `index` of the shop called `seed`; the same for every number of customers. Joining is uniform over the first `visibleDays` days. */
export function simulateLife(seed: number | string, index: number, p: ShopParameters, calendar: SimulatedCalendar, visibleDays: number): SimulatedLife {
  const id = `SIM-${String(index + 1).padStart(6, '0')}`;
  const person = seededRandom(seed, 'customer', index);
  const attributes = Object.freeze({
    city: CITIES[pickIndex(person, CITY_SHARES)],
    gender: person.next() < 0.62 ? 'female' : 'male',
    age_band: AGE_BANDS[pickIndex(person, [0.2, 0.35, 0.25, 0.13, 0.07])],
    source: SOURCES[pickIndex(person, SOURCES.map(({ share }) => share))].id,
    phone_known: person.next() < 0.8,
    member_level: MEMBER_LEVELS[pickIndex(person, MEMBER_LEVELS.map(({ share }) => share))].id,
  });
  const consents = Object.freeze({ personalisation: person.next() >= 0.02, marketing: person.next() >= 0.05 });
  const joinDay = person.int(visibleDays);
  const latents = drawLatents(p, person, cycleShiftOf(attributes));
  const taste = drawTaste(person);
  const writer = eventWriter(p, id, taste, calendar, seededRandom(seed, 'details', index));
  const { droppedDay } = liveThrough(p, latents, consents.marketing, joinDay, calendar, seededRandom(seed, 'life', index), writer.diary);
  return {
    customer: Object.freeze({ customer: id, joinedAt: calendar.starts[joinDay], joinedOn: calendar.dates[joinDay], attributes, consents }),
    truth: Object.freeze({ customer: id, latents, taste, droppedAt: droppedDay === null ? null : calendar.starts[droppedDay + 1], orders: writer.orders }),
    events: writer.events.sort((a, b) => a.occurredAt - b.occurredAt),
  };
}
