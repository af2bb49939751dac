/** Whether two runs of a notebook say the same: equal texts, and numbers that differ by no more than another processor's last digits. */
import type { Output } from './document.ts';

const NUMBER = /-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** Relative difference: the last of four digits that tables show. Drawings may differ by a third of a pixel besides. */
const RELATIVE = 2e-3;
const PIXELS = 0.3;

function sameText(type: string, kept: string, found: string): boolean {
  if (kept === found) return true;
  const [a, b] = [kept, found].map((text) => text.match(NUMBER) ?? []);
  if (a.length !== b.length || kept.replaceAll(NUMBER, '#') !== found.replaceAll(NUMBER, '#')) return false;
  return a.every((text, i) => {
    const [x, y] = [text, b[i]].map((one) => Number(one.replaceAll(',', '')));
    return Math.abs(x - y) <= RELATIVE * Math.max(Math.abs(x), Math.abs(y)) + (type === 'image/svg+xml' ? PIXELS : 1e-9);
  });
}

const forms = (output: Output): (readonly [string, string])[] => [...Object.entries(output.data ?? {}).map(([type, lines]): [string, string] => [type, lines.join('')]), ...(output.text === undefined ? [] : [['stdout', output.text.join('')] as const])];

const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)} …` : text);

/** The first difference in words, undefined where there is none. */
export function differenceOf(kept: readonly (readonly Output[])[], found: readonly (readonly Output[])[]): string | undefined {
  for (const [i, now] of found.entries()) {
    const before = kept[i] ?? [];
    if (before.length !== now.length) return `cell ${i + 1} has ${now.length} output(s), kept are ${before.length}`;
    for (const [k, output] of now.entries()) {
      const [ours, theirs] = [forms(output), forms(before[k])];
      if (ours.map(([type]) => type).join(' ') !== theirs.map(([type]) => type).join(' ')) return `cell ${i + 1} shows ${ours.map(([type]) => type).join(', ')}, kept is ${theirs.map(([type]) => type).join(', ')}`;
      const other = ours.findIndex(([type, text], f) => !sameText(type, theirs[f][1], text));
      if (other >= 0) {
        const [a, b] = [theirs[other][1].split('\n'), ours[other][1].split('\n')];
        const line = a.findIndex((text, l) => !sameText(ours[other][0], text, b[l] ?? ''));
        return `cell ${i + 1}, ${ours[other][0]}:\n  kept  ${shortened(a[Math.max(0, line)] ?? '')}\n  found ${shortened(b[Math.max(0, line)] ?? '')}`;
      }
    }
  }
  return undefined;
}
