/** Examples of the guide: what stands in its code blocks, and how close an output must be to what the page shows. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const GUIDE = fileURLToPath(new URL('../../docs/guide/', import.meta.url));
export type GuideLanguage = 'en' | 'zh';

export interface Example {
  readonly page: string;
  readonly line: string;
  /** The exit code that the page announces with a comment `# ends with N` above the line. */
  readonly exit: number;
  /** Lines of the output that the page shows, without those it leaves out with `…`. */
  readonly shown: readonly string[];
}

export const pagesOf = (language: GuideLanguage): string[] => readdirSync(`${GUIDE}${language}`).filter((name) => name.endsWith('.md')).sort();

/** Needs a shop of another kind: contracts.test.ts runs it. */
export const CONTRACTS_PAGE = '10-contracts.md';

/** Lines of `sh` blocks, a backslash at the end joining it with the next one; the `text` block behind them belongs to the last. */
export function examplesOf(language: GuideLanguage, page: string): Example[] {
  const text = readFileSync(`${GUIDE}${language}/${page}`, 'utf8');
  const examples: Example[] = [];
  for (const [, kind, body] of text.matchAll(/^```(sh|text)\n([\s\S]*?)^```$/gm)) {
    if (kind === 'sh') {
      let exit = 0;
      for (const line of body.replaceAll(/\\\n\s*/g, '').split('\n').map((one) => one.trim()).filter((one) => one !== '')) {
        const announced = /^# ends with (\d)/.exec(line);
        if (announced !== null) exit = Number(announced[1]);
        if (line.startsWith('#')) continue;
        examples.push({ page: `${language}/${page}`, line, exit, shown: [] });
        exit = 0;
      }
    } else {
      const last = examples.pop();
      if (last === undefined) throw new Error(`${page} shows an output before any command.`);
      examples.push({ ...last, shown: [...last.shown, ...body.split('\n').filter((one) => one.trim() !== '' && !one.includes('…'))] });
    }
  }
  return examples;
}

/** Words of a shell line: quotes are understood, nothing else is. */
export function shellWords(line: string): string[] {
  return Array.from(line.matchAll(/(?:[^\s'"]+|'[^']*'|"(?:[^"\\]|\\.)*")+/g), ([word]) => word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_, single: string | undefined, double: string | undefined) => single ?? (double ?? '').replaceAll(/\\(["\\$`])/g, '$1')));
}

/** Numbers, bars and column widths may differ from shop to shop; words may not. */
export function shape(line: string): string {
  return line.replaceAll(/[─█▏▎▍▌▋▊▉]+/g, '').replaceAll(/-?\d[\d,]*(?:\.\d+)?/g, '0').replaceAll(/\s+/g, ' ').trim();
}

export function missingLines(shown: readonly string[], output: string): string[] {
  const there = new Set(output.split('\n').map(shape));
  return shown.filter((line) => !there.has(shape(line)));
}

export interface CurlCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** `curl -X … -H … -d … URL` as a request; `variables` stand for $NAME. */
export function curlCall(words: readonly string[], variables: Readonly<Record<string, string>>): CurlCall {
  const filled = words.map((word) => word.replaceAll(/\$\{?([A-Z_]+)\}?/g, (_, name: string) => variables[name] ?? `$${name}`));
  const headers: Record<string, string> = {};
  let [method, url, body]: [string | undefined, string, string | undefined] = [undefined, '', undefined];
  for (let i = 1; i < filled.length; i++) {
    const word = filled[i];
    if (word === '-X') method = filled[++i];
    else if (word === '-H') {
      const [name, ...rest] = filled[++i].split(':');
      headers[name.trim().toLowerCase()] = rest.join(':').trim();
    } else if (word === '-d' || word === '--data') {
      body = filled[++i];
      headers['content-type'] ??= 'application/json';
    } else if (word === '-o') i++;
    else if (!word.startsWith('-')) url = word;
  }
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), url, headers, ...(body === undefined ? {} : { body }) };
}
