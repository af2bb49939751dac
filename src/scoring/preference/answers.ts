/** How likely a message through each channel is opened, clicked, or followed by an order. */
import type { ChannelModel, OutcomeModel, ResponseModel } from '../../estimators/response/artefact.ts';
import { answerChance } from '../../estimators/response/rate.ts';
import type { Answer } from '../../estimators/response/rate.ts';
import { answerHistory } from '../../features/activity/answers.ts';
import type { AnswerHistory } from '../../features/activity/answers.ts';
import { ACTIVITY_DAYS } from '../../features/activity/activity.ts';
import type { Activity } from '../../features/activity/activity.ts';
import { openChannels } from './reach.ts';

export interface AnswerScore extends Answer {
  readonly method: OutcomeModel['method'];
  readonly rate: number;
  readonly grid: readonly number[];
  /** Messages through the channel, and through all, with those that had the outcome. */
  readonly own: { readonly tries: number; readonly hits: number };
  readonly everywhere: { readonly tries: number; readonly hits: number };
  /** `daysSinceAnswer`: null where no message was ever answered. */
  readonly known: Pick<AnswerHistory, 'recentMessages' | 'periodsSinceOrder'> & { readonly daysSinceAnswer: number | null };
}

export interface ChannelAnswers {
  readonly slug: string;
  /** `not_eligible`: nothing may be sent there, or its messages cannot be seen to be opened. Undefined: nothing is known. */
  readonly outcomes: ReadonlyMap<OutcomeModel['outcome'], AnswerScore | 'not_eligible' | undefined>;
}

const sumOf = (tallies: AnswerHistory['own']): { tries: number; hits: number } => tallies.reduce((sum, { tries, hits }) => ({ tries: sum.tries + tries, hits: sum.hits + hits }), { tries: 0, hits: 0 });

function scoreOf(model: OutcomeModel, channel: string, activity: Activity, asOfDay: number): AnswerScore | undefined {
  const known = answerHistory(activity, channel, model.outcome, asOfDay);
  if (known.own.length === 0) return undefined;
  const { daysSinceAnswer, recentMessages, periodsSinceOrder } = known;
  return { ...answerChance(model, known), method: model.method, rate: model.rate, grid: model.grid, own: sumOf(known.own), everywhere: sumOf(known.everywhere), known: { daysSinceAnswer: daysSinceAnswer === ACTIVITY_DAYS ? null : daysSinceAnswer, recentMessages, periodsSinceOrder } };
}

function answersOf({ slug, name, seen, outcomes }: ChannelModel, activity: Activity, asOfDay: number, mayReach: (channel: string) => boolean): ChannelAnswers {
  const found = new Map<OutcomeModel['outcome'], AnswerScore | 'not_eligible' | undefined>([['open', seen ? undefined : 'not_eligible']]);
  if (!mayReach(name)) for (const outcome of ['open', ...outcomes.map((one) => one.outcome)] as const) found.set(outcome, 'not_eligible');
  else for (const model of outcomes) found.set(model.outcome, scoreOf(model, name, activity, asOfDay));
  return { slug, outcomes: found };
}

/** In the order of the model; none where the shop's version knows no channels. */
export function channelAnswers(model: ResponseModel | undefined, activity: Activity, asOfDay: number, marketingRefused: boolean): ChannelAnswers[] {
  if (model === undefined) return [];
  const open = openChannels(activity);
  return model.channels.map((one) => answersOf(one, activity, asOfDay, (channel) => !marketingRefused && open(channel)));
}
