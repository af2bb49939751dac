/** The events of a generated contract business in the column engine; customer i has id i + 1. */
import type { LocalDate } from '../../src/base/time.ts';
import type { Columns } from '../../src/store/columns/columns.ts';
import { shopColumns } from '../features/shop.ts';
import type { ShopEvent } from '../features/shop.ts';
import type { ContractShop } from './contractShop.ts';

export function contractColumns({ customers, events }: ContractShop, end: LocalDate): Promise<Columns> {
  const index = new Map(customers.map(({ id }, i) => [id, i]));
  return shopColumns({
    customers: customers.map(() => ({ createdAt: Date.parse(end) })),
    events: events.map(({ customer, occurredAt, kind, amount, product, orderRef, properties }): ShopEvent => ({
      customer: index.get(customer) ?? 0, at: occurredAt, kind, amount, orderRef, ...(product === undefined ? {} : { product }), ...(properties === undefined ? {} : { properties }),
    })),
  });
}
