/** A shop whose customers answer messages with known chances: e-mail for everybody, SMS for every third, orders now and then. */
import { seededRandom } from '../../src/base/random.ts';
import { DEFAULT_TIME_ZONE, startOfDay } from '../../src/base/time.ts';
import type { NewEvent } from '../../src/store/events.ts';
import type { ResponseReport } from '../../src/training/response/train.ts';

export const RESPONSE_END = '2026-04-01';
const DAY = 86_400_000;

export interface Responder {
  readonly customer: string;
  /** Chances that a message of the channel is opened. */
  readonly email: number;
  readonly sms: number;
}

export const dayBefore = (days: number, hour = 9): number => startOfDay(RESPONSE_END, DEFAULT_TIME_ZONE) - days * DAY + hour * 3_600_000;

export function responders(customers: number): Responder[] {
  return Array.from({ length: customers }, (_, u) => ({ customer: `R${String(u).padStart(4, '0')}`, email: [0.05, 0.2, 0.6][u % 3], sms: u % 3 === 0 ? [0.1, 0.5][(u / 3) % 2 >= 1 ? 1 : 0] : 0 }));
}

/** One e-mail a week, and an SMS to those who get any; a third of the opens click; an order with chance 0.08 a week whatever is sent. */
export function responseEvents(all: readonly Responder[], weeks: number): NewEvent[] {
  return all.flatMap((one, u) => {
    const rng = seededRandom('responders', one.customer);
    const events: NewEvent[] = [];
    for (let week = 0; week < weeks; week++) {
      const days = 2 + 7 * week + (u % 5);
      const send = (channel: string, chance: number): void => {
        const message = { customer: one.customer, channel, campaign: `${channel}${week}` };
        events.push({ ...message, occurredAt: dayBefore(days), kind: 'message_sent' });
        if (rng.next() >= chance) return;
        events.push({ ...message, occurredAt: dayBefore(days, 12), kind: 'message_open' });
        if (rng.next() < 1 / 3) events.push({ ...message, occurredAt: dayBefore(days, 13), kind: 'message_click' });
      };
      send('email', one.email);
      if (u % 3 === 0) send('短信', one.sms);
      if (rng.next() < 0.08) events.push({ customer: one.customer, occurredAt: dayBefore(days - 1, 18), kind: 'order', amount: '20', orderRef: `${one.customer}-${week}` });
    }
    return events;
  });
}

/** One customer with every awkward case: six messages by e-mail whose week is over, three opened, one clicked, one followed by an order. */
export function awkwardMessages(customer: string): NewEvent[] {
  const mail = { customer, channel: 'email' };
  return [
    // The same campaign twice in a day is one message.
    { ...mail, campaign: 'A', occurredAt: dayBefore(60), kind: 'message_sent' }, { ...mail, campaign: 'A', occurredAt: dayBefore(60, 10), kind: 'message_sent' }, { ...mail, campaign: 'A', occurredAt: dayBefore(60, 12), kind: 'message_open' },
    // Opened after more than a week, and opened on another channel.
    { ...mail, campaign: 'B', occurredAt: dayBefore(50), kind: 'message_sent' }, { ...mail, campaign: 'B', occurredAt: dayBefore(42), kind: 'message_open' }, { customer, channel: 'app', campaign: 'B', occurredAt: dayBefore(49), kind: 'message_open' },
    // An open that names no campaign belongs to the newest message only.
    { ...mail, campaign: 'C', occurredAt: dayBefore(40), kind: 'message_sent' }, { ...mail, campaign: 'D', occurredAt: dayBefore(38), kind: 'message_sent' }, { ...mail, occurredAt: dayBefore(37), kind: 'message_open' },
    // A click is an open.
    { ...mail, occurredAt: dayBefore(30), kind: 'message_sent' }, { ...mail, occurredAt: dayBefore(29), kind: 'message_click' },
    // The order before the message does not count.
    { customer, occurredAt: dayBefore(20, 8), kind: 'order', amount: '5', orderRef: 'before' }, { ...mail, campaign: 'E', occurredAt: dayBefore(20), kind: 'message_sent' }, { customer, occurredAt: dayBefore(14, 20), kind: 'order', amount: '5', orderRef: 'after' },
    // The week is not over; and no channel is named.
    { ...mail, campaign: 'F', occurredAt: dayBefore(5), kind: 'message_sent' }, { ...mail, campaign: 'F', occurredAt: dayBefore(4), kind: 'message_open' }, { customer, campaign: 'G', occurredAt: dayBefore(20), kind: 'message_sent' },
  ];
}

const around = { estimate: 0.5, low: 0.4, high: 0.6 };

/** What a training says of two channels: one that was learned, one whose opens nobody sees. */
export const RESPONSE_REPORT: ResponseReport = {
  days: 7, periodDays: 28,
  channels: [
    {
      slug: 'email', name: 'email', seen: true, customers: 90, messages: 1200,
      outcomes: [{
        outcome: 'open', chosen: 'beta_binomial', validation: { customers: 80, messages: 300, methods: [{ method: 'shop_rate', logLoss: 0.6 }] },
        test: { customers: 81, messages: 310, methods: [{ method: 'shop_rate', logLoss: around, auc: null, calibrationError: 0.01 }, { method: 'beta_binomial', logLoss: around, auc: around, calibrationError: 0.02 }] },
        gains: [{ baseline: 'shop_rate', logLoss: around }],
      }],
    },
    { slug: 'sms', name: 'sms', seen: false, customers: 9, messages: 12, outcomes: [] },
  ],
};
