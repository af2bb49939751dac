/** The tag catalogue, and how a tag is spread over the customers. */
import type { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { suggestNames } from '../../../conditions/suggest.ts';
import { categoryLabel } from '../../../tags/catalogue/definition.ts';
import { distributionOf, tagSummaries } from '../../../tags/catalogue/reads.ts';
import type { AppDeps } from '../deps.ts';
import type { Call } from '../route.ts';
import type { catalogueSchema, distributionSchema, tagParams } from '../schemas/tags.ts';
import { bandLabel } from './tagView.ts';

export async function readCatalogue(_call: unknown, deps: AppDeps): Promise<z.input<typeof catalogueSchema>> {
  const catalogue = await deps.catalogue();
  const published = await tagSummaries(deps.store.db, catalogue);
  const tags = catalogue.tags.map((tag) => {
    const found = published.get(tag.key);
    return {
      key: tag.key,
      kind: tag.kind,
      category: { code: tag.category, label: categoryLabel(tag.category) },
      label: tag.label,
      description: tag.description,
      valueType: tag.valueType,
      unit: tag.unit ?? null,
      bands: tag.bands === undefined ? null : tag.bands.map(({ code, label }) => ({ code, label })),
      ttlDays: tag.ttlDays,
      model: tag.model ?? null,
      published: found === undefined ? null : { customers: found.customers, ok: found.ok, asOf: found.asOf },
    };
  });
  return { tags };
}

export async function readDistribution({ params }: Call<z.output<typeof tagParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof distributionSchema>> {
  const catalogue = await deps.catalogue();
  const definition = catalogue.tags.find(({ key }) => key === params.key);
  if (definition === undefined) {
    const suggestions = suggestNames(params.key, catalogue.tags.map(({ key }) => key));
    throw new AppError('not_found', `There is no such tag in the catalogue${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { suggestions }, hint: 'GET /v1/tags lists the catalogue.' });
  }
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
