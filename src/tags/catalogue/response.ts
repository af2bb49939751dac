/** Response tags 渠道响应: chance that a message through a channel is opened, clicked, or followed by an order; one set per channel that the shop sends through. They are there as long as the version that learned the channel. */
import type { Bilingual } from '../../base/text.ts';
import type { ServedChannel } from '../../store/repositories/preferenceModels.ts';
import type { TagDefinition } from './definition.ts';
import { PREFERENCE_MODEL } from './preference.ts';

export type ResponseOutcome = ServedChannel['outcomes'][number];

const KEYS: Readonly<Record<ResponseOutcome, string>> = { open: 'response_prob', click: 'click_prob', convert: 'convert_prob' };
export const responseTagKey = (outcome: ResponseOutcome, slug: string): string => `${KEYS[outcome]}_${slug}`;

const LABELS: Readonly<Record<ResponseOutcome, Bilingual>> = {
  open: { zh: '渠道响应概率', en: 'Response probability' }, click: { zh: '渠道点击概率', en: 'Click probability' }, convert: { zh: '触达后下单概率', en: 'Order after a message' },
};

function meaning(outcome: ResponseOutcome, days: number): Bilingual {
  switch (outcome) {
    case 'open': return { zh: `今晚经该渠道发送的一条消息在${days}天内被打开或点击的概率；从未经该渠道联系过的客户属于数据不足，不等于不喜欢`, en: `Probability that a message sent tonight through the channel is opened or clicked within ${days} days; who was never sent one is unknown, not uninterested` };
    case 'click': return { zh: `今晚经该渠道发送的一条消息在${days}天内被点击的概率`, en: `Probability that a message sent tonight through the channel is clicked within ${days} days` };
    case 'convert': return { zh: `今晚经该渠道发送一条消息后${days}天内下单的概率；仅为观察，不发也可能下单，消息的作用看营销增益`, en: `Probability of an order within ${days} days after a message sent tonight; observed: the order may have come without it, what a message does is uplift` };
  }
}

/** The main outcome of every channel, and the others where they were learned. */
export function responseDefinitions(channels: readonly ServedChannel[]): { readonly definition: TagDefinition; readonly channel: ServedChannel; readonly outcome: ResponseOutcome }[] {
  return channels.flatMap((channel) => channel.outcomes.map((outcome) => ({
    channel, outcome,
    definition: {
      key: responseTagKey(outcome, channel.slug), kind: 'predictive', category: 'response', model: PREFERENCE_MODEL, ttlDays: 30, valueType: 'number', unit: 'probability',
      label: { zh: `${LABELS[outcome].zh}：${channel.name}`, en: `${LABELS[outcome].en}: ${channel.name}` }, description: meaning(outcome, channel.days),
    },
  })));
}
