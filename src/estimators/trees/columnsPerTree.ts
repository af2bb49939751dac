/** A tree that sees one column knows nothing of how two go together, so a share of a few columns is never fewer than these. */
const LEAST = 4;

/** Columns that one tree chooses from, of `columns`, at a share in (0, 1]. */
export function columnsPerTree(share: number, columns: number): number {
  return Math.min(columns, Math.max(LEAST, Math.round(share * columns)));
}
