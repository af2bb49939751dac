/** A tag with its names, and with what its age does to it. */
import type { Bilingual } from '../../../base/text.ts';
import type { LocalDate } from '../../../base/time.ts';
import { asSeenOn } from '../../../tags/age.ts';
import type { TagDefinition } from '../../../tags/catalogue/definition.ts';
import type { Tag } from '../../../tags/tag.ts';
import type { TagView } from '../schemas/tags.ts';

export function bandLabel(definition: TagDefinition | undefined, band: string | null): Bilingual | null {
  return definition?.bands?.find(({ code }) => code === band)?.label ?? null;
}

export function tagView(tag: Tag, catalogue: readonly TagDefinition[], today: LocalDate): TagView {
  const definition = catalogue.find(({ key }) => key === tag.key);
  const shown = asSeenOn(tag, today);
  return { ...shown, label: definition?.label ?? { zh: tag.key, en: tag.key }, bandLabel: bandLabel(definition, shown.band) };
}
