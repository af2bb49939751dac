/** Finding tags in the catalogue: by category, kind, owner, status, and by words of which a few letters may be wrong. */
import { editDistance } from '../../conditions/suggest.ts';
import { categoriesWithin } from './categories.ts';
import type { Catalogue } from './catalogue.ts';
import type { TagDefinition } from './definition.ts';

export interface WantedTags {
  readonly kind?: string | undefined;
  /** With the categories below it. */
  readonly category?: string | undefined;
  /** Only rule tags have one. */
  readonly owner?: string | undefined;
  /** Of rule tags; every other tag is enabled. */
  readonly status?: string | undefined;
  /** Words that all stand in the key, a name, a description or the name of a value, in any case and width. */
  readonly search?: string | undefined;
}

/** Case, width and compatibility forms do not matter: ＡＢＣ is abc. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Where a word was found, best first. */
function placeOf(tag: TagDefinition, word: string): number {
  const [key, names] = [plain(tag.key), Object.values(tag.label).map(plain)];
  if (key === word || names.includes(word)) return 0;
  if (names.some((name) => name.startsWith(word)) || key.startsWith(word)) return 1;
  if (names.some((name) => name.includes(word)) || key.includes(word)) return 2;
  if (tag.bands?.some(({ code, label }) => [code, label.zh, label.en].some((text) => plain(text).includes(word))) ?? false) return 3;
  return Object.values(tag.description).some((text) => plain(text).includes(word)) ? 4 : Infinity;
}

/** Those that match best first; without words in the order of the catalogue. */
export function searchTags({ tags, rules, categories }: Catalogue, { kind, category, owner, status, search }: WantedTags): readonly TagDefinition[] {
  const words = plain(search ?? '').split(/\s+/).filter((word) => word !== '');
  const own = new Map(rules.map((rule) => [rule.key, rule]));
  const within = category === undefined ? undefined : categoriesWithin(categories, category);
  const chosen = tags.filter((tag) => (kind === undefined || tag.kind === kind) && (within === undefined || within.has(tag.category) || tag.category === category)
    && (owner === undefined || own.get(tag.key)?.owner === owner) && (status === undefined || (own.get(tag.key)?.status ?? 'enabled') === status));
  if (words.length === 0) return chosen;
  return chosen.map((tag) => ({ tag, place: Math.max(...words.map((word) => placeOf(tag, word))) })).filter(({ place }) => place < Infinity).sort((a, b) => a.place - b.place).map(({ tag }) => tag);
}

/** Pairs of neighbouring letters: a word of two Chinese characters is one, so that 价直等级 still meets 价值等级. */
function pairs(text: string): Set<string> {
  const letters = Array.from(text);
  return new Set(letters.length === 1 ? letters : letters.slice(1).map((letter, i) => letters[i] + letter));
}

/** 0 to 1: the better of shared pairs (Dice) and letters that need no edit. */
function likeness(a: string, b: string): number {
  const [one, other] = [pairs(a), pairs(b)];
  const shared = [...one].filter((pair) => other.has(pair)).length;
  return Math.max((2 * shared) / (one.size + other.size), 1 - editDistance(a, b) / Math.max(a.length, b.length));
}

const LIKE = 0.45;

/** "Did you mean": up to five tags whose key or name is most like the words. */
export function likelyTags({ tags }: Pick<Catalogue, 'tags'>, search: string): readonly TagDefinition[] {
  const wanted = plain(search).trim().slice(0, 100);
  if (wanted === '') return [];
  return tags
    .map((tag) => ({ tag, like: Math.max(...[tag.key, tag.label.zh, tag.label.en].flatMap((text) => [plain(text), ...plain(text).split(/[\s_,]+/)]).filter((text) => text !== '').map((text) => likeness(wanted, text))) }))
    .filter(({ like }) => like >= LIKE)
    .sort((a, b) => b.like - a.like || (a.tag.key < b.tag.key ? -1 : 1))
    .slice(0, 5)
    .map(({ tag }) => tag);
}
