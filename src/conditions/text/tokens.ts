/** The text form of a condition, cut into words, literals and marks. */
import { AppError } from '../../base/errors.ts';

export interface Token {
  readonly type: 'word' | 'text' | 'number' | 'day' | 'mark' | 'end';
  /** As read: a word in its own letters, the content of a text, digits of a number, the mark. */
  readonly value: string;
  /** Of the first character, counted from 1. */
  readonly at: number;
}

/** Longest text that is looked at; a condition at its limits is shorter. */
export const TEXT_LIMIT = 200_000;
const HINT = 'Examples: docs/conditions.md. The same condition as JSON is taken everywhere as well.';

export function refuseText(at: number, found: string, reason: string): never {
  // What was found stays out of the details: it may be anything, a name of a person included.
  throw new AppError('invalid_input', `The condition is wrong at character ${at}${found === '' ? '' : ` ("${found.slice(0, 20)}")`}: ${reason}${reason.endsWith('?') ? '' : '.'}`, { details: { position: at }, hint: HINT });
}

/** Marks that a Chinese keyboard gives, read as their ASCII forms outside of texts. */
const WIDE: Readonly<Record<string, string>> = { '（': '(', '）': ')', '，': ',', '＝': '=', '＜': '<', '＞': '>', '≥': '>=', '≤': '<=', '≠': '!=', '。': '.' };

const PATTERNS: readonly (readonly [Token['type'], RegExp])[] = [
  ['day', /\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_])/uy],
  ['number', /-?\d+(?:\.\d+)?(?:[eE]-?\d+)?(?![\p{L}\p{N}_])/uy],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['text', /"(?:[^"\\\p{Cc}]|\\.)*"/uy],
  ['mark', /!=|<=|>=|[()=<>,.|*（），＝＜＞≥≤≠。]/uy],
];

function tokenAt(text: string, position: number): { readonly token: Token; readonly end: number } {
  for (const [type, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    const [found] = pattern.exec(text) ?? [];
    if (found === undefined) continue;
    let value = found;
    if (type === 'mark') value = Object.hasOwn(WIDE, found) ? WIDE[found] : found;
    if (type === 'text') {
      try {
        value = JSON.parse(found) as string;
      } catch {
        refuseText(position + 1, found, 'a text in double quotes takes the escapes of JSON only');
      }
    }
    return { token: { type, value, at: position + 1 }, end: position + found.length };
  }
  const rest = text.slice(position, position + 10);
  return refuseText(position + 1, rest, rest.startsWith('"') ? 'the text that begins here has no closing quote' : rest.startsWith("'") ? 'texts are written in double quotes' : 'nothing of the language begins like this');
}

/** All tokens, the last of type `end`. @throws AppError `invalid_input` with `details.position`. */
export function tokenise(text: string): readonly Token[] {
  if (text.length > TEXT_LIMIT) refuseText(TEXT_LIMIT, '', `it is longer than ${TEXT_LIMIT} characters`);
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && /\s/u.test(text[position])) position++;
    if (position >= text.length) break;
    const { token, end } = tokenAt(text, position);
    tokens.push(token);
    position = end;
  }
  tokens.push({ type: 'end', value: '', at: text.length + 1 });
  return tokens;
}

/** A place in the tokens that moves forward. */
export interface Reader {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the token where it is this word (any case) or mark. */
  take(value: string): boolean;
  /** Whether these words or marks come next. */
  sees(...values: readonly string[]): boolean;
  expect(value: string, what?: string): void;
  fail(reason: string, token?: Token): never;
}

export function readerOf(text: string): Reader {
  const tokens = tokenise(text);
  let at = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(at + ahead, tokens.length - 1)];
  const is = (token: Token, value: string): boolean => (token.type === 'word' && token.value.toLowerCase() === value) || (token.type === 'mark' && token.value === value);
  const fail = (reason: string, token = peek()): never => refuseText(token.at, token.type === 'end' ? '' : token.value, token.type === 'end' ? `it ends here, but ${reason}` : reason);
  const next = (): Token => {
    const token = peek();
    if (token.type !== 'end') at++;
    return token;
  };
  return {
    peek,
    next,
    sees: (...values) => values.every((value, i) => is(peek(i), value)),
    take(value) {
      if (!is(peek(), value)) return false;
      at++;
      return true;
    },
    expect(value, what = `"${value}" must follow`) {
      if (!is(peek(), value)) fail(what);
      at++;
    },
    fail,
  };
}
