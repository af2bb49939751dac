/** The visit that is under way. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { scoreVisitNow } from '../../../jobs/scoring/visit.ts';
import { visitEvents } from '../../../jobs/scoring/visitEvents.ts';
import type { AppDeps } from '../deps.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { customerParams, customerQuery } from '../schemas/common.ts';
import type { visitBody, visitSchema } from '../schemas/visits.ts';
import { findCustomer } from './customers.ts';
import { bandLabel } from './tagView.ts';

export async function askVisit({ params, query, body, signal }: Call<z.output<typeof customerParams>, z.output<typeof customerQuery>, z.output<typeof visitBody>>, deps: AppDeps): Promise<z.input<typeof visitSchema>> {
  // Another kind of identity names somebody whom the store knows; the shop's own id may be new to it.
  const customer = query.namespace === undefined ? params.id : (await findCustomer(deps, { params, query })).externalId;
  const { at, source } = body;
  const reply = await (deps.scoreVisit ?? scoreVisitNow)(deps.scoring({ progress: silentProgress, signal }), {
    customer, source, events: visitEvents(body.events), ...(at === undefined ? {} : { at: typeof at === 'number' ? at : Date.parse(at) }),
  });
  const definition = (await deps.catalogue()).tags.find(({ key }) => key === reply.tag.key);
  const { visit } = reply;
  return {
    customer: reply.customer, at: instantText(reply.at), silenceMinutes: reply.silenceMinutes, handed: reply.handed,
    visit: visit === null ? null : { ...visit, startedAt: instantText(visit.startedAt), lastEventAt: instantText(visit.lastEventAt), endsAt: instantText(visit.endsAt) },
    tag: { ...reply.tag, label: definition?.label ?? { zh: reply.tag.key, en: reply.tag.key }, bandLabel: bandLabel(definition, reply.tag.band) },
  };
}
