/** What a search has already found out: losses by what was fitted. A search that was stopped goes on from here; the same search a second time takes seconds. */
export interface SearchLedger {
  /** Loss that is known for the key; null: it is known that there is no fit. */
  known(key: string): number | null | undefined;
  record(key: string, loss: number | null): void;
}

export function memoryLedger(): SearchLedger {
  const losses = new Map<string, number | null>();
  return {
    known: (key) => losses.get(key),
    record(key, loss) {
      losses.set(key, loss);
    },
  };
}
