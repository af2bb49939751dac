/** Takes events in: each is checked by itself, the good ones are appended in one transaction, and every one gets its answer. */
import type { z } from 'zod';
import { appendEventsEach } from '../../../store/repositories/eventsEach.ts';
import type { NewEvent } from '../../../store/events.ts';
import { isStorableText } from '../../../store/repositories/bulk.ts';
import type { AppDeps } from '../deps.ts';
import { issuesOf } from '../input.ts';
import type { Call } from '../route.ts';
import { eventSchema } from '../schemas/events.ts';
import type { eventsBody, eventsResponse } from '../schemas/events.ts';

/** Clocks differ; an event of the day after tomorrow is a mistake, and would spoil every later cut-off. The import has the same rule. */
const FUTURE_MS = 86_400_000;

type Checked = { readonly ok: true; readonly event: NewEvent } | { readonly ok: false; readonly message: string };

function storable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorableText(key) && storable(item));
}

function refused(event: NewEvent, now: number): string | undefined {
  if (event.occurredAt < 0) return 'occurredAt: is before 1970';
  if (event.occurredAt > now + FUTURE_MS) return 'occurredAt: is more than one day in the future';
  if (event.kind === 'order' && event.amount !== undefined && Number(event.amount) < 0) return 'amount: of an order is negative; send a refund';
  if (event.kind === 'refund' && event.amount !== undefined && Number(event.amount) > 0) return 'amount: of a refund is positive; send it as a negative number';
  if (event.discount !== undefined && Number(event.discount) < 0) return 'discount: is negative';
  return storable(event) ? undefined : 'a text has a character that cannot be stored (NUL, or half of a surrogate pair)';
}

function check(input: unknown, index: number, now: number): Checked {
  const parsed = eventSchema.safeParse(input);
  if (!parsed.success) return { ok: false, message: issuesOf(parsed.error, `events[${index}]`).slice(0, 3).map(({ path, message }) => `${path}: ${message}`).join('; ') };
  const { occurredAt, ...rest } = parsed.data;
  const event = { ...rest, occurredAt: typeof occurredAt === 'number' ? occurredAt : Date.parse(occurredAt) };
  const why = refused(event, now);
  return why === undefined ? { ok: true, event } : { ok: false, message: `events[${index}].${why}` };
}

export async function takeEvents({ body }: Call<unknown, unknown, z.output<typeof eventsBody>>, deps: AppDeps): Promise<z.input<typeof eventsResponse>> {
  const now = deps.clock.now();
  const checked = body.events.map((input, index) => check(input, index, now));
  const good = checked.flatMap((item) => (item.ok ? [item.event] : []));
  const { added, newCustomers } = await appendEventsEach(deps.store.db, good, { source: body.source, at: now });
  let position = 0;
  const results = checked.map((item, index) => {
    if (!item.ok) return { index, status: 'rejected' as const, error: { code: 'invalid_input' as const, message: item.message } };
    return { index, status: added[position++] ? ('added' as const) : ('duplicate' as const) };
  });
  const count = (status: string): number => results.filter((result) => result.status === status).length;
  return { added: count('added'), duplicates: count('duplicate'), rejected: count('rejected'), newCustomers, results };
}
