/**
 * The buying rhythm: days between order days (several orders on one day are one occasion), how regular they are, how overdue the next one is,
 * and the sufficient statistics of the customer-base models (frequency, recency, age, monetary value; Fader, Hardie & Lee 2005).
 */
import { calendar, daysSince, gaps, orderDays, orders, ratio, subtract } from '../src/features/define.ts';
import { declareIn } from './words.ts';

const declare = declareIn('rhythm');
const sinceLast = daysSince(orders.lastTime());
const firstDay = orderDays.min('day');

export const RHYTHM = [
  declare('gap_count', 'times', ['下单间隔数', 'Number of gaps'], ['相邻下单日之间的间隔个数', 'How many gaps between order days there are.'], gaps.count(), 0),
  declare('gap_mean_days', 'days', ['平均下单间隔', 'Average gap'], ['相邻下单日之间的平均天数', 'Average days between order days.'], gaps.avg('gap'), 'missing'),
  declare('gap_median_days', 'days', ['下单间隔中位数', 'Median gap'], ['相邻下单日间隔的中位数', 'Half of the gaps were at most this long.'], gaps.median('gap'), 'missing'),
  declare('gap_p90_days', 'days', ['较长下单间隔', 'Long gap (90th percentile)'], ['九成间隔不超过的天数', 'Nine gaps in ten were at most this long.'], gaps.percentile('gap', 0.9), 'missing'),
  declare('gap_std_days', 'days', ['间隔标准差', 'Spread of gaps'], ['下单间隔的样本标准差', 'Sample standard deviation of the gaps.'], gaps.stddev('gap'), 'missing'),
  declare('gap_cv', 'multiple', ['间隔变异系数', 'Irregularity of gaps'], ['间隔标准差除以均值，越小越规律', 'Standard deviation of the gaps ÷ their mean; small means regular.'], ratio(gaps.stddev('gap'), gaps.avg('gap')), 'missing'),
  declare('gap_ewm_days', 'days', ['近期加权间隔', 'Recent gap (weighted)'], ['越新的间隔权重越大的平均天数', 'Average gap in which each newer gap weighs 1.43 times the one before it.'], gaps.ewm('gap', 0.3), 'missing'),
  declare('gap_last_days', 'days', ['最近一次间隔', 'Latest gap'], ['最近两个下单日相隔的天数', 'Days between the two latest order days.'], gaps.lastValue('gap'), 'missing'),
  declare('gap_max_days', 'days', ['最长间隔', 'Longest gap'], ['最长的一次下单间隔', 'The longest gap so far.'], gaps.max('gap'), 'missing'),
  declare('gap_last_to_mean', 'multiple', ['最近间隔与均值之比', 'Latest gap to average'], ['最近一次间隔是平均间隔的几倍', 'Latest gap ÷ average gap; above 1 the rhythm is slowing.'], ratio(gaps.lastValue('gap'), gaps.avg('gap')), 'missing'),
  declare('overdue_ratio', 'multiple', ['沉默倍数', 'Overdue ratio'], ['距上次下单的天数是平均间隔的几倍', 'Days since the last order ÷ average gap.'], ratio(sinceLast, gaps.avg('gap')), 'missing'),
  declare('overdue_to_longest', 'multiple', ['沉默与最长间隔之比', 'Silence to longest gap'], ['距上次下单的天数是最长间隔的几倍', 'Days since the last order ÷ longest gap.'], ratio(sinceLast, gaps.max('gap')), 'missing'),
  declare('btyd_frequency', 'order_days', ['复购日数', 'Repeat order days'], ['首个下单日之后的下单日数', 'Order days after the first one.'], gaps.count(), 0),
  declare('btyd_recency_days', 'days', ['首末下单日跨度', 'First to last order day'], ['首个与最近下单日之间的天数', 'Days from the first to the latest order day.'], subtract(orderDays.max('day'), firstDay), 'missing'),
  declare('btyd_age_days', 'days', ['首购至今', 'Days since first order day'], ['首个下单日到截止日的天数', 'Days from the first order day to the cut-off day.'], subtract(calendar('day'), firstDay), 'missing'),
  declare('btyd_monetary', 'money', ['复购日均净消费', 'Net spend per repeat order day'], ['复购下单日的平均净消费', 'Average net spend of the repeat order days.'], gaps.avg('net'), 'missing'),
];
