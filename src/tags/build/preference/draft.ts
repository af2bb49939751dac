/** The draft of each preference tag. */
import type { CustomerInput, RunContext } from '../context.ts';
import { none } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { PREFERENCE_MODEL } from '../../catalogue/preference.ts';
import { channelDraft, discountDraft, fatigueDraft, hourDraft } from './contact.ts';
import { productDraft, tasteDraft } from './tastes.ts';

export function preferenceDraft(key: string, run: RunContext, { preferences }: CustomerInput): Draft | undefined {
  if (!run.models.has(PREFERENCE_MODEL)) return none('model_paused');
  if (preferences === undefined) return none('insufficient_data');
  switch (key) {
    case 'pref_category_top3': return tasteDraft(preferences.categories, 'category_share');
    case 'pref_product_top5': return productDraft(preferences.products);
    case 'pref_content_topic': return tasteDraft(preferences.contents, 'content_share');
    case 'pref_channel': return channelDraft(preferences.channels);
    case 'pref_hour': return hourDraft(preferences.hour);
    case 'discount_sensitivity': return discountDraft(preferences.discounts);
    case 'contact_fatigue': return fatigueDraft(preferences.fatigue);
    default: return undefined;
  }
}
