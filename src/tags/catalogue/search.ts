/** Finding tags in the catalogue. */
import type { Catalogue } from './catalogue.ts';
import type { TagDefinition } from './definition.ts';

export interface WantedTags {
  readonly kind?: string | undefined;
  readonly category?: string | undefined;
  /** Only rule tags have one. */
  readonly owner?: string | undefined;
  /** Words that all stand in the key, a name or a description, in any case. */
  readonly search?: string | undefined;
}

/** In the order of the catalogue. */
export function searchTags({ tags, rules }: Catalogue, { kind, category, owner, search }: WantedTags): readonly TagDefinition[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '');
  const owners = new Map(rules.map((rule) => [rule.key, rule.owner]));
  return tags.filter((tag) => (kind === undefined || tag.kind === kind) && (category === undefined || tag.category === category) && (owner === undefined || owners.get(tag.key) === owner)
    && words.every((word) => [tag.key, ...Object.values(tag.label), ...Object.values(tag.description)].some((text) => text.toLowerCase().includes(word))));
}
