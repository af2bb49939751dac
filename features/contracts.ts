/**
 * Contracts (subscriptions, courses, memberships): what was booked until the cut-off, how the paid time goes on, and when it ends. What a shop tells about contracts is in docs/contracts.md.
 * A lapse is a gap of more than the grace days between paid periods; renewals are counted since the last lapse, as a retention table does.
 */
import { calendar, constant, contracts, daysSince, events, multiply, ratio, subtract } from '../src/features/define.ts';
import type { FeatureDefinition } from '../src/features/define.ts';
import { NEVER_COVERED_DAYS } from '../src/features/expression.ts';
import { declareIn } from './words.ts';

const declare = declareIn('contracts');
const today = calendar('day');
const visits = events.ofKind('visit');
const cancellations = events.ofKind('contract_cancelled');

export function contractFeatures(graceDays: number): readonly FeatureDefinition[] {
  const begins = contracts.whereAbove('uncovered', graceDays);
  const daysLeft = subtract(contracts.max('ends'), today);
  const lead = contracts.whereBetween('uncovered', -NEVER_COVERED_DAYS, graceDays).avg('lead');
  return [
    declare('contract_days_left', 'days', ['合同剩余天数', 'Days to the end of the contract'], ['已付费时间的最后一天距截止日的天数，0 为当天到期，负数为已到期', 'Days from the cut-off to the last paid day; 0 ends on the day, below 0 has ended.'], daysLeft, 'missing'),
    declare('contract_periods', 'periods', ['合同期数', 'Contract periods'], ['至今付费的期数；不延长到期日的升级不算一期', 'Paid periods so far; an upgrade that pays no further is none of its own.'], contracts.max('number'), 0),
    declare('contract_renewals', 'times', ['连续续费次数', 'Renewals so far'], [`自上次中断（超过 ${graceDays} 天）以来的续费次数`, `Renewals since the contract last lapsed for more than ${graceDays} days.`], subtract(contracts.max('number'), begins.max('number')), 'missing'),
    declare('contract_lapses', 'times', ['中断后回归次数', 'Returns after a lapse'], [`中断超过 ${graceDays} 天后又回来的次数`, `How often the customer came back after more than ${graceDays} days without a contract.`], contracts.whereBetween('uncovered', graceDays + 1, NEVER_COVERED_DAYS - 1).count(), 0),
    declare('contract_tenure_days', 'days', ['连续在约天数', 'Days since the contract began'], ['自首次签约或上次中断后回归以来的天数', 'Days since the first contract, or since the return after the last lapse.'], subtract(today, begins.max('starts')), 'missing'),
    declare('contract_known_days', 'days', ['首次签约至今', 'Days since the first contract'], ['自第一份合同开始以来的天数', 'Days since the first contract began.'], subtract(today, contracts.min('starts')), 'missing'),
    declare('contract_term_days', 'days', ['当前合同期长', 'Length of the period'], ['最晚到期的付费期有多少天', 'Days of the paid period that ends last.'], contracts.lastValue('term'), 'missing'),
    declare('contract_amount', 'money', ['当前合同金额', 'Price of the period'], ['最晚到期的付费期的金额', 'Amount of the paid period that ends last.'], contracts.lastValue('amount'), 'missing'),
    declare('contract_price_change', 'multiple', ['价格变化', 'Change of price'], ['最近一次换期时日均价是上一期的几倍', 'Price per day ÷ that of the period before on the same contract, at the last change of periods.'], contracts.lastValue('price_change'), 'missing'),
    declare('contract_plans', 'products', ['用过的套餐数', 'Plans so far'], ['签过的不同套餐数', 'Different plans so far.'], contracts.countDistinct('plan'), 0),
    declare('contract_auto_renew', 'flag', ['自动续费', 'Renews by itself'], ['签约时是否开通了自动续费', 'Whether the period that ends last was booked with automatic renewal.'], contracts.lastValue('auto_renew'), 'missing'),
    declare('contract_cancelled', 'flag', ['已退订（未到期）', 'Cancelled, still running'], ['最晚到期的合同是否已登记退订且未撤回', 'Whether a cancellation of the contract that ends last was registered and not taken back.'], contracts.lastValue('cancelled'), 'missing'),
    declare('contract_cancellations', 'times', ['累计退订次数', 'Cancellations so far'], ['至今登记过的退订次数', 'Cancellations registered so far.'], cancellations.count(), 0),
    declare('contract_days_since_cancelled', 'days', ['距上次退订', 'Days since the last cancellation'], ['距最近一次登记退订的天数', 'Days since a cancellation was last registered.'], daysSince(cancellations.lastTime()), 'missing'),
    declare('contract_lead_days', 'days', ['习惯提前续费天数', 'Usual lead of renewals'], ['以往续费平均比到期日提前多少天，负数为到期后才续', 'Days before the end at which the customer renewed so far, on average; below 0 is after the end.'], lead, 'missing'),
    declare('contract_days_past_usual', 'days', ['晚于习惯的天数', 'Days past the usual renewal'], ['已比习惯的续费时间晚了多少天', 'By how many days the time at which the customer usually renews has passed.'], subtract(lead, daysLeft), 'missing'),
    declare('contract_usage_change', 'multiple', ['使用变化', 'Change of use'], ['近 30 天到访次数是再前 90 天月均的几倍', 'Visits of the last 30 days ÷ the monthly average of the 90 days before.'], ratio(multiply(constant(3), visits.last(30).count()), visits.between(120, 30).count()), 'missing'),
    declare('contract_days_since_visit', 'days', ['距上次到访', 'Days since the last visit'], ['距最近一次到访的天数', 'Days since the latest visit.'], daysSince(visits.lastTime()), 'missing'),
  ];
}
