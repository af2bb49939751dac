/** Where, when and how much a customer wants to hear from the shop, and what discounts do. */
import type { CustomerPreferences } from '../../../scoring/preference/preferences.ts';
import type { Fatigue } from '../../../scoring/preference/responses.ts';
import type { Reason } from '../../tag.ts';
import { DAY_PARTS } from '../../catalogue/preference.ts';
import { banded, none } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { confidenceBy, percent, reason, sharesOf } from './words.ts';

const MOST_CHANNELS = 2;
const MOST_REASONS = 6;

export function channelDraft(channels: CustomerPreferences['channels']): Draft {
  if (channels === undefined) return none('insufficient_data');
  const chosen = channels.choices.slice(0, MOST_CHANNELS);
  const [first, ...second] = chosen;
  const weights = sharesOf(chosen.map(({ rate }) => rate));
  const told = chosen.map(({ name, rate, typical, responses, tries, reachable }, i) => reason('up', 'channel', weights[i], rate, typical, {
    zh: `${name}：${tries}次中回应${responses}次（全店${percent(typical)}），${reachable ? '可触达' : '不可触达'}`, en: `${name}: ${responses} of ${tries} answered (shop ${percent(typical)}), ${reachable ? 'reachable' : 'not reachable'}`,
  }));
  const unknown = channels.unknown.map((name) => reason('down', 'channel_unknown', 0.01, null, null, { zh: `${name}：数据不足`, en: `${name}: not enough data` }));
  const reach = first.reachable ? 'reachable' : second.some(({ reachable }) => reachable) ? 'second_only' : 'unreachable';
  return { status: 'ok', value: chosen.map(({ name }) => name), band: reach, confidence: confidenceBy(first.tries, 6, 15), reasons: [...told, ...unknown].slice(0, MOST_REASONS) };
}

const clock = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;

export function hourDraft(found: CustomerPreferences['hour']): Draft {
  if (found === undefined) return none('insufficient_data');
  const { hour, responses, share, typical } = found;
  const part = DAY_PARTS.find(({ from }) => hour >= from)?.band.code ?? 'night';
  return {
    status: 'ok', value: hour, band: part, lift: typical > 0 ? share / typical : null, confidence: confidenceBy(responses, 10, 20),
    reasons: [reason(share >= typical ? 'up' : 'down', 'response_hours', 1, share, typical, {
      zh: `${responses}次回应中${percent(share)}在${clock(hour)}–${clock(hour + 2)}（全店${percent(typical)}）`, en: `${percent(share)} of ${responses} responses between ${clock(hour)} and ${clock(hour + 2)} (shop ${percent(typical)})`,
    })],
  };
}

export function discountDraft(discounts: CustomerPreferences['discounts']): Draft {
  if (discounts === undefined) return none('insufficient_data');
  if (discounts === 'not_eligible') return none('not_eligible');
  const { band, orders, discounted, share, typical, ratio } = discounts;
  return banded(band, {
    lift: ratio, confidence: confidenceBy(orders, 5, 12),
    reasons: [reason(share >= typical ? 'up' : 'down', 'discounted_orders', 1, share, typical, {
      zh: `${orders}单中${discounted}单有优惠，占${percent(share)}（同期全店${percent(typical)}）`, en: `${discounted} of ${orders} orders with a discount, ${percent(share)} (shop in the same weeks ${percent(typical)})`,
    })],
  });
}

const rate = ({ sent, responses }: { sent: number; responses: number }): number => (sent === 0 ? 0 : Math.min(1, responses / sent));

function fatigueReasons({ unsubscribed, recent, before, heavy, light, perPeriod, typicalPerPeriod, typicalRate }: Fatigue): Reason[] {
  const told: Reason[] = [];
  if (unsubscribed) told.push(reason('up', 'unsubscribed', 1, 1, 0, { zh: '近半年退订过', en: 'unsubscribed within half a year' }));
  const [now, then] = [rate(recent), before.sent === 0 ? typicalRate : rate(before)];
  told.push(reason(now < then ? 'up' : 'down', 'response_rate', 0.6, now, then, {
    zh: `近8周${recent.sent}条消息回应${recent.responses}次，${percent(now)}（此前${before.sent === 0 ? '无消息，全店' : ''}${percent(then)}）`,
    en: `${recent.responses} of ${recent.sent} messages answered in 8 weeks, ${percent(now)} (${before.sent === 0 ? 'none before, shop' : 'before'} ${percent(then)})`,
  }));
  if (heavy.sent > 0 && light.sent > 0) {
    told.push(reason(rate(heavy) < rate(light) ? 'up' : 'down', 'contact_intensity', 0.2, rate(heavy), rate(light), {
      zh: `消息多的四周回应${percent(rate(heavy))}，消息少的${percent(rate(light))}`, en: `answered ${percent(rate(heavy))} in weeks with many messages, ${percent(rate(light))} in others`,
    }));
  }
  told.push(reason(perPeriod > typicalPerPeriod ? 'up' : 'down', 'messages_28d', 0.2, perPeriod, typicalPerPeriod, {
    zh: `每四周${perPeriod.toFixed(1)}条消息（全店${typicalPerPeriod.toFixed(1)}条）`, en: `${perPeriod.toFixed(1)} messages in four weeks (shop ${typicalPerPeriod.toFixed(1)})`,
  }));
  return told;
}

export function fatigueDraft(fatigue: CustomerPreferences['fatigue']): Draft {
  if (fatigue === undefined) return none('insufficient_data');
  if (fatigue === 'not_eligible') return none('not_eligible');
  return banded(fatigue.band, { confidence: confidenceBy(fatigue.recent.sent + fatigue.before.sent, 10, 20), reasons: fatigueReasons(fatigue) });
}
