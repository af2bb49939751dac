/** One customer: profile, tags, an immediate score. */
import type { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { silentProgress } from '../../../base/progress.ts';
import { mergeTwo } from '../../../jobs/mergeCustomers.ts';
import { scoreOneNow } from '../../../jobs/scoring/one.ts';
import { consentsOf } from '../../../store/repositories/consents.ts';
import { customerByExternalId, customerByIdentity, identitiesOf } from '../../../store/repositories/customers.ts';
import type { Customer } from '../../../store/repositories/customers.ts';
import { segmentsOf } from '../../../store/repositories/segments.ts';
import { everyTagOf, ruleHistory } from '../../../tags/catalogue/reads.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { customerParams, customerQuery } from '../schemas/common.ts';
import type { mergeBody, mergedSchema, profileSchema, scoredSchema } from '../schemas/customers.ts';
import type { customerTagsSchema } from '../schemas/tags.ts';
import { tagView } from './tagView.ts';

const SHOWN_CHANGES = 50;

type CustomerCall = Call<z.output<typeof customerParams>, z.output<typeof customerQuery>, unknown>;

export async function findCustomer(deps: AppDeps, { params, query }: Pick<CustomerCall, 'params' | 'query'>): Promise<Customer> {
  const found = await (query.namespace === undefined ? customerByExternalId(deps.store.db, params.id) : customerByIdentity(deps.store.db, query.namespace, params.id));
  if (found === undefined) throw new AppError('not_found', 'There is no customer with this id.', { hint: query.namespace === undefined ? 'Check the id, or name the kind of identity with ?namespace=.' : 'Check the id and the namespace.' });
  return found;
}

async function shownTags(deps: AppDeps, customerId: number): Promise<Pick<z.input<typeof customerTagsSchema>, 'asOf' | 'tags'>> {
  const asOf = await deps.today();
  const catalogue = await deps.catalogue();
  return { asOf, tags: (await everyTagOf(deps.store.db, catalogue, customerId)).map((tag) => tagView(tag, catalogue.tags, asOf)) };
}

/** Only these roles see what an attribute or an identity says; everybody else sees that it is there. */
function seesValues(call: CustomerCall): boolean {
  return call.caller?.role === 'admin' || call.caller?.role === 'marketer';
}

export async function readProfile(call: CustomerCall, deps: AppDeps): Promise<z.input<typeof profileSchema>> {
  const customer = await findCustomer(deps, call);
  const { db } = deps.store;
  const identities = await identitiesOf(db, customer.customerId);
  const consents = await consentsOf(db, customer.customerId);
  const open = seesValues(call);
  return {
    customer: customer.externalId,
    createdAt: instantText(customer.createdAt),
    updatedAt: instantText(customer.updatedAt),
    attributes: open ? (customer.attributes as z.input<typeof profileSchema>['attributes']) : null,
    attributeNames: Object.keys(customer.attributes).toSorted(),
    identities: identities.map(({ namespace, value }) => ({ namespace, value: open ? value : null })),
    consents: consents.map(({ purpose, state, recordedAt }) => ({ purpose, state, recordedAt: instantText(recordedAt) })),
    ...(await shownTags(deps, customer.customerId)),
    segments: open ? await segmentsOf(db, customer.customerId) : null,
    ruleHistory: (await ruleHistory(db, customer.customerId, SHOWN_CHANGES)).map(({ ruleRun: _run, ...change }) => change),
  };
}

export async function readTags(call: CustomerCall, deps: AppDeps): Promise<z.input<typeof customerTagsSchema>> {
  const customer = await findCustomer(deps, call);
  return { customer: customer.externalId, ...(await shownTags(deps, customer.customerId)) };
}

export async function scoreNow(call: CustomerCall, deps: AppDeps): Promise<z.input<typeof scoredSchema>> {
  const { customerId, externalId } = await findCustomer(deps, call);
  const asOf = await deps.today();
  const score = deps.scoreOne ?? scoreOneNow;
  // Where the data end in the past, the clock's own instant would find everybody gone.
  const tags = await score(deps.scoring({ progress: silentProgress, signal: call.signal }), customerId, deps.shop.historic ? { asOf } : {});
  const catalogue = await deps.catalogue();
  return { customer: externalId, asOf, tags: tags.map((tag) => tagView(tag, catalogue.tags, asOf)) };
}

export async function mergeCustomer({ params, body, caller }: Call<z.output<typeof customerParams>, unknown, z.output<typeof mergeBody>>, { store, clock }: AppDeps): Promise<z.input<typeof mergedSchema>> {
  const { events, identities, attributes, refused } = await mergeTwo({ store, clock }, params.id, body.into, actorOf(caller));
  return { customer: body.into, events, identities, attributes, refused: [...refused] };
}
