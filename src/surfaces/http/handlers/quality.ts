/** Data quality: results and alerts, rules, and a check now. */
import type { z } from 'zod';
import { checkQuality } from '../../../jobs/quality.ts';
import { dimensionOf } from '../../../quality/schema.ts';
import { deleteQualityRule, loadQualityRules, qualityRuleNamed, saveQualityRule } from '../../../quality/rules.ts';
import type { ShopRule } from '../../../quality/rules.ts';
import { latestQualityResults, listAlerts, qualityExamples, qualityHistory, qualityRuleVersions } from '../../../store/repositories/quality.ts';
import type { QualityResultRow } from '../../../store/repositories/quality.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { qualityCheckBody, qualityCheckResponse, qualityParams, qualityQuery, qualityResponse, qualityRuleBody, qualityRuleResponse, qualityRulesResponse } from '../schemas/quality.ts';
import type { deletedSchema } from '../schemas/savedSegments.ts';

type RuleCall<Body = unknown> = Call<z.output<typeof qualityParams>, unknown, Body>;
type RuleView = z.input<typeof qualityRulesResponse>['rules'][number];

function ruleView({ key, label, check, mostBad, days, status, holdsNight, owner, version, builtIn }: ShopRule): RuleView {
  return { key, label, dimension: dimensionOf(check), check: check as RuleView['check'], mostBad, days, status, holdsNight, owner, version, builtIn };
}

function resultView({ checked, bad, state, details }: Pick<QualityResultRow, 'checked' | 'bad' | 'state' | 'details'>): Omit<z.input<typeof qualityCheckResponse>['results'][number], 'rule'> {
  return { checked, bad, state, ageHours: details.ageHours ?? null, limitHours: details.limitHours ?? null, unknown: [...(details.unknown ?? [])] };
}

export async function readQuality({ query }: Call<unknown, z.output<typeof qualityQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof qualityResponse>> {
  const [results, alerts] = [await latestQualityResults(deps.store.db), await listAlerts(deps.store.db, { open: query.all !== 'true', limit: 500 })];
  return {
    results: results.map((one) => ({ rule: one.key, day: one.day, ...resultView(one) })),
    alerts: alerts.map(({ key, openedOn, lastBadOn, closedOn, worst }) => ({ rule: key, openedOn, lastBadOn, closedOn, worst })),
  };
}

export async function listQualityRules(_call: Call<unknown, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof qualityRulesResponse>> {
  return { rules: (await loadQualityRules(deps.store)).map(ruleView) };
}

export async function readQualityRule({ params: { key }, caller }: RuleCall, deps: AppDeps): Promise<z.input<typeof qualityRuleResponse>> {
  const { db } = deps.store;
  const rule = qualityRuleNamed(await loadQualityRules(deps.store), key);
  return {
    ...ruleView(rule),
    history: (await qualityHistory(db, key, 30)).map((one) => ({ day: one.day, ...resultView(one) })),
    examples: caller?.role === 'data_scientist' ? null : await qualityExamples(db, key),
    versions: (await qualityRuleVersions(db, key)).map(({ version, rule: stored, actor, changedAt }) => ({ version, deleted: stored === null, actor, changedAt: instantText(changedAt) })),
  };
}

export async function putQualityRule(call: RuleCall<z.output<typeof qualityRuleBody>>, deps: AppDeps): Promise<z.input<typeof qualityRuleResponse>> {
  const { params: { key }, body, caller } = call;
  await saveQualityRule(deps.store, { ...body.rule, key }, (await deps.catalogue()).names, actorOf(caller), body.expectedVersion);
  return readQualityRule(call, deps);
}

export async function removeQualityRule({ params: { key }, caller }: RuleCall, deps: AppDeps): Promise<z.input<typeof deletedSchema>> {
  await deleteQualityRule(deps.store, key, actorOf(caller));
  return { deleted: key };
}

export async function checkQualityNow({ body, signal }: Call<unknown, unknown, z.output<typeof qualityCheckBody>>, deps: AppDeps): Promise<z.input<typeof qualityCheckResponse>> {
  const { day, results, opened, closed, holds } = await checkQuality({ store: deps.store, timeZone: deps.shop.timeZone, signal }, await deps.today(), body.rules);
  return { day, results: results.map((one) => ({ rule: one.key, ...resultView(one) })), opened: [...opened], closed: [...closed], holds: [...holds] };
}
