/**
 * Hashes of row contents. A fit that puts its rows in the order of these hashes gives the same bytes for any order of its input, and
 * draws that depend on the hash (hold-outs, row samples) fall on the same rows, and on all copies of a row together.
 */
const round = (hash: number, word: number, c1: number, c2: number): number => {
  let k = Math.imul(word, c1);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, c2);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
};

const finish = (hash: number): number => {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/**
 * One 53-bit integer per row over `columns` (each n long), in their order: the rounds of MurmurHash3 (Appleby 2011) twice, with different constants.
 * Equal rows have equal hashes; NaN equals NaN, and −0 equals 0. Two of 200,000 different rows collide with a chance of about 2e−6.
 */
export function rowHashes(columns: readonly ArrayLike<number>[], rows: number): Float64Array {
  const first = new Int32Array(rows);
  const second = new Int32Array(rows).fill(0x9747b28c | 0);
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  for (const column of columns) {
    for (let i = 0; i < rows; i++) {
      const v = column[i];
      double[0] = v === v ? v + 0 : 0;
      const low = v === v ? words[0] : 1;
      const high = v === v ? words[1] : 0x7ff80000;
      first[i] = round(round(first[i], low, 0xcc9e2d51, 0x1b873593), high, 0xcc9e2d51, 0x1b873593);
      second[i] = round(round(second[i], high, 0x239b961b, 0xab0e9789), low, 0x38b34ae5, 0xa1e38b93);
    }
  }
  const hashes = new Float64Array(rows);
  for (let i = 0; i < rows; i++) hashes[i] = finish(first[i]) * 2097152 + (finish(second[i]) >>> 11);
  return hashes;
}

/** A number in [0, 1) decided by a row's hash and a 32-bit seed: a draw that is the same wherever the row stands. */
export function hashUniform(hash: number, seed: number): number {
  const high = Math.floor(hash / 4294967296);
  return finish(round(round(seed | 0, hash | 0, 0xcc9e2d51, 0x1b873593), high, 0x239b961b, 0xab0e9789)) / 4294967296;
}
