/** Where the last statement of a cell begins: what a kernel shows is its value. Statements here end with `;` or with the brace that closes them. */
const OPENING = '([{';
const CLOSING = ')]}';

/** Begins something that has no value to show. */
const NO_VALUE = /^(?:const|let|var|function|async function|class|import|export|if|for|while|do|switch|try|return|throw|type|interface|enum|declare)\b/;

/** End of the string, template or comment that begins at `at`; `at` itself when none does. */
function skipped(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '//') return at + (/\n|$/.exec(text.slice(at))?.index ?? 0);
  if (two === '/*') return text.indexOf('*/', at + 2) + 2;
  const quote = text[at];
  if (quote !== "'" && quote !== '"' && quote !== '`') return at;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i + 1;
    else if (quote === '`' && text.startsWith('${', i)) i = closed(text, i + 1) - 1;
  }
  return text.length;
}

/** Behind the bracket that closes the one at `at`. */
function closed(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; ) {
    const behind = skipped(text, i);
    if (behind > i) {
      i = behind;
      continue;
    }
    if (OPENING.includes(text[i])) depth++;
    if (CLOSING.includes(text[i]) && --depth === 0) return i + 1;
    i++;
  }
  return text.length;
}

/** Offsets of the statements at the top of a cell. */
function starts(text: string): number[] {
  const found: number[] = [];
  let inside = false;
  for (let i = 0; i < text.length; ) {
    const comment = text.startsWith('//', i) || text.startsWith('/*', i);
    if (!inside && !comment && /\S/.test(text[i]) && text[i] !== ';') {
      found.push(i);
      inside = true;
    }
    const behind = skipped(text, i);
    if (behind > i) i = behind;
    else if (OPENING.includes(text[i])) {
      const end = closed(text, i);
      // A closing brace at the end of a line ends a declaration or a block; an expression goes on to its semicolon.
      if (text[i] === '{' && NO_VALUE.test(text.slice(found.at(-1))) && /^[ \t]*(?:\n|$)/.test(text.slice(end))) inside = false;
      i = end;
    } else {
      if (text[i] === ';') inside = false;
      i++;
    }
  }
  return found;
}

/** The cell before its last expression, and that expression; no expression where the cell ends with something else. */
export function splitLast(source: string): { readonly before: string; readonly expression?: string } {
  const text = source.trimEnd();
  const from = starts(text).at(-1);
  if (from === undefined || NO_VALUE.test(text.slice(from))) return { before: text };
  return { before: text.slice(0, from), expression: text.slice(from).replace(/;$/, '') };
}
