/** What a condition looks at: which changes can make it come out otherwise, and which things must not be deleted under it. */
import type { EventFilter } from './eventLeaf.ts';
import { leavesOf } from './parse.ts';
import type { Condition, ConsentPurpose, Leaf } from './schema.ts';

export interface Dependencies {
  readonly tags: readonly string[];
  readonly segments: readonly string[];
  readonly attributes: readonly string[];
  readonly identities: readonly string[];
  readonly consents: readonly ConsentPurpose[];
  readonly stages: boolean;
  /** Kinds of events, or `any` where a leaf looks at every kind. */
  readonly eventKinds: readonly string[] | 'any';
  /** True where the answer can change from one day to the next although nothing happened: windows that move, days that pass, tags that expire. */
  readonly movesWithTime: boolean;
}

function filterKinds(filters: readonly EventFilter[]): string[] {
  return filters.flatMap((filter) => ('column' in filter && filter.column === 'kind' ? filter.values : []));
}

/** Every event kind that a leaf names, also in its filters; undefined where it looks at no events or at all of them. */
export function eventKindsOf(leaf: Leaf): readonly string[] | undefined {
  if ('sequence' in leaf) return [leaf.sequence.first, ...leaf.sequence.followedBy].flatMap(({ kinds, where = [] }) => [...kinds, ...filterKinds(where)]);
  if (!('events' in leaf)) return undefined;
  const { kinds, where = [], window } = leaf.events;
  const named = [...(kinds ?? []), ...filterKinds(where), ...('part' in leaf.events ? filterKinds(leaf.events.part) : []), ...(typeof window === 'object' && 'sinceLast' in window ? [window.sinceLast] : [])];
  return named.length === 0 ? undefined : named;
}

const fixedWindow = (window: unknown): boolean => window === 'all' || (typeof window === 'object' && window !== null && ('from' in window || 'sinceLast' in window));

function movesWithTime(leaf: Leaf): boolean {
  if ('op' in leaf && (leaf.op === 'last_days' || leaf.op === 'next_days' || leaf.op === 'before_last_days')) return true;
  if ('tag' in leaf) return true;
  if ('stage' in leaf) return leaf.days !== undefined;
  if ('sequence' in leaf) return !fixedWindow(leaf.sequence.first.window) || leaf.sequence.followedBy.some(({ absent }) => absent === true);
  if ('events' in leaf) return !fixedWindow(leaf.events.window) || leaf.events.op === 'last_days' || leaf.events.op === 'before_last_days';
  return false;
}

const unique = <T extends string>(names: readonly T[]): T[] => [...new Set(names)].sort();

export function dependenciesOf(condition: Condition): Dependencies {
  const leaves = [...leavesOf(condition)];
  const looking = leaves.filter((leaf) => 'events' in leaf || 'sequence' in leaf);
  const everyKind = looking.some((leaf) => 'events' in leaf && leaf.events.kinds === undefined);
  return {
    tags: unique(leaves.flatMap((leaf) => ('tag' in leaf ? [leaf.tag] : []))),
    segments: unique(leaves.flatMap((leaf) => ('segment' in leaf ? [leaf.segment] : []))),
    attributes: unique(leaves.flatMap((leaf) => ('attribute' in leaf ? [leaf.attribute] : []))),
    identities: unique(leaves.flatMap((leaf) => ('identity' in leaf ? [leaf.identity] : []))),
    consents: unique(leaves.flatMap((leaf) => ('consent' in leaf ? [leaf.consent] : []))),
    stages: leaves.some((leaf) => 'stage' in leaf),
    eventKinds: everyKind ? 'any' : unique(looking.flatMap((leaf) => eventKindsOf(leaf) ?? [])),
    movesWithTime: leaves.some(movesWithTime),
  };
}

/**
 * The first circle among named definitions, from a name back to itself; undefined where there is none.
 * @param uses what each name looks at; names that are not keys end the search
 */
export function findCycle(uses: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    const at = path.indexOf(name);
    if (at >= 0) return [...path.slice(at), name];
    if (done.has(name)) return undefined;
    path.push(name);
    for (const used of uses.get(name) ?? []) {
      const circle = visit(used);
      if (circle !== undefined) return circle;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of [...uses.keys()].sort()) {
    const circle = visit(name);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
