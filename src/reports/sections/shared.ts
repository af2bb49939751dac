/** What the sections of a page share: headings, tables, and the two candidates that are compared. */
import { html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { Compared } from '../charts/curves.ts';
import type { ReportHead } from '../document.ts';
import { plain, say, w } from '../words.ts';
import type { Words } from '../words.ts';

export function section(id: string, title: Words, ...parts: readonly Html[]): Html {
  return html`<section id="${id}"><h3>${say(title)}</h3>${parts}</section>`;
}

export type Cell = Html | Words;

const cell = (content: Cell): Html => ('markup' in content ? content : say(content));

/** Columns named in `numbers` stand to the right. */
export function table(titles: readonly Words[], rows: readonly (readonly Cell[])[], numbers: readonly number[] = []): Html {
  const kind = (c: number): string => (numbers.includes(c) ? 'number' : '');
  return html`<div class="scroll"><table><thead><tr>${titles.map((title, c) => html`<th class="${kind(c)}">${say(title)}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((content, c) => html`<td class="${kind(c)}">${cell(content)}</td>`)}</tr>`)}</tbody></table></div>`;
}

export function note(words: Words): Html {
  return html`<p class="note">${say(words)}</p>`;
}

/** The candidate that serves, and its baseline where that is another one. */
export function candidatesOf({ diagnostics }: ReportHead): Compared[] {
  if (diagnostics === null) return [];
  const { chosen, baseline } = diagnostics;
  return [
    { kind: 'model', words: plain(chosen.candidate), of: chosen },
    ...(baseline === null ? [] : [{ kind: 'baseline', words: w(`${baseline.candidate}（基线）`, `${baseline.candidate}, baseline`), of: baseline }]),
  ];
}
