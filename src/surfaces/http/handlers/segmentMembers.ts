/** Who is in a saved segment, who came and went, and what its members are like. Every page of customers is written to the audit log. */
import type { z } from 'zod';
import { LEAST_MEMBERS } from '../../../segments/portrait.ts';
import { portraitOf } from '../../../segments/portraitOf.ts';
import { segmentChanges, segmentMembers } from '../../../segments/members.ts';
import type { PageOptions } from '../../../segments/page.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call, Caller } from '../route.ts';
import type { changesQuery, changesSchema, membersQuery, membersSchema, portraitBody, portraitSchema, segmentParams } from '../schemas/savedSegments.ts';
import { afterCursor, contextOf, cursorOf } from './segments.ts';
import { bandLabel } from './tagView.ts';

type PageCall<Query> = Call<z.output<typeof segmentParams>, Query, unknown>;

function pageOptions({ limit = 100, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined }): PageOptions {
  return { limit, ...(cursor === undefined ? {} : { after: afterCursor(cursor) }) };
}

const nextOf = (next: number | null): string | null => (next === null ? null : cursorOf(next));

async function audit(deps: AppDeps, caller: Caller | null, action: string, object: string, details: Readonly<Record<string, unknown>>): Promise<void> {
  await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action, object, details });
}

export async function listMembers({ params: { key }, query, caller }: PageCall<z.output<typeof membersQuery>>, deps: AppDeps): Promise<z.input<typeof membersSchema>> {
  const { version, rows, next } = await segmentMembers(deps.store, key, { ...pageOptions(query), ...(query.holdout === undefined ? {} : { holdout: query.holdout === 'only' }) });
  await audit(deps, caller, 'segment.members', key, { customers: rows.length, version });
  return { version, rows: rows.map(({ externalId, holdout }) => ({ customer: externalId, holdout })), next: nextOf(next) };
}

export async function listChanges({ params: { key }, query, caller }: PageCall<z.output<typeof changesQuery>>, deps: AppDeps): Promise<z.input<typeof changesSchema>> {
  const { version, rows, next } = await segmentChanges(deps.store, key, query.change, pageOptions(query));
  await audit(deps, caller, 'segment.changes', key, { customers: rows.length, version, change: query.change });
  return { version, rows: rows.map(({ externalId }) => ({ customer: externalId })), next: nextOf(next) };
}

export async function readPortrait({ body, signal }: Call<unknown, unknown, z.output<typeof portraitBody>>, deps: AppDeps): Promise<z.input<typeof portraitSchema>> {
  const { asOf, context } = await contextOf(deps, undefined);
  const { tags } = await deps.catalogue();
  const found = await portraitOf(deps.store, body.condition === undefined ? { segment: body.segment ?? '' } : { condition: body.condition }, context, { signal });
  return {
    asOf, members: found.members, customers: found.customers, reliable: found.members >= LEAST_MEMBERS,
    dimensions: found.dimensions.slice(0, body.top).map(({ kind, key, edges, known, values, difference }) => {
      const definition = kind === 'attribute' ? undefined : tags.find((tag) => tag.key === key);
      return { kind, key, label: definition?.label ?? { zh: key, en: key }, difference, edges: edges === undefined ? null : [...edges], known, values: values.map((value) => ({ ...value, label: bandLabel(definition, value.value) })) };
    }),
  };
}
