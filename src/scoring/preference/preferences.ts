/** What one customer prefers, as numbers and names that tags are built from. Pure; the night and on-demand scoring both call it. */
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { suggesterOf } from '../../estimators/preference/suggest.ts';
import type { Activity } from '../../features/activity/activity.ts';
import { channelAnswers } from './answers.ts';
import type { ChannelAnswers } from './answers.ts';
import { categoryPreference, contentPreference } from './tastes.ts';
import type { Taste } from './tastes.ts';
import { channelPreference, hourPreference } from './reach.ts';
import type { ChannelPreference, HourPreference } from './reach.ts';
import { discountHabit, fatigueOf } from './responses.ts';
import type { DiscountHabit, Fatigue } from './responses.ts';
import { productSuggestions } from './products.ts';
import type { ProductSuggestions } from './products.ts';

/** Absent parts: too little is known of the customer. `not_eligible`: the shop has nothing of the kind. */
export interface CustomerPreferences {
  readonly categories: Taste | undefined;
  readonly products: ProductSuggestions | 'not_eligible' | undefined;
  readonly contents: Taste | undefined;
  readonly channels: ChannelPreference | undefined;
  readonly hour: HourPreference | undefined;
  readonly discounts: DiscountHabit | 'not_eligible' | undefined;
  readonly fatigue: Fatigue | 'not_eligible' | undefined;
  /** By channel of the shop. */
  readonly answers: readonly ChannelAnswers[];
}

export interface PreferenceInput {
  readonly activity: Activity;
  /** Epoch day of the cut-off. */
  readonly asOfDay: number;
  /** Whether the customer refused marketing. */
  readonly marketingRefused: boolean;
}

/** A function for many customers: what does not depend on the customer is prepared once. */
export function preferenceReader(artefact: PreferenceArtefact): (input: PreferenceInput) => CustomerPreferences {
  const { products } = artefact;
  const suggester = products === null ? undefined : suggesterOf(products.model, products.durable);
  const places = new Map(products?.model.names.map((name, item) => [name, item]));
  return ({ activity, asOfDay, marketingRefused }) => ({
    categories: categoryPreference(artefact, activity, asOfDay),
    products: products === null || suggester === undefined ? 'not_eligible' : productSuggestions(products, suggester, places, activity, asOfDay),
    contents: contentPreference(artefact, activity),
    channels: channelPreference(artefact, activity, marketingRefused),
    hour: hourPreference(artefact, activity),
    discounts: discountHabit(artefact, activity),
    fatigue: fatigueOf(artefact, activity),
    answers: channelAnswers(artefact.responses, activity, asOfDay, marketingRefused),
  });
}
