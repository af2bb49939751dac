/**
 * Exact Shapley values of `players` ≤ 12 for a set function given by bit masks: the only additive split of value(all) − value(none) that treats players
 * alike and gives nothing to one who never changes anything (Shapley 1953). 2^players evaluations.
 */
export function shapleyValues(players: number, value: (mask: number) => number): { readonly none: number; readonly values: Float64Array } {
  const size = 2 ** players;
  const table = Float64Array.from({ length: size }, (_, mask) => value(mask));
  // |S|! (n − |S| − 1)! / n! by the size of S.
  const weight = new Float64Array(players);
  if (players > 0) weight[0] = 1 / players;
  for (let s = 1; s < players; s++) weight[s] = (weight[s - 1] * s) / (players - s);
  const values = new Float64Array(players);
  for (let mask = 0; mask < size; mask++) {
    let members = 0;
    for (let bits = mask; bits > 0; bits &= bits - 1) members++;
    for (let player = 0; player < players; player++) {
      if ((mask >> player) % 2 === 0) values[player] += weight[members] * (table[mask + 2 ** player] - table[mask]);
    }
  }
  return { none: table[0], values };
}
