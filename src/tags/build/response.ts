/** Response tags 渠道响应 of one customer, with what moved each probability. */
import type { Bilingual } from '../../base/text.ts';
import type { AnswerScore } from '../../scoring/preference/answers.ts';
import { percentileOf } from '../bands.ts';
import { PREFERENCE_MODEL } from '../catalogue/preference.ts';
import { responseDefinitions } from '../catalogue/response.ts';
import type { ResponseOutcome } from '../catalogue/response.ts';
import type { Reason, Tag } from '../tag.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { envelope, none } from './draft.ts';
import type { Draft } from './draft.ts';
import { confidenceBy, percent, reason } from './preference/words.ts';

const WORDS: Readonly<Record<ResponseOutcome, Bilingual>> = { open: { zh: '打开', en: 'opened' }, click: { zh: '点击', en: 'clicked' }, convert: { zh: '随后下单', en: 'followed by an order' } };

const MOST_REASONS = 3;

type Push = AnswerScore['pushes'][number];

interface Told {
  readonly feature: string;
  readonly value: number | null;
  readonly typical: number | null;
  readonly text: Bilingual;
}

function told({ signal }: Push, { own, everywhere, rate, known }: AnswerScore, outcome: ResponseOutcome): Told {
  const word = WORDS[outcome];
  switch (signal) {
    case 'own_rate': return {
      feature: `${outcome}_rate`, value: own.hits / own.tries, typical: rate,
      text: { zh: `该渠道${own.tries}条消息${word.zh}${own.hits}条（全店${percent(rate)}）`, en: `${own.hits} of ${own.tries} messages of the channel ${word.en} (shop ${percent(rate)})` },
    };
    case 'everywhere_rate': return {
      feature: `${outcome}_rate_all`, value: everywhere.hits / everywhere.tries, typical: null,
      text: { zh: `所有渠道${everywhere.tries}条消息${word.zh}${everywhere.hits}条`, en: `${everywhere.hits} of ${everywhere.tries} messages of all channels ${word.en}` },
    };
    case 'days_since_answer': return {
      feature: 'days_since_answer', value: known.daysSinceAnswer, typical: null,
      text: known.daysSinceAnswer === null ? { zh: '从未回应过消息', en: 'never answered a message' } : { zh: `最近一条有回应的消息发于${known.daysSinceAnswer}天前`, en: `the newest message that was answered was sent ${known.daysSinceAnswer} days ago` },
    };
    case 'recent_messages': return {
      feature: 'messages_28d', value: known.recentMessages, typical: null, text: { zh: `近4周收到${known.recentMessages}条消息`, en: `${known.recentMessages} messages in the last four weeks` },
    };
    case 'since_order': return {
      feature: 'periods_since_order', value: known.periodsSinceOrder, typical: null,
      text: { zh: known.periodsSinceOrder === 0 ? '近4周下过单' : `至少${4 * known.periodsSinceOrder}周未下单`, en: known.periodsSinceOrder === 0 ? 'ordered within the last four weeks' : `no order for ${4 * known.periodsSinceOrder} weeks or more` },
    };
  }
}

/** Who is sent messages through one channel only has one rate: its two pushes are one reason. */
function pushesOf(score: AnswerScore): readonly Push[] {
  if (score.own.tries !== score.everywhere.tries) return score.pushes;
  const both = score.pushes.filter(({ signal }) => signal === 'own_rate' || signal === 'everywhere_rate').reduce((sum, { push }) => sum + push, 0);
  return score.pushes.flatMap((one) => (one.signal === 'own_rate' ? [{ ...one, push: both }] : one.signal === 'everywhere_rate' ? [] : [one]));
}

function reasonsOf(score: AnswerScore, outcome: ResponseOutcome): Reason[] {
  const pushes = pushesOf(score).filter(({ push }) => push !== 0);
  const whole = pushes.reduce((sum, { push }) => sum + Math.abs(push), 0);
  return pushes.toSorted((a, b) => Math.abs(b.push) - Math.abs(a.push)).slice(0, MOST_REASONS).map((one) => {
    const { feature, value, typical, text } = told(one, score, outcome);
    return reason(one.push > 0 ? 'up' : 'down', feature, Math.abs(one.push) / whole, value, typical, text);
  });
}

function draftOf(score: AnswerScore, outcome: ResponseOutcome, days: number): Draft {
  const { probability, rate, grid, own, method } = score;
  const same = method === 'shop_rate';
  return {
    status: 'ok', value: probability, probability, lift: probability / rate, horizonDays: days, percentile: same ? null : percentileOf(probability, grid),
    confidence: same ? 'low' : confidenceBy(own.tries, 4, 12), reasons: reasonsOf(score, outcome),
  };
}

/** Tags of every channel of the run; none where the shop sends no messages, or nothing was trained yet. */
export function responseTags(run: RunContext, { optedOut, preferences }: CustomerInput): Tag[] {
  const served = run.models.has(PREFERENCE_MODEL);
  return responseDefinitions(run.responses ?? []).map(({ definition, channel, outcome }) => {
    if (optedOut) return envelope(definition, none('opted_out'), run);
    if (!served) return envelope(definition, none('model_paused'), run);
    const score = preferences?.answers.find(({ slug }) => slug === channel.slug)?.outcomes.get(outcome);
    if (score === undefined || score === 'not_eligible') return envelope(definition, none(score ?? 'insufficient_data'), run);
    return envelope(definition, draftOf(score, outcome, channel.days), run);
  });
}
