/** The closed lists that names of a condition are looked up in, and "did you mean" for those that are not there. */
import { AppError } from '../base/errors.ts';
import type { Bilingual } from '../base/text.ts';
import { eventKindsOf } from './dependencies.ts';
import { leavesOf } from './parse.ts';
import type { Condition } from './schema.ts';
import type { Spellings } from './spellings.ts';
import { suggestNames } from './suggest.ts';

/** A code with its words. */
export interface Named {
  readonly code: string;
  readonly label: Bilingual;
}

/** What a condition needs to know of a tag; a definition of the tag catalogue is one. */
export interface TagName {
  readonly key: string;
  readonly label: Bilingual;
  readonly bands?: readonly Named[];
  /** Of a rule tag that the store keeps; absent for every other tag. */
  readonly rule?: RuleTagName;
  /** Answered when somebody asks and never written. */
  readonly onDemand?: true;
}

/** How a rule tag stands in the store. */
export interface RuleTagName {
  /** Number in the customers' rows; never given twice. */
  readonly id: number;
  /** Value and band of the customers who carry it. */
  readonly band: string;
  /** Business day of the last full evaluation; null before the first. */
  readonly evaluatedOn: string | null;
  /** Business day on which what was found then turns stale; null never. */
  readonly expiresOn: string | null;
}

export interface ConditionNames {
  readonly tags: readonly TagName[];
  readonly stages: readonly Named[];
  /** Saved segments; absent: there are none. */
  readonly segments?: readonly { readonly key: string; readonly label: Bilingual }[];
  /** Words for attribute keys. Attribute and property keys are not a closed list: shops bring their own, and they are bound as values. */
  readonly attributes?: Readonly<Record<string, Bilingual>>;
  /** Closed list of event kinds; absent: any kind of the right form. */
  readonly eventKinds?: readonly string[];
  /** Every spelling of a value of a field that has standards; absent: there are none. */
  readonly spellings?: Spellings;
}

export interface UnknownName {
  readonly what: 'tag' | 'band' | 'stage' | 'segment' | 'event kind';
  readonly name: string;
  readonly suggestions: readonly string[];
}

function unknownIn(what: UnknownName['what'], wanted: Iterable<string>, known: readonly string[]): UnknownName[] {
  return [...wanted].filter((name) => !known.includes(name)).map((name) => ({ what, name, suggestions: suggestNames(name, known) }));
}

/** Every name of a condition that its lists do not have, with suggestions, each once. */
export function unknownNames(condition: Condition, names: ConditionNames): readonly UnknownName[] {
  const found: UnknownName[] = [];
  for (const leaf of leavesOf(condition)) {
    if ('stage' in leaf) found.push(...unknownIn('stage', leaf.stage, names.stages.map(({ code }) => code)));
    else if ('tag' in leaf) {
      const tag = names.tags.find(({ key }) => key === leaf.tag);
      if (tag === undefined) found.push(...unknownIn('tag', [leaf.tag], names.tags.filter(({ onDemand }) => onDemand !== true).map(({ key }) => key)));
      else if (leaf.field === 'band') found.push(...unknownIn('band', 'values' in leaf ? leaf.values : [leaf.value], (tag.bands ?? []).map(({ code }) => code)));
    } else if ('segment' in leaf) found.push(...unknownIn('segment', [leaf.segment], (names.segments ?? []).map(({ key }) => key)));
    else if (names.eventKinds !== undefined) found.push(...unknownIn('event kind', eventKindsOf(leaf) ?? [], names.eventKinds));
  }
  return [...new Map(found.map((unknown) => [`${unknown.what}:${unknown.name}`, unknown])).values()];
}

/** Tags that a condition names although nobody carries them. */
export function onDemandNames(condition: Condition, names: ConditionNames): readonly string[] {
  return [...new Set([...leavesOf(condition)].flatMap((leaf) => ('tag' in leaf && names.tags.some(({ key, onDemand }) => key === leaf.tag && onDemand === true) ? [leaf.tag] : [])))];
}

/** @throws AppError `unknown_name` naming each unknown name and what may have been meant, `invalid_input` for a tag that is answered on demand only. */
export function checkNames(condition: Condition, names: ConditionNames): void {
  const asked = onDemandNames(condition, names);
  if (asked.length > 0) {
    throw new AppError('invalid_input', `The condition names ${asked.join(', ')}, which is worked out when somebody asks and good for minutes: no night writes it, so nobody carries it and nothing could match.`, {
      details: { onDemand: asked }, hint: 'Use a tag that customers carry, such as purchase_prob_7d or intent_signal; ask about a visit under way with `tagcast visit <customer>`.',
    });
  }
  const unknown = unknownNames(condition, names);
  if (unknown.length === 0) return;
  const words = unknown.slice(0, 5).map(({ what, name, suggestions }) => `${what} "${name}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}`);
  throw new AppError('unknown_name', `The condition names ${unknown.length} thing${unknown.length === 1 ? '' : 's'} that the catalogue does not have: ${words.join('; ')}.`, {
    details: { unknown },
    hint: 'Run `tagcast tags list` for the tags and their bands.',
  });
}
