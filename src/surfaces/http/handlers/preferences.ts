/** Versions of the preferences. */
import type { z } from 'zod';
import { preferenceVersions, withdrawPreferences } from '../../../jobs/preferences/versions.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { preferenceParams, preferenceStateBody, preferenceStateSchema, preferenceVersionsSchema } from '../schemas/preferences.ts';

export async function readPreferences(_call: unknown, { store }: AppDeps): Promise<z.input<typeof preferenceVersionsSchema>> {
  const versions = await preferenceVersions(store);
  return {
    versions: versions.map(({ version, serves, withdrawn, createdAt, report: { end, customers, products, categories, product, category, responses } }) => ({
      version, serves, withdrawn, createdAt: instantText(createdAt), end, customers, products, categories,
      product: product === null ? null : {
        horizonDays: product.horizonDays, customers: product.customers.test, cutoffs: [...product.cutoffs], chosen: product.chosen,
        methods: product.test.map((one) => ({ ...one, recall: [...one.recall], ndcg: [...one.ndcg] })), gains: product.against.map((one) => ({ ...one, recall: [...one.recall], ndcg: [...one.ndcg] })),
      },
      category: category === null ? null : { customers: category.customers, orders: [...category.test] },
      responses: responses === undefined ? null : {
        days: responses.days,
        channels: responses.channels.map((channel) => ({
          ...channel, outcomes: channel.outcomes.map(({ outcome, chosen, test, gains }) => ({ outcome, chosen, customers: test.customers, messages: test.messages, methods: [...test.methods], gains: [...gains] })),
        })),
      },
    })),
  };
}

export async function setPreferencesState({ params: { version }, body: { withdrawn }, caller }: Call<z.output<typeof preferenceParams>, unknown, z.output<typeof preferenceStateBody>>, { store }: AppDeps): Promise<z.input<typeof preferenceStateSchema>> {
  await withdrawPreferences(store, version, withdrawn, actorOf(caller));
  return { version, withdrawn, serves: (await preferenceVersions(store)).find(({ serves }) => serves)?.version ?? null };
}
