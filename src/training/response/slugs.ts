/** Names of channels as parts of tag keys. */

const LONGEST = 32;

/** Lower case; other ASCII becomes `_`, any other character its code point (短信 → u77ed_u4fe1). */
function slugOf(name: string): string {
  const spelled = name.trim().toLowerCase().replaceAll(/[^a-z0-9]/gu, (one) => { const code = one.codePointAt(0) ?? 0; return code < 128 ? '_' : `_u${code.toString(16)}_`; });
  const slug = spelled.replaceAll(/_+/g, '_').slice(0, LONGEST).replaceAll(/^_|_$/g, '');
  return slug === '' ? 'unnamed' : slug;
}

/** One slug per name; names that would be spelled alike are numbered in code-point order. */
export function channelSlugs(names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names.toSorted()) {
    const slug = slugOf(name);
    let own = slug;
    for (let n = 2; taken.has(own); n++) own = `${slug}_${n}`;
    taken.add(own);
    found.set(name, own);
  }
  return found;
}
