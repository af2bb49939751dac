/** Cells of CSV files (RFC 4180) that people open in spreadsheet programs, and the way back. Pure. */

/** Excel reads a file as UTF-8 only where it begins with this. */
export const BOM = '\uFEFF';

const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
/** What spreadsheet programs take for the beginning of a formula, also behind spaces, and its full-width forms, which some of them fold (OWASP, CSV injection). */
const FORMULA = /^[ \u00A0\u3000]*[=+\-@\t\r\n＝＋－＠]/;

/** A text that a spreadsheet would run, or what was made of such a text: with any number of apostrophes in front. */
function isGuarded(text: string): boolean {
  const behind = text.replace(/^'+/, '');
  return FORMULA.test(behind) && !PLAIN_NUMBER.test(behind);
}

/** Puts an apostrophe in front of what a spreadsheet would run as a formula, and of what looks as if that had been done already, so that {@link fromCsvText} loses nothing. */
export function toCsvText(text: string): string {
  return isGuarded(text) ? `'${text}` : text;
}

/** Undoes {@link toCsvText}: `fromCsvText(toCsvText(text)) === text` for every text. */
export function fromCsvText(text: string): string {
  return text.startsWith("'") && isGuarded(text) ? text.slice(1) : text;
}

export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
