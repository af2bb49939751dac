/** From names of columns in a mapping to places in a record. */
import { AppError } from '../../base/errors.ts';
import type { ColumnRef } from './mapping.ts';

/** Reads one column of a record: trimmed; '' when there is nothing. */
export type Cell = (values: readonly string[]) => string;

export interface ColumnResolver {
  /** The cell of a required column; a missing one is noted, and `finish` reports all of them at once. */
  cell(ref: ColumnRef, role: string): Cell;
  /** The name under which `ref` was found. */
  nameOf(ref: ColumnRef): string | undefined;
  /** Throws `invalid_mapping` when any column was missing. */
  finish(): void;
}

/** Edit distance with transpositions (Damerau, restricted), for "did you mean". */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** The found name that is most like `wanted`, when one is like it at all. */
export function closestName(wanted: string, found: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(bare(wanted).length / 3)) + 1;
  for (const name of found.slice(0, 2000)) {
    const distance = editDistance(bare(wanted).slice(0, 64), bare(name).slice(0, 64));
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Names fit to be printed. In a file without a header line the "names" are a customer's data: those are not shown. */
function printable(found: readonly string[]): { readonly names: string[]; readonly hidden: number } {
  const names = found.filter((name) => name.length <= 64 && /^[\p{L}_#][\p{L}\p{M}\p{N}_ .()/#%-]*$/u.test(name) && !/\d{5}/.test(name));
  return { names, hidden: found.length - names.length };
}

export function columnResolver(found: readonly string[], missingTexts: readonly string[] = []): ColumnResolver {
  const places = new Map<string, number>();
  for (const [i, name] of found.entries()) if (!places.has(name)) places.set(name, i);
  const absent: { readonly role: string; readonly names: readonly string[] }[] = [];
  const nothing = new Set(missingTexts);
  const nameOf = (ref: ColumnRef): string | undefined => (typeof ref === 'string' ? [ref] : ref).find((name) => places.has(name));
  return {
    nameOf,
    cell(ref, role) {
      const name = nameOf(ref);
      if (name === undefined) {
        absent.push({ role, names: typeof ref === 'string' ? [ref] : ref });
        return () => '';
      }
      const place = places.get(name) ?? 0;
      if (nothing.size === 0) return (values) => (values[place] ?? '').trim();
      return (values) => {
        const text = (values[place] ?? '').trim();
        return nothing.has(text) ? '' : text;
      };
    },
    finish() {
      if (absent.length === 0) return;
      const { names, hidden } = printable(found);
      const lines = absent.map(({ role, names: wanted }) => {
        const like = wanted.map((name) => closestName(name, names)).find((name) => name !== undefined);
        return `"${wanted.join('" or "')}" (${role})${like === undefined ? '' : `, did you mean "${like}"?`}`;
      });
      const shown = names.slice(0, 40).map((name) => `"${name}"`).join(', ');
      const rest = names.length - Math.min(names.length, 40);
      throw new AppError(
        'invalid_mapping',
        `The file has no column ${lines.join('; ')}${lines.at(-1)?.endsWith('?') === true ? '' : '.'} Columns found: ${shown || 'none that look like names'}${rest > 0 ? ` and ${rest} more` : ''}${hidden > 0 ? ` (${hidden} look like data and are not shown)` : ''}.`,
        {
          details: { missing: absent.map(({ names: wanted }) => wanted), found: names.slice(0, 200) },
          hint: hidden > 0 ? 'The first line looks like data: name the columns of a file without a header in the mapping (`file.header`).' : 'Correct the column names in the mapping or the flags; if all columns came out as one, pass `--delimiter`.',
        },
      );
    },
  };
}
