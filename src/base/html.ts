/** HTML as text: whatever is not made here is escaped. */

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters and halves of surrogate pairs, which no document may hold. */
const NO_CHARACTER = /[^\P{C}\t\n\r\p{Cf}\p{Co}\p{Cn}]/gu;

export function escapeHtml(text: string): string {
  return text.replace(NO_CHARACTER, '\uFFFD').replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Markup that may stand in a page as it is. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

function markupOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'markup' in part ? part.markup : part.map((item) => item.markup).join('');
}

/** Template tag: texts and numbers are escaped, {@link Html} and lists of it are put in as they are. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((text, string, i) => text + string + (i < parts.length ? markupOf(parts[i]) : ''), '') };
}

/** A sentence whose `names in backticks` are shown as code. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))}`;
}

export const EMPTY: Html = { markup: '' };
