/**
 * At which moment a visit becomes a row. What is drawn may not know how the visit went on: a random one of a visit's own events, or all of them with weight one over their number, would count visits that
 * went on for long, as those with an order do, less at each of their events, and every probability would come out too low (docs/adr/visits.md has the figures). So the ordinal of the event is drawn first, the same way
 * for every visit, and a visit that does not come that far gives no row.
 */
import { seededRandom } from '../../base/random.ts';

export interface Draw {
  /** 1, 2, …: the moment is the time of this browsing event, … */
  readonly ordinal: number;
  /** … and so many ms of silence after it; 0 for two rows in three. */
  readonly waitMs: number;
}

const WAITING_SHARE = 1 / 3;
const LEAST_WAIT_MS = 1000;

/** P(ordinal ≥ k) = 1/k, so that first events and late ones both are learned from; waits are uniform on the log scale between a second and the silence that ends a visit. */
export function drawMoment(seed: number, customerId: number, startMs: number, silenceMs: number): Draw {
  const random = seededRandom('visit', seed, customerId, startMs);
  const ordinal = Math.floor(1 / (1 - random.next()));
  const waits = random.next() < WAITING_SHARE;
  return { ordinal, waitMs: waits ? Math.floor(LEAST_WAIT_MS * (silenceMs / LEAST_WAIT_MS) ** random.next()) : 0 };
}

/**
 * The moment of a visit, or undefined where it does not come that far: fewer events before its order, or the next event came before the silence was so long.
 * @param times of its browsing events before its first order, ascending, epoch ms
 * @param orderMs NaN without an order
 */
export function momentOf({ ordinal, waitMs }: Draw, times: ArrayLike<number>, orderMs: number): number | undefined {
  if (times.length < ordinal) return undefined;
  const at = times[ordinal - 1];
  const moment = at + waitMs;
  // What happened at the same instant as the drawn event is known with it.
  let next = ordinal;
  while (next < times.length && times[next] === at) next++;
  return (next < times.length && times[next] <= moment) || orderMs <= moment ? undefined : moment;
}
