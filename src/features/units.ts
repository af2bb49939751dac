/** Units of features, with the words that follow a number in both languages. */
export interface UnitWords {
  readonly zh: string;
  /** Singular and plural. */
  readonly en: readonly [string, string];
  /** Decimal places that are worth showing. */
  readonly digits: number;
  readonly style: 'plain' | 'percent' | 'yes_no';
}

const words = (zh: string, one: string, many: string, digits = 0): UnitWords => ({ zh, en: [one, many], digits, style: 'plain' });

export const UNITS = {
  days: words('天', 'day', 'days', 1),
  orders: words('单', 'order', 'orders'),
  order_days: words('个下单日', 'order day', 'order days'),
  times: words('次', 'time', 'times'),
  visits: words('次访问', 'visit', 'visits'),
  views: words('次浏览', 'view', 'views'),
  events: words('个动作', 'event', 'events'),
  minutes: words('分钟', 'minute', 'minutes', 1),
  seconds: words('秒', 'second', 'seconds'),
  messages: words('条消息', 'message', 'messages'),
  items: words('件', 'item', 'items', 1),
  lines: words('行', 'line', 'lines', 1),
  categories: words('个品类', 'category', 'categories'),
  products: words('种商品', 'product', 'products'),
  channels: words('个渠道', 'channel', 'channels'),
  periods: words('期', 'period', 'periods'),
  /** An amount in the shop's currency, which the caller names. */
  money: words('', '', '', 2),
  /** A part of a whole, shown as a percentage. */
  share: { zh: '', en: ['', ''], digits: 1, style: 'percent' },
  /** Whether something is so: 1 or 0. */
  flag: { zh: '', en: ['', ''], digits: 0, style: 'yes_no' },
  /** A multiple: 1.5 means one and a half times. */
  multiple: words('倍', 'times', 'times', 2),
  /** A sum of weights that has no natural unit. */
  score: words('', '', '', 2),
} as const satisfies Record<string, UnitWords>;

export type Unit = keyof typeof UNITS;
