/** Merging customers: two by hand, and those of old ids that have come back. */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/connection.ts';
import { mergeCustomers, returnedCustomers } from '../store/repositories/customerMerges.ts';
import type { Merged } from '../store/repositories/customerMerges.ts';
import { customerByExternalId } from '../store/repositories/customers.ts';

export interface MergeDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * @param from the shop's id of the customer who goes
 * @param into the shop's id of the customer who stays
 * @throws AppError `not_found`, `invalid_input` for one and the same
 */
export async function mergeTwo({ store, clock }: MergeDeps, from: string, into: string, actor: string): Promise<Merged> {
  const [gone, kept] = [await customerByExternalId(store.db, from), await customerByExternalId(store.db, into)];
  const merged = gone === undefined || kept === undefined ? undefined : gone.customerId === kept.customerId ? 'same' : await mergeCustomers(store.db, gone.customerId, kept.customerId, actor, clock.now());
  if (merged === 'same') throw new AppError('invalid_input', 'Both ids are of one customer.', { hint: 'Name the customer who goes, and with --into the one who stays.' });
  if (merged === undefined) throw new AppError('not_found', `There is no customer with ${gone === undefined ? 'the first id' : 'the id behind --into'}.`, { hint: 'Use the shop\'s own ids, as they stand in the imported file.' });
  return merged;
}

/** Sources go on using an old id: what has come in under it is moved to the customer that it was merged into. Part of every night. */
export async function mergeReturned({ store, clock, signal }: MergeDeps): Promise<number> {
  const returned = await returnedCustomers(store.db);
  let merged = 0;
  for (const { from, into } of returned) {
    throwIfCancelled(signal, 'Merging customers');
    if ((await mergeCustomers(store.db, from, into, 'nightly', clock.now())) !== undefined) merged++;
  }
  return merged;
}
