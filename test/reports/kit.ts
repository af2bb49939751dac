/** The example report, reports that are odd in every part, and a reader of markup that finds what does not fit. */
import { EXAMPLES } from '../../src/surfaces/http/examples.ts';
import { reportSchema } from '../../src/reports/document.ts';
import type { Report } from '../../src/reports/document.ts';
import type { Random } from '../../src/base/random.ts';

export function exampleReport(): Report {
  return reportSchema.parse(structuredClone(EXAMPLES.readReport?.response));
}

const VOID = new Set(['meta', 'input', 'br', 'link', 'img', 'hr', '!doctype']);

/** Faults of a page as text: tags that are not closed in order, attributes without quotes, characters that no document may hold. */
export function markupFaults(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  // What stands in scripts and style sheets is no markup.
  const text = page.replaceAll(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>');
  for (const [whole, closing, name, rest] of text.matchAll(/<(\/?)([a-zA-Z!][\w-]*)((?:[^<>"]|"[^"]*")*)>/g)) {
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes <${last ?? 'nothing'}>`);
      continue;
    }
    if (/=(?!")/.test(rest.replaceAll(/"[^"]*"/g, '""'))) faults.push(`attribute without quotes in ${whole.slice(0, 80)}`);
    if (!VOID.has(name.toLowerCase()) && !rest.endsWith('/')) open.push(name);
  }
  if (open.length > 0) faults.push(`left open: ${open.join(' ')}`);
  const between = text.replaceAll(/<\/?[a-zA-Z!][\w-]*(?:[^<>"]|"[^"]*")*>/g, '');
  if (/[<>]/.test(between)) faults.push(`a bare angle bracket: ${between.slice(Math.max(0, between.search(/[<>]/) - 40), between.search(/[<>]/) + 40)}`);
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(between)) faults.push('a bare ampersand');
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F]|\p{Cs}/u.test(page)) faults.push('a character that no document may hold');
  return faults;
}

const NUMBERS = [0, -0, 1, -1, 0.5, 1e-12, -1e-12, 1e12, -1e12, 3];
const TEXTS = ['', '<script>alert(1)</script>', '"\'`&amp;', '😀', '\uD800', '\u0000', 'x'.repeat(300), '名称', 'a</title></style>'];

/** The same document with some of its numbers, texts and lists made odd. What is left may not fit the schema: who calls keeps those that do. */
export function oddly(value: unknown, rng: Random, often: number): unknown {
  const pick = <T>(list: readonly T[]): T => list[rng.int(list.length)];
  const now = rng.next() < often;
  if (Array.isArray(value)) {
    if (now && rng.next() < 0.5) return [];
    if (now && value.length > 0) return [oddly(value[0], rng, often)];
    return value.map((item) => oddly(item, rng, often));
  }
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, now && rng.next() < 0.1 ? null : oddly(item, rng, often)]));
  if (typeof value === 'number' && now) return Number.isInteger(value) ? Math.trunc(Math.abs(pick(NUMBERS))) : pick(NUMBERS);
  // Dates and closed lists stay what the schema asks of them.
  if (typeof value === 'string' && now) return pick(TEXTS);
  return value;
}
