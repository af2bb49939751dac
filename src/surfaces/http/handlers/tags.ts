/** The tag catalogue, and how a tag is spread over the customers. */
import type { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { suggestNames } from '../../../conditions/suggest.ts';
import { labelOfCategory } from '../../../tags/catalogue/categories.ts';
import type { Category } from '../../../tags/catalogue/categories.ts';
import type { Catalogue } from '../../../tags/catalogue/catalogue.ts';
import type { TagDefinition } from '../../../tags/catalogue/definition.ts';
import { distributionOf, tagSummaries } from '../../../tags/catalogue/reads.ts';
import { likelyTags, searchTags } from '../../../tags/catalogue/search.ts';
import type { AppDeps } from '../deps.ts';
import type { Call } from '../route.ts';
import type { catalogueQuery, catalogueSchema, distributionSchema, tagParams } from '../schemas/tags.ts';
import { bandLabel } from './tagView.ts';

type Entry = Omit<z.input<typeof catalogueSchema>['tags'][number], 'published' | 'rule'>;

export function entryView(tag: TagDefinition, categories: readonly Category[]): Entry {
  return {
    key: tag.key,
    kind: tag.kind,
    category: { code: tag.category, label: labelOfCategory(categories, tag.category) },
    label: tag.label,
    description: tag.description,
    valueType: tag.valueType,
    unit: tag.unit ?? null,
    bands: tag.bands === undefined ? null : tag.bands.map(({ code, label }) => ({ code, label })),
    ttlDays: tag.ttlDays,
    onDemand: tag.onDemand === true,
    model: tag.model ?? null,
  };
}

export async function readCatalogue({ query }: Call<unknown, z.output<typeof catalogueQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof catalogueSchema>> {
  const catalogue = await deps.catalogue();
  const published = await tagSummaries(deps.store.db, catalogue);
  const rules = new Map(catalogue.rules.map(({ key, owner, status, version }) => [key, { owner, status, version }]));
  const found = searchTags(catalogue, query);
  const page = found.slice(query.offset ?? 0, (query.offset ?? 0) + (query.limit ?? 1_000));
  const suggestions = found.length === 0 && query.search !== undefined ? likelyTags(catalogue, query.search).map(({ key }) => key) : [];
  return { total: found.length, suggestions, tags: page.map((tag) => ({ ...entryView(tag, catalogue.categories), rule: rules.get(tag.key) ?? null, published: published.get(tag.key) ?? null })) };
}

/** @throws AppError `not_found` with what may have been meant. */
export function catalogued({ tags }: Catalogue, key: string): TagDefinition {
  const definition = tags.find((tag) => tag.key === key);
  if (definition !== undefined) return definition;
  const suggestions = suggestNames(key, tags.map((tag) => tag.key));
  throw new AppError('not_found', `There is no such tag in the catalogue${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'GET /v1/tags lists the catalogue.' });
}

export async function readDistribution({ params }: Call<z.output<typeof tagParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof distributionSchema>> {
  const catalogue = await deps.catalogue();
  const definition = catalogued(catalogue, params.key);
  const { statuses, bands, ...rest } = await distributionOf(deps.store.db, catalogue, definition.key);
  return {
    ...rest,
    label: definition.label,
    statuses: statuses as z.input<typeof distributionSchema>['statuses'],
    bands: bands.map(({ band, customers }) => ({ band, label: bandLabel(definition, band), customers })),
    value: summary(rest.value),
    probability: summary(rest.probability),
  };
}

function summary({ count, mean, quantiles }: { count: number; mean: number | null; quantiles: readonly number[] | null }): z.input<typeof distributionSchema>['value'] {
  return { count, mean, quantiles: quantiles === null ? null : [...quantiles] };
}
