/** Rows of a file as events. Rules for kinds, signs and order numbers: docs/import.md. */
import { EVENT_KIND_PATTERN, type NewEvent } from '../events.ts';
import { compileAmount } from './amounts.ts';
import { compileCondition } from './conditions.ts';
import { decimalText, negate, sign, type Decimal } from './decimal.ts';
import type { EventsMapping } from './mapping.ts';
import { customerReader, rowFault, textReader, timeReader, timeRefOf, valuesReader, type RowContext, type RowOutcome, type TakenEvent } from './rows.ts';

type Kind = (values: readonly string[]) => string;

function kindReader(kind: EventsMapping['kind'], context: RowContext): Kind {
  if (typeof kind === 'string') return () => kind;
  if ('rules' in kind) {
    const rules = kind.rules.map((rule) => ({ matches: compileCondition(rule.when, context.columns, 'kind', context.numbers), kind: rule.kind }));
    return (values) => rules.find((rule) => rule.matches(values))?.kind ?? kind.otherwise;
  }
  const cell = context.columns.cell(kind.column, 'kind');
  const names = new Map(Object.entries(kind.values ?? {}));
  return (values) => {
    const text = cell(values);
    const name = names.get(text) ?? (kind.values === undefined ? text : '');
    if (!EVENT_KIND_PATTERN.test(name)) throw rowFault('bad_kind');
    return name;
  };
}

function stored(value: Decimal | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = decimalText(value);
  if (text === undefined) throw rowFault('number_too_large');
  return text;
}

function sound(value: Decimal | 'bad_number' | undefined): Decimal | undefined {
  if (value === 'bad_number') throw rowFault('bad_number');
  return value;
}

/** Compiles the mapping once; what it returns is called for every row. */
export function eventRows(mapping: EventsMapping, context: RowContext): (values: readonly string[], withoutProduct: boolean) => RowOutcome {
  const { columns, numbers } = context;
  const customer = customerReader(mapping.customer, context);
  const time = timeReader(timeRefOf(mapping.time), context);
  const kindOf = kindReader(mapping.kind, context);
  const none = () => undefined;
  const amount = mapping.amount === undefined ? none : compileAmount(mapping.amount, columns, 'amount', numbers);
  const quantity = mapping.quantity === undefined ? none : compileAmount(mapping.quantity, columns, 'quantity', numbers);
  const discount = mapping.discount === undefined ? none : compileAmount(mapping.discount, columns, 'discount', numbers);
  const per = mapping.orderRef !== undefined && typeof mapping.orderRef === 'object' && 'per' in mapping.orderRef ? mapping.orderRef.per : undefined;
  // One list, made once: only labels that the mapping has are looked at for each row.
  const all = {
    product: textReader(mapping.product, 'product', context),
    category: textReader(mapping.category, 'category', context),
    channel: textReader(mapping.channel, 'channel', context),
    campaign: textReader(mapping.campaign, 'campaign', context),
    session: textReader(mapping.session, 'session', context),
    orderRef: textReader(per === undefined ? (mapping.orderRef as string | string[] | undefined) : undefined, 'orderRef', context),
    eventId: textReader(mapping.eventId, 'eventId', context),
  };
  const labels = (Object.keys(all) as (keyof typeof all)[]).filter((name) => (name === 'orderRef' ? per === undefined && mapping.orderRef !== undefined : mapping[name] !== undefined)).map((name) => ({ name, read: all[name], ofProduct: name === 'product' || name === 'category' }));
  const properties = valuesReader(mapping.properties ?? [], 'properties', context);

  return (values, withoutProduct) => {
    const event: NewEvent = { customer: customer(values), occurredAt: 0, kind: '' };
    const occurredAt = time(values);
    if (occurredAt === undefined) throw rowFault('missing_time');
    event.occurredAt = occurredAt;
    let kind = kindOf(values);
    let money = sound(amount(values));
    let pieces = sound(quantity(values));
    // An order that takes money or goods back is a refund, whatever the file calls it.
    if (kind === 'order' && ((money !== undefined && sign(money) < 0) || (pieces !== undefined && sign(pieces) < 0))) kind = 'refund';
    if (kind === 'refund') {
      if (money !== undefined && sign(money) > 0) money = negate(money);
      if (pieces !== undefined && sign(pieces) > 0) pieces = negate(pieces);
    }
    event.kind = kind;
    const moneyText = stored(money);
    if (moneyText !== undefined) event.amount = moneyText;
    const piecesText = stored(pieces);
    if (piecesText !== undefined) event.quantity = piecesText;
    const less = sound(discount(values));
    if (less !== undefined && sign(less) < 0) throw rowFault('negative_discount');
    const lessText = stored(less);
    if (lessText !== undefined) event.discount = lessText;
    for (const { name, read, ofProduct } of labels) {
      if (withoutProduct && ofProduct) continue;
      const text = read(values);
      if (text !== undefined) event[name] = text;
    }
    const more = properties(values);
    if (more !== undefined) event.properties = more;
    const taken: TakenEvent = per === undefined ? { target: 'events', event } : { target: 'events', event, orderPer: per };
    return { take: taken };
  };
}
