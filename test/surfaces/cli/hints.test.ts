/** What hints and pages name besides whole commands (those are held by test/architecture.test.ts): options on their own, settings, scripts. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { declaredProgram } from './kit.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function filesUnder(path: string, ending: RegExp): string[] {
  const full = join(ROOT, path);
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { recursive: true, encoding: 'utf8' }).filter((name) => ending.test(name)).map((name) => join(full, name));
}

const SOURCES = ['src', 'bin', 'scripts', 'models', 'features', 'tags'].flatMap((path) => filesUnder(path, /\.(ts|mjs)$/));
const DOCUMENTS = ['docs', 'README.md'].flatMap((path) => filesUnder(path, /\.md$/));

function optionsOf(command: Command): string[] {
  return [...command.options.map(({ long }) => long ?? ''), ...command.commands.flatMap(optionsOf)];
}

describe('hints', () => {
  test('options that they name on their own belong to some command', async () => {
    const known = new Set(['--help', ...optionsOf(await declaredProgram())]);
    const named = SOURCES.flatMap((file) => (readFileSync(file, 'utf8').match(/hint: .*/g) ?? []).flatMap((hint) => (hint.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? []).map((flag) => ({ file: relative(ROOT, file), flag }))));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(({ flag }) => !known.has(flag))).toEqual([]);
  });

  test('every TAGCAST_… setting is read somewhere', () => {
    const read = new Set(SOURCES.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/env\.(TAGCAST_[A-Z_]+)/g)].map((found) => found[1])));
    const mentioned = new Set([...SOURCES, ...DOCUMENTS].flatMap((file) => readFileSync(file, 'utf8').match(/TAGCAST_[A-Z_]+/g) ?? []));
    expect(mentioned).toContain('TAGCAST_HOME');
    expect([...mentioned].filter((name) => !read.has(name))).toEqual([]);
  });

  test('every `npm run …` is a script', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const mentioned = new Set([...SOURCES, ...DOCUMENTS].flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/`(?:[A-Z_]+=\S+ )?npm run ([a-z]+)/g)].map((found) => found[1])));
    expect(mentioned).toContain('quickstart');
    expect([...mentioned].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
