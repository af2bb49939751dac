/** What documents claim: paths of the repository and command lines. */
const PATH = /(?<![\w/.$}:-])(?:src|test|docs|features|models|tags|mappings|bench|scripts|bin|notebooks)\/[\w./{},*<>-]*/g;
const FILE_NAME = /`([\w.-]+\.(?:ts|mjs|md))`/g;
const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)/g;

/** `a/{b,c}.ts` → `a/b.ts`, `a/c.ts`; other paths as they are, without the full stop that ends a sentence. */
function expanded(path: string): string[] {
  const clean = path.replace(/[.,:;]+$/, '').replace(/\/$/, '');
  const braces = /^(.*)\{([^}]*)\}(.*)$/.exec(clean);
  return braces === null ? [clean] : braces[2].split(',').flatMap((one) => expanded(`${braces[1]}${one}${braces[3]}`));
}

export interface Claims {
  /** Paths from the repository's root. */
  readonly paths: readonly string[];
  /** Names of files without a folder. */
  readonly names: readonly string[];
  /** Targets of links, relative to the document. */
  readonly links: readonly string[];
}

/** Paths with `*` or `<name>` stand for many files and claim only the folder in front. */
export function claimsOf(text: string): Claims {
  const paths = [...text.matchAll(PATH)].flatMap(([path]) => expanded(path)).map((path) => path.replace(/\/?[^/]*[*<].*$/, ''));
  return {
    paths: [...new Set(paths.filter((path) => path !== ''))],
    names: [...new Set([...text.matchAll(FILE_NAME)].map(([, name]) => name))],
    links: [...new Set([...text.matchAll(LINK)].map(([, link]) => link))],
  };
}

/** Command lines that a text tells people to run: words after `tagcast` up to the closing quote. */
export function commandLinesIn(text: string): string[] {
  return [...text.matchAll(/`(?:TAGCAST_\w+=\S+ )?(?:npx )?tagcast ([^`]+)`/g)].map(([, line]) => line);
}
