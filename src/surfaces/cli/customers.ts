/** Finding the customer that a command names. */
import type { App } from '../../app.ts';
import { AppError } from '../../base/errors.ts';
import { customerByExternalId } from '../../store/repositories/customers.ts';
import type { Customer } from '../../store/repositories/customers.ts';

/** @throws AppError `not_found`; the id is not repeated, it may be personal. */
export async function findCustomer(app: App, externalId: string): Promise<Customer> {
  const customer = await customerByExternalId(app.store.db, externalId);
  if (customer === undefined) throw new AppError('not_found', 'There is no customer with this id.', { hint: 'Use the shop\'s own id, as it stands in the imported file; `tagcast segment list` shows ids.' });
  return customer;
}
