/** Things that a notebook shows as more than text, by the protocol of Jupyter kernels for JavaScript: a method that answers one form per media type. */
export type MediaBundle = Readonly<Record<string, string>>;

/** Deno's Jupyter kernel and `npm run notebooks` call it on the last value of a cell. */
export const DISPLAY = Symbol.for('Jupyter.display');

export interface Displayable {
  readonly [DISPLAY]: () => MediaBundle;
}

export function displayable(bundle: MediaBundle): Displayable {
  return Object.freeze({ [DISPLAY]: () => bundle });
}

export function isDisplayable(value: unknown): value is Displayable {
  return typeof value === 'object' && value !== null && DISPLAY in value && typeof value[DISPLAY] === 'function';
}

export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Four significant digits, thousands grouped; whole numbers as they are. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

export type Cell = string | number | null | undefined;

const textOf = (value: Cell): string => (typeof value === 'number' ? formatNumber(value) : (value ?? '–'));

/** Rows as a table: one column per key of the first row, numbers to the right. */
export function table(rows: readonly Readonly<Record<string, Cell>>[]): Displayable {
  const names = Object.keys(rows[0] ?? {});
  const numeric = names.map((name) => rows.some((row) => typeof row[name] === 'number'));
  const lines = [names, ...rows.map((row) => names.map((name) => textOf(row[name])))];
  const widths = names.map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  const plain = lines.map((line) => line.map((text, c) => (numeric[c] ? text.padStart(widths[c]) : text.padEnd(widths[c]))).join('  ').trimEnd()).join('\n');
  const side = (c: number): string => ` style="text-align:${numeric[c] ? 'right' : 'left'}"`;
  const head = names.map((name, c) => `<th${side(c)}>${escaped(name)}</th>`).join('');
  const body = lines.slice(1).map((line) => `<tr>${line.map((text, c) => `<td${side(c)}>${escaped(text)}</td>`).join('')}</tr>`).join('\n');
  return displayable({ 'text/html': `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`, 'text/plain': plain });
}
