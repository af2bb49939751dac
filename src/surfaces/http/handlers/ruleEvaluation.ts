/** A definition tried before it is saved, and a rule tag evaluated now. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { describeInBoth } from '../../../conditions/describe.ts';
import { writeCondition } from '../../../conditions/text/write.ts';
import { evaluateRules } from '../../../jobs/rules.ts';
import { evaluateNewEvents } from '../../../jobs/rulesOnEvents.ts';
import { previewSegment } from '../../../segments/count.ts';
import { listSegment } from '../../../segments/list.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import { ruleOf } from '../../../tags/catalogue/edit.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import type { evaluationBody, evaluationResponse, tagEvaluationResponse, tagPreviewBody, tagPreviewResponse } from '../schemas/ruleEvaluation.ts';
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

/** As `tagcast tags evaluate`: everything that is enabled, some rule tags, or what new events touch. */
export async function evaluateTagsNow({ body, signal, caller }: Call<unknown, unknown, z.output<typeof evaluationBody>>, deps: AppDeps): Promise<z.input<typeof evaluationResponse>> {
  const [scoring, asOf] = [deps.scoring({ progress: silentProgress, signal }), await deps.today()];
  const { tags, newEvents } = body ?? {};
  if (tags !== undefined) {
    const catalogue = await deps.catalogue();
    for (const key of tags) ruleOf(catalogue, key);
  }
  const report = newEvents === true ? await evaluateNewEvents(scoring, asOf) : await evaluateRules(scoring, { asOf, force: true, ...(tags === undefined ? {} : { only: tags }) });
  const published = 'published' in report ? report.published : 'entered' in report ? report : undefined;
  await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'tag.evaluated', object: tags?.join(',') ?? (newEvents === true ? 'new events' : 'every rule tag'), details: { asOf } });
  return { asOf, rules: report.rules, customers: report.customers, changed: published?.changed ?? 0, entered: published?.entered ?? 0, left: published?.left ?? 0 };
}
