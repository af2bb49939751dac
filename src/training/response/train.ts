/** Learns how messages are answered, channel by channel, from readings of the activity on four days. */
import { addDays, startOfDay } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { answerChance } from '../../estimators/response/rate.ts';
import type { ChannelModel, OutcomeModel, ResponseModel } from '../../estimators/response/artefact.ts';
import { ANSWER_DAYS, OPEN_DAYS } from '../../features/activity/messages.ts';
import { activityBetween, PERIOD_DAYS } from '../../features/activity/activity.ts';
import { answerHistory, OUTCOMES } from '../../features/activity/answers.ts';
import type { Outcome } from '../../features/activity/answers.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import { quantileSorted } from '../../math/stats/index.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { areEnough, responseCases } from './cases.ts';
import type { Reading } from './cases.ts';
import { chooseResponse } from './choose.ts';
import type { OutcomeReport } from './choose.ts';
import { channelSlugs } from './slugs.ts';

export interface ResponseRequest {
  readonly columns: Columns;
  readonly plan: Pick<FeaturePlan, 'timeZone' | 'zone'>;
  readonly end: LocalDate;
  readonly seed: number;
  /** Activity as of the end. */
  readonly newest: Reading;
  /** Which customers: SQL over the events. */
  readonly where: string;
  readonly signal?: AbortSignal;
}

export interface ChannelReport {
  readonly slug: string;
  readonly name: string;
  readonly seen: boolean;
  readonly customers: number;
  readonly messages: number;
  readonly outcomes: readonly OutcomeReport[];
}

export interface ResponseReport {
  readonly days: number;
  /** Days of each of the three periods. */
  readonly periodDays: number;
  readonly channels: readonly ChannelReport[];
}

export const MOST_CHANNELS = 8;
/** Customers below which a channel is nobody's business. */
const LEAST_CUSTOMERS = 5;
/** Periods of four weeks that one step takes: shops that send seldom are learned from longer steps. */
const STEPS = [1, 3] as const;
const GRID = 101;
/** Nothing else is looked at (src/features/activity/answers.ts). */
const READ = `kind IN ('message_sent', 'message_open', 'message_click', 'order')`;

interface Used {
  readonly name: string;
  readonly messages: number;
  readonly customers: number;
  readonly seen: boolean;
}

/** Most used first. */
function usedChannels({ activities }: Reading): Used[] {
  const found = new Map<string, { messages: number; customers: Set<number>; seen: boolean }>();
  for (const [id, { messages }] of activities) {
    for (const { channel, sent, opened } of messages) {
      if (channel === '') continue;
      let own = found.get(channel);
      if (own === undefined) found.set(channel, (own = { messages: 0, customers: new Set(), seen: false }));
      own.messages += sent;
      own.customers.add(id);
      own.seen ||= opened > 0;
    }
  }
  return [...found].map(([name, own]) => ({ name, ...own, customers: own.customers.size })).filter(({ customers }) => customers >= LEAST_CUSTOMERS)
    .sort((a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1)).slice(0, MOST_CHANNELS);
}

function gridOf(model: Omit<OutcomeModel, 'grid'>, { activities, day }: Reading, channel: string, outcome: Outcome): number[] {
  const p: number[] = [];
  for (const activity of activities.values()) {
    const known = answerHistory(activity, channel, outcome, day);
    if (known.own.length > 0) p.push(answerChance(model, known).probability);
  }
  const sorted = Float64Array.from(p).sort();
  return Array.from({ length: GRID }, (_, i) => quantileSorted(sorted, i / (GRID - 1)));
}

/** Undefined where no message was sent through a named channel. @throws AppError `cancelled`. */
export async function trainResponses({ columns, plan, end, seed, newest, where, signal }: ResponseRequest): Promise<{ readonly model: ResponseModel; readonly report: ResponseReport } | undefined> {
  const used = usedChannels(newest);
  if (used.length === 0) return undefined;
  const slugs = channelSlugs(used.map(({ name }) => name));
  const learn = async (periods: number): Promise<{ channels: ChannelModel[]; reports: ChannelReport[]; stepDays: number }> => {
    const stepDays = periods * PERIOD_DAYS + OPEN_DAYS;
    const readings: Reading[] = [newest];
    for (let step = 1; step <= 3; step++) {
      const asOf = startOfDay(addDays(end, -step * stepDays), plan.timeZone);
      readings.unshift({ day: newest.day - step * stepDays, activities: await activityBetween(columns, plan, { asOf, where: `${where} AND ${READ}`, parts: ['messages', 'contacts'], ...(signal === undefined ? {} : { signal }) }) });
    }
    const channels: ChannelModel[] = [];
    const reports: ChannelReport[] = [];
    for (const one of used) {
      const { name, seen } = one;
      const slug = slugs.get(name) ?? '';
      const outcomes = OUTCOMES.flatMap((outcome) => {
        const [first, second, third] = [0, 1, 2].map((i) => responseCases(readings[i], readings[i + 1], name, outcome, periods));
        return [first, second, third].every(areEnough) ? [{ outcome, chosen: chooseResponse(outcome, [first, second, third], `${seed} ${name} ${outcome}`) }] : [];
      });
      channels.push({ slug, name, seen, outcomes: outcomes.map(({ outcome, chosen: { model } }) => ({ ...model, grid: gridOf(model, newest, name, outcome) })) });
      reports.push({ ...one, slug, outcomes: outcomes.map(({ chosen }) => chosen.report) });
    }
    return { channels, reports, stepDays: periods * PERIOD_DAYS };
  };
  let learned = await learn(STEPS[0]);
  for (const periods of STEPS.slice(1)) {
    if (learned.channels.some(({ outcomes }) => outcomes.length > 0)) break;
    learned = await learn(periods);
  }
  return { model: { days: ANSWER_DAYS, channels: learned.channels }, report: { days: ANSWER_DAYS, periodDays: learned.stepDays, channels: learned.reports } };
}
