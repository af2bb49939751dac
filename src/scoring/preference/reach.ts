/** Where and when a customer can be reached: channels by how often their messages are answered, and the hour of answers. */
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { bestHour, HOURS } from '../../estimators/preference/habits.ts';
import type { BestHour } from '../../estimators/preference/habits.ts';
import { shrunkShare } from '../../estimators/preference/shrinkage.ts';
import type { Activity } from '../../features/activity/activity.ts';

/** Messages in a channel (visits and orders, where the shop sends no messages) below which nothing is said of it. */
export const LEAST_TRIES = 3;
export const LEAST_RESPONSES = 5;

export interface ChannelChoice {
  readonly name: string;
  /** Share of messages that were answered, shrunk towards the channel's own share in the shop; of visits and orders, where there are no messages. */
  readonly rate: number;
  readonly typical: number;
  readonly responses: number;
  readonly tries: number;
  readonly reachable: boolean;
}

export interface ChannelPreference {
  /** Best first; channels that were tried often enough only. */
  readonly choices: readonly ChannelChoice[];
  /** Channels of the shop that were not tried often enough, or whose answers cannot be seen: nothing is known of them. */
  readonly unknown: readonly string[];
}

interface Counts {
  sent: number;
  responses: number;
  actions: number;
  lastResponse: number;
  unsubscribed: number;
}

function byChannel({ contacts }: Activity): Map<string, Counts> {
  const found = new Map<string, Counts>();
  for (const { channel, kind, n, lastMs } of contacts) {
    let own = found.get(channel);
    if (own === undefined) found.set(channel, (own = { sent: 0, responses: 0, actions: 0, lastResponse: -Infinity, unsubscribed: -Infinity }));
    if (kind === 'message_sent') own.sent += n;
    else if (kind === 'response') {
      own.responses += n;
      own.lastResponse = Math.max(own.lastResponse, lastMs);
    } else if (kind === 'unsubscribe') own.unsubscribed = Math.max(own.unsubscribed, lastMs);
    else own.actions += n;
  }
  return found;
}

/** Who opens a message after leaving has come back. */
const isOpen = (own: Counts | undefined, everywhere: number): boolean => {
  const leftAt = Math.max(everywhere, own?.unsubscribed ?? -Infinity);
  return leftAt === -Infinity || leftAt < (own?.lastResponse ?? -Infinity);
};

/** Says of a channel whether the customer has not left it, or came back to it. */
export function openChannels(activity: Activity): (channel: string) => boolean {
  const counts = byChannel(activity);
  return (channel) => isOpen(counts.get(channel), counts.get('')?.unsubscribed ?? -Infinity);
}

export function channelPreference({ channels }: PreferenceArtefact, activity: Activity, marketingRefused: boolean): ChannelPreference | undefined {
  const counts = byChannel(activity);
  const everywhere = counts.get('')?.unsubscribed ?? -Infinity;
  const total = [...counts.values()].reduce((sum, { actions }) => sum + actions, 0);
  const choices: ChannelChoice[] = [];
  const unknown: string[] = [];
  channels.names.forEach((name, i) => {
    const typical = channels.rates[i];
    const own = counts.get(name);
    const tries = channels.source === 'message' ? (own?.sent ?? 0) : total;
    const hits = Math.min(tries, channels.source === 'message' ? (own?.responses ?? 0) : (own?.actions ?? 0));
    if (typical === 0 || tries < LEAST_TRIES || (channels.source === 'activity' && hits === 0)) {
      unknown.push(name);
      return;
    }
    const reachable = !marketingRefused && isOpen(own, everywhere);
    choices.push({ name, rate: shrunkShare(hits, tries, typical, channels.strength), typical, responses: hits, tries, reachable });
  });
  choices.sort((a, b) => b.rate - a.rate || (a.name < b.name ? -1 : 1));
  return choices.length === 0 ? undefined : { choices, unknown };
}

export interface HourPreference extends BestHour {
  /** Days with a response, by hour, added up. */
  readonly responses: number;
}

export function hourPreference({ hours }: PreferenceArtefact, activity: Activity): HourPreference | undefined {
  const counts = new Float64Array(HOURS);
  let responses = 0;
  for (const { kind, hour, n } of activity.hours) {
    if (kind !== hours.source) continue;
    counts[hour] += n;
    responses += n;
  }
  return responses < LEAST_RESPONSES ? undefined : { ...bestHour(counts, hours.curve, hours.strength), responses };
}
