/** A definition tried before it is saved, and a rule tag evaluated now. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { describeInBoth } from '../../../conditions/describe.ts';
import { writeCondition } from '../../../conditions/text/write.ts';
import { evaluateRules } from '../../../jobs/rules.ts';
import { previewSegment } from '../../../segments/count.ts';
import { listSegment } from '../../../segments/list.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import { ruleOf } from '../../../tags/catalogue/edit.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import type { tagEvaluationResponse, tagPreviewBody, tagPreviewResponse } from '../schemas/ruleEvaluation.ts';
import type { tagParams } from '../schemas/tags.ts';
import { contextOf } from './segments.ts';

const EXAMPLES = 10;

/** Who is named leaves the house, so it is written down as any list of customers. */
export async function previewTag({ body, caller, signal }: Call<unknown, unknown, z.output<typeof tagPreviewBody>>, deps: AppDeps): Promise<z.input<typeof tagPreviewResponse>> {
  const { asOf, context } = await contextOf(deps, body.asOf);
  const { matching, customers, estimate = null, elapsedMs } = await previewSegment(deps.store, body.condition, context, { signal });
  const named = caller !== null && caller.role !== 'data_scientist';
  const examples = named ? (await listSegment(deps.store, body.condition, context, { limit: EXAMPLES, signal })).rows.map(({ externalId }) => externalId) : null;
  if (examples !== null && examples.length > 0) await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'tag.preview', object: 'tag', details: { customers: examples.length, asOf } });
  return { asOf, text: writeCondition(body.condition), words: describeInBoth(body.condition, context.names), matching, customers, estimate, examples, elapsedMs };
}

export async function evaluateTagNow({ params: { key }, signal, caller }: Call<z.output<typeof tagParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof tagEvaluationResponse>> {
  ruleOf(await deps.catalogue(), key);
  const today = await deps.today();
  const { asOf, customers, published } = await evaluateRules(deps.scoring({ progress: silentProgress, signal }), { asOf: today, only: [key] });
  await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'tag.evaluated', object: key, details: { asOf } });
  return { asOf, customers, changed: published?.changed ?? 0, entered: published?.entered ?? 0, left: published?.left ?? 0 };
}
