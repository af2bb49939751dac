/** Source files as text: which there are, what they import, and their code without comments and strings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Import } from './rooms.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files below folders of the repository, as paths from its root with forward slashes, sorted. Folders that are not there have none. */
export function filesIn(folders: readonly string[], endings: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`))
    .filter((file) => endings.some((ending) => file.endsWith(ending)) && !file.includes('node_modules/'))
    .sort();
}

export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Text with every comment (and with `strings` every string literal too) replaced by spaces; line breaks stay, so that line numbers hold. */
export function withoutComments(text: string, strings = false): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  const part = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replaceAll(part, (found) => {
    if (found.startsWith('/*') || found.startsWith('//')) return blank(found);
    // Template strings hold code between braces, so they are kept.
    return strings && !found.startsWith('`') ? blank(found) : found;
  });
}

const STATIC = /(?:^|[\n;])[ \t]*(?:import|export)\s+(type\s+)?([^;'"`]*?)\s*from\s*['"]([^'"]+)['"]/g;
const BARE = /(?:^|[\n;])[ \t]*import\s*['"]([^'"]+)['"]/g;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;
const MODULE_URL = /new URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g;

/** `{ type A, type B }` brings nothing to run time, just as `import type` does. */
function onlyTypes(keyword: string | undefined, names: string): boolean {
  if (keyword !== undefined) return true;
  const inside = /^\{([\s\S]*)\}$/.exec(names.trim());
  const parts = inside?.[1].split(',').map((one) => one.trim()).filter((one) => one !== '') ?? [];
  return parts.length > 0 && parts.every((one) => one.startsWith('type '));
}

/** Everything that a file imports: statically, dynamically, or by a URL relative to itself. */
export function importsOf(from: string, text: string): Import[] {
  const code = withoutComments(text);
  const found = [
    ...[...code.matchAll(STATIC)].map(([, keyword, names, to]) => ({ to, typeOnly: onlyTypes(keyword, names) })),
    ...[...code.matchAll(BARE), ...code.matchAll(DYNAMIC)].map(([, to]) => ({ to, typeOnly: false })),
    ...[...code.matchAll(MODULE_URL)].map(([, to]) => ({ to: to.startsWith('.') ? to : `./${to}`, typeOnly: false })),
  ];
  return found.map(({ to, typeOnly }) => {
    if (to.startsWith('.')) return { from, to: normalize(join(dirname(from), to)).replaceAll('\\', '/').replace(/\/$/, ''), kind: 'file', typeOnly };
    const name = to.startsWith('node:') ? to : to.split('/').slice(0, to.startsWith('@') ? 2 : 1).join('/');
    return { from, to: name, kind: 'package', typeOnly };
  });
}
