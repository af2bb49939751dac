/** One tag: its definition and versions; rule tags are written, given a status, deleted. */
import type { z } from 'zod';
import { definitionVersions } from '../../../store/repositories/tagDefinitions.ts';
import { ruleFrom } from '../../../tags/catalogue/draft.ts';
import { createRule, deleteRule, editRule, setRuleStatus } from '../../../tags/catalogue/edit.ts';
import { ruleDetail } from '../../../tags/catalogue/reads.ts';
import type { RuleDetail } from '../../../tags/catalogue/reads.ts';
import { usersOf } from '../../../tags/catalogue/users.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { tagBody, tagDetailSchema, tagStatusBody, tagVersionsSchema } from '../schemas/ruleTags.ts';
import type { deletedSchema } from '../schemas/savedSegments.ts';
import type { tagParams } from '../schemas/tags.ts';
import { catalogued, entryView } from './tags.ts';

type TagCall<Body = unknown> = Call<z.output<typeof tagParams>, unknown, Body>;
type TagDetail = z.input<typeof tagDetailSchema>;
type Versions = z.input<typeof tagVersionsSchema>['versions'];

function ruleView({ owner, status, version, condition, text, words, origin, evaluatedOn, evaluatedVersion, createdAt, updatedAt }: RuleDetail): TagDetail['rule'] {
  return { owner, status, version, condition: condition as NonNullable<TagDetail['rule']>['condition'], text, words, origin, evaluatedOn, evaluatedVersion, createdAt: instantText(createdAt), updatedAt: instantText(updatedAt) };
}

export async function readTag({ params: { key } }: TagCall, deps: AppDeps): Promise<TagDetail> {
  const catalogue = await deps.catalogue();
  const tag = catalogued(catalogue, key);
  const rule = catalogue.rules.find((one) => one.key === key);
  return { ...entryView(tag, catalogue.categories), rule: rule === undefined ? null : ruleView(ruleDetail(rule, catalogue)), users: await usersOf(deps.store.db, key) };
}

/** What a deleted tag was is told as well. */
export async function listTagVersions({ params: { key } }: TagCall, deps: AppDeps): Promise<z.input<typeof tagVersionsSchema>> {
  const versions = await definitionVersions(deps.store.db, key);
  if (versions.length === 0) catalogued(await deps.catalogue(), key);
  return { versions: versions.map(({ version, change, actor, changedAt, definition }): Versions[number] => ({ version, change, actor, changedAt: instantText(changedAt), definition: definition as Versions[number]['definition'] })) };
}

export async function saveTag(call: TagCall<z.output<typeof tagBody>>, deps: AppDeps): Promise<TagDetail> {
  const { params: { key }, body: { expectedVersion, ...draft }, caller } = call;
  const catalogue = await deps.catalogue();
  const { key: _key, ...rule } = ruleFrom(key, draft, catalogue.names);
  const editor = { actor: actorOf(caller) };
  await (expectedVersion === 0 ? createRule(deps.store, catalogue, { key, ...rule }, 'draft', editor) : editRule(deps.store, catalogue, key, rule, editor, expectedVersion));
  return readTag(call, deps);
}

export async function setTagStatus(call: TagCall<z.output<typeof tagStatusBody>>, deps: AppDeps): Promise<TagDetail> {
  await setRuleStatus(deps.store, await deps.catalogue(), call.params.key, call.body.status, { actor: actorOf(call.caller) });
  return readTag(call, deps);
}

export async function deleteTag({ params: { key }, caller }: TagCall, deps: AppDeps): Promise<z.input<typeof deletedSchema>> {
  await deleteRule(deps.store, await deps.catalogue(), key, { actor: actorOf(caller) });
  return { deleted: key };
}
