/** Versions of the preferences. */
import type { z } from 'zod';
import { preferenceVersions } from '../../../jobs/preferenceVersions.ts';
import type { AppDeps } from '../deps.ts';
import { instantText } from '../schemas/common.ts';
import type { preferenceVersionsSchema } from '../schemas/preferences.ts';

export async function readPreferences(_call: unknown, { store }: AppDeps): Promise<z.input<typeof preferenceVersionsSchema>> {
  const versions = await preferenceVersions(store);
  return {
    versions: versions.map(({ version, serves, withdrawn, createdAt, report: { end, customers, products, categories, product, category } }) => ({
      version, serves, withdrawn, createdAt: instantText(createdAt), end, customers, products, categories,
      product: product === null ? null : {
        horizonDays: product.horizonDays, customers: product.customers.test, cutoffs: [...product.cutoffs], chosen: product.chosen,
        methods: product.test.map((one) => ({ ...one, recall: [...one.recall], ndcg: [...one.ndcg] })), gains: product.against.map((one) => ({ ...one, recall: [...one.recall], ndcg: [...one.ndcg] })),
      },
      category: category === null ? null : { customers: category.customers, orders: [...category.test] },
    })),
  };
}
