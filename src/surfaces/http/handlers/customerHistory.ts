/** What happened to one customer: events, stages, changes of tags. */
import type { z } from 'zod';
import { timeline } from '../../../store/repositories/events.ts';
import { stagesOf } from '../../../store/repositories/lifecycle.ts';
import { tagHistory } from '../../../store/repositories/tagReads.ts';
import type { AppDeps } from '../deps.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { customerParams } from '../schemas/common.ts';
import type { historyQuery, historyResponse, timelineQuery, timelineResponse } from '../schemas/customerHistory.ts';
import { findCustomer } from './customers.ts';

type Params = z.output<typeof customerParams>;
type TimelineView = z.input<typeof timelineResponse>;

const EVENTS = 50;
const CHANGES = 100;

export async function readTimeline(call: Call<Params, z.output<typeof timelineQuery>, unknown>, deps: AppDeps): Promise<TimelineView> {
  const { customerId, externalId } = await findCustomer(deps, call);
  const { cursor, limit = EVENTS } = call.query;
  const { events, next = null } = await timeline(deps.store.db, customerId, { limit, ...(cursor === undefined ? {} : { after: cursor }) });
  const view = events.map(({ eventId: _id, ingestedAt: _at, occurredAt, properties, ...event }) => ({ occurredAt: instantText(occurredAt), ...event, properties: properties as TimelineView['events'][number]['properties'] }));
  return { customer: externalId, events: view, next };
}

export async function readHistory(call: Call<Params, z.output<typeof historyQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof historyResponse>> {
  const { customerId, externalId } = await findCustomer(deps, call);
  const { tag, limit = CHANGES } = call.query;
  const { names } = await deps.catalogue();
  const [stages, changes] = [await stagesOf(deps.store.db, customerId, limit), await tagHistory(deps.store.db, customerId, { limit, ...(tag === undefined ? {} : { key: tag }) })];
  return {
    customer: externalId,
    stages: stages.map(({ enteredOn, stage, previousStage, rulesVersion }) => ({ enteredOn, stage, label: names.stages.find(({ code }) => code === stage)?.label ?? null, previous: previousStage, rulesVersion })),
    changes: changes.map((one) => ({
      tag: one.key, changedOn: one.changedOn, before: { status: one.fromStatus, band: one.fromBand, value: one.fromValue }, after: { status: one.toStatus, band: one.toBand, value: one.toValue }, sourceVersion: one.sourceVersion,
    })),
  };
}
