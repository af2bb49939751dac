/** From unknown JSON to a checked condition, with the place and the reason of every mistake. */
import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { CONDITION_LIMITS as limits } from './limits.ts';
import { GROUP_KINDS, LEAF_SCHEMAS } from './schema.ts';
import type { Condition, LeafKind } from './schema.ts';

const NODE_KINDS: readonly string[] = [...GROUP_KINDS, ...Object.keys(LEAF_SCHEMAS)];
const HINT = 'See docs/conditions.md for the language, or run `tagcast segment --help` for examples.';

interface Budget {
  nodes: number;
  literals: number;
}

function refuse(path: string, reason: string, details: Readonly<Record<string, unknown>> = {}): never {
  throw new AppError('invalid_input', `The condition is wrong at ${path}: ${reason}.`, { details: { path, ...details }, hint: HINT });
}

/** The issue that tells most: of a union's branches the one that got furthest. */
function deepestIssue(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): { readonly path: readonly PropertyKey[]; readonly message: string } {
  const path = [...at, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { path, message: issue.message };
  const branches = issue.errors.filter((branch) => branch.length > 0).map((branch) => ({ count: branch.length, ...deepestIssue(branch[0], path) }));
  branches.sort((a, b) => a.count - b.count || b.path.length - a.path.length);
  return branches[0] ?? { path, message: issue.message };
}

function countLiterals(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countLiterals(item), 0);
  if (typeof value === 'object' && value !== null) return Object.values(value).reduce<number>((sum, item) => sum + countLiterals(item), 0);
  return 1;
}

function parseLeaf(kind: LeafKind, node: object, path: string, budget: Budget): Condition {
  const parsed = LEAF_SCHEMAS[kind].safeParse(node);
  if (!parsed.success) {
    const { path: place, message } = deepestIssue(parsed.error.issues[0], []);
    // Keys that the caller invented stay out of the message: they may be anything.
    const known = place.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    refuse(`${path}${known}`, message.replace(/^Unrecognized keys?:.*$/s, 'it has a key that does not belong there').replace(/\.$/, ''));
  }
  budget.literals += countLiterals(parsed.data);
  if (budget.literals > limits.literals) refuse(path, `it carries more than ${limits.literals} values`, { limit: limits.literals });
  return parsed.data;
}

function parseNode(node: unknown, path: string, depth: number, budget: Budget): Condition {
  if (depth > limits.depth) refuse(path, `it is more than ${limits.depth} levels deep`, { limit: limits.depth });
  if (++budget.nodes > limits.nodes) refuse(path, `it has more than ${limits.nodes} parts`, { limit: limits.nodes });
  if (typeof node !== 'object' || node === null || Array.isArray(node)) refuse(path, `it must be an object with one of ${NODE_KINDS.join(', ')}`);
  const kinds = NODE_KINDS.filter((kind) => Object.hasOwn(node, kind));
  if (kinds.length !== 1) refuse(path, `it must have exactly one of ${NODE_KINDS.join(', ')}, and has ${kinds.length === 0 ? 'none' : kinds.join(' and ')}`);
  const kind = kinds[0];
  if (kind !== 'all' && kind !== 'any' && kind !== 'not') return parseLeaf(kind as LeafKind, node, path, budget);
  if (Object.keys(node).length !== 1) refuse(path, `"${kind}" must stand alone`);
  const content = (node as Record<string, unknown>)[kind];
  if (kind === 'not') return { not: parseNode(content, `${path}.not`, depth + 1, budget) };
  if (!Array.isArray(content) || content.length === 0) refuse(`${path}.${kind}`, 'it must be a list of at least one condition');
  if (content.length > limits.listItems) refuse(`${path}.${kind}`, `it has more than ${limits.listItems} items`, { limit: limits.listItems });
  const children = content.map((child: unknown, i) => parseNode(child, `${path}.${kind}[${i}]`, depth + 1, budget));
  return kind === 'all' ? { all: children } : { any: children };
}

/**
 * Checks a condition of unknown origin.
 * @throws AppError `invalid_input` with `details.path`: not of the language, or beyond a limit of {@link limits}.
 */
export function parseCondition(input: unknown): Condition {
  return parseNode(input, 'condition', 1, { nodes: 0, literals: 0 });
}

/** The leaves of a condition, left to right. */
export function* leavesOf(condition: Condition): Generator<Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>> {
  if ('all' in condition) for (const child of condition.all) yield* leavesOf(child);
  else if ('any' in condition) for (const child of condition.any) yield* leavesOf(child);
  else if ('not' in condition) yield* leavesOf(condition.not);
  else yield condition;
}
