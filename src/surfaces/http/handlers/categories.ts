/** The tree of categories, where tags are kept in it, and the values of a tag. */
import type { z } from 'zod';
import { categoryVersions, placementVersions } from '../../../store/repositories/tagCategories.ts';
import { categoryNamed, categoryPath } from '../../../tags/catalogue/categories.ts';
import type { Category } from '../../../tags/catalogue/categories.ts';
import { deleteCategory, placeTag, saveCategory } from '../../../tags/catalogue/categoryEdit.ts';
import type { Catalogue } from '../../../tags/catalogue/catalogue.ts';
import { searchValues, valuesOf } from '../../../tags/catalogue/values.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import type { categoriesResponse, categoryBody, categoryParams, categoryResponse, categoryVersionsResponse, placeBody, placesResponse, valuesQuery, valuesResponse } from '../schemas/categories.ts';
import { instantText } from '../schemas/common.ts';
import type { tagDetailSchema } from '../schemas/ruleTags.ts';
import type { deletedSchema } from '../schemas/savedSegments.ts';
import type { tagParams } from '../schemas/tags.ts';
import { readTag } from './ruleTags.ts';
import { catalogued } from './tags.ts';

type CategoryCall<Body = unknown> = Call<z.output<typeof categoryParams>, unknown, Body>;
type TagCall<Query = unknown, Body = unknown> = Call<z.output<typeof tagParams>, Query, Body>;

function view({ categories, tags }: Catalogue, { code, label, parent, builtIn, version }: Category): z.input<typeof categoryResponse> {
  return { code, label, parent, builtIn, version, level: categoryPath(categories, code).length, tags: tags.filter(({ category }) => category === code).length };
}

export async function listCategories(_call: Call<unknown, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof categoriesResponse>> {
  const catalogue = await deps.catalogue();
  return { categories: catalogue.categories.map((category) => view(catalogue, category)) };
}

export async function putCategory({ params: { code }, body: { expectedVersion, label, parent }, caller }: CategoryCall<z.output<typeof categoryBody>>, deps: AppDeps): Promise<z.input<typeof categoryResponse>> {
  await saveCategory(deps.store, await deps.catalogue(), { code, label, parent }, { actor: actorOf(caller) }, expectedVersion);
  const catalogue = await deps.catalogue();
  return view(catalogue, categoryNamed(catalogue.categories, code));
}

export async function removeCategory({ params: { code }, caller }: CategoryCall, deps: AppDeps): Promise<z.input<typeof deletedSchema>> {
  await deleteCategory(deps.store, await deps.catalogue(), code, { actor: actorOf(caller) });
  return { deleted: code };
}

export async function listCategoryVersions({ params: { code } }: CategoryCall, deps: AppDeps): Promise<z.input<typeof categoryVersionsResponse>> {
  const versions = await categoryVersions(deps.store.db, code);
  if (versions.length === 0) categoryNamed((await deps.catalogue()).categories, code);
  return { versions: versions.map(({ version, parent, label, deleted, actor, changedAt }) => ({ version, parent, label, deleted, actor, changedAt: instantText(changedAt) })) };
}

export async function putTagCategory(call: TagCall<unknown, z.output<typeof placeBody>>, deps: AppDeps): Promise<z.input<typeof tagDetailSchema>> {
  await placeTag(deps.store, await deps.catalogue(), call.params.key, call.body.category, { actor: actorOf(call.caller) });
  return readTag(call, deps);
}

export async function listPlaces({ params: { key } }: TagCall, deps: AppDeps): Promise<z.input<typeof placesResponse>> {
  catalogued(await deps.catalogue(), key);
  return { versions: (await placementVersions(deps.store.db, key)).map(({ version, category, actor, changedAt }) => ({ version, category, actor, changedAt: instantText(changedAt) })) };
}

export async function listValues({ params: { key }, query }: TagCall<z.output<typeof valuesQuery>>, deps: AppDeps): Promise<z.input<typeof valuesResponse>> {
  const catalogue = await deps.catalogue();
  const found = searchValues(await valuesOf(deps.store.db, catalogue, catalogued(catalogue, key), await deps.today()), query.search);
  const offset = query.offset ?? 0;
  return { key, total: found.length, values: found.slice(offset, offset + (query.limit ?? 100)).map((value) => ({ ...value })) };
}
