/** "Did you mean …" for names that are not in a closed list. */

/** Edits between two names: insert, delete, replace, and swap of neighbours (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  let older = Array.from({ length: b.length + 1 }, () => 0);
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(previous[j] + 1, current[j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, older[j - 2] + 1);
      current.push(best);
    }
    older = previous;
    previous = current;
  }
  return previous[b.length];
}

/** Up to three known names, closest first: few edits, or one name contained in the other. */
export function suggestNames(wanted: string, known: Iterable<string>): readonly string[] {
  const name = wanted.toLowerCase();
  const limit = Math.max(2, Math.floor(name.length / 3));
  const scored: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of known) {
    const distance = editDistance(name, candidate.toLowerCase());
    const contained = name.length >= 3 && (candidate.toLowerCase().includes(name) || name.includes(candidate.toLowerCase()));
    if (distance <= limit) scored.push({ candidate, distance });
    else if (contained) scored.push({ candidate, distance: limit + distance });
  }
  return scored
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}
