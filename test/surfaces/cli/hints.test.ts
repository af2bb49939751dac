/** Every `tagcast …` that the sources and the documentation name is a command that there is, with options that it has. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { declaredProgram } from './kit.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function filesUnder(path: string, ending: RegExp): string[] {
  const full = join(ROOT, path);
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { recursive: true, encoding: 'utf8' }).filter((name) => ending.test(name)).map((name) => join(full, name));
}

interface Named {
  readonly where: string;
  readonly line: string;
}

/** `tagcast …` between backticks, with the escapes of template texts taken away and what they fill in shown as X. */
function inBackticks(file: string): Named[] {
  const text = readFileSync(file, 'utf8').replace(/\$\{[^}]*\}/g, 'X');
  return [...text.matchAll(/`tagcast ([^`]*?)\\?`/g)].map((found) => ({ where: `${relative(ROOT, file)}:${text.slice(0, found.index).split('\n').length}`, line: found[1].replaceAll("\\'", "'") }));
}

/** Lines of code blocks and help texts that start with the command. */
function asLines(file: string): Named[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((text, i) => {
    const found = /^(?:print\(['`])?(?:\$ )?(?:npx )?tagcast ((?:[a-z].*))$/.exec(text.trim());
    return found === null ? [] : [{ where: `${relative(ROOT, file)}:${i + 1}`, line: found[1].replace(/\s+#.*$/, '').replace(/\s{3,}.*$/, '') }];
  });
}

/** Words as a shell would split them; quoted texts and things in angle brackets are one word. */
function words(line: string): string[] {
  return line.match(/'[^']*'?|"[^"]*"|<[^>]*>|\[[^\]]*\]|[^\s]+/g) ?? [];
}

/** What is wrong with a command line, or undefined. */
export function faultOf(program: Command, line: string): string | undefined {
  let command = program;
  const rest = words(line);
  if (/^(…|<command>)/.test(rest[0] ?? '…')) return undefined;
  while (rest.length > 0) {
    const sub = command.commands.find((one) => one.name() === rest[0]);
    if (sub === undefined) break;
    command = sub;
    rest.shift();
  }
  if (command === program) return `there is no command "${rest[0]}"`;
  let given = 0;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i];
    if (word === '…' || word === '|' || word === '>' || word.startsWith('[')) break;
    if (!word.startsWith('-')) {
      if (command.commands.length > 0) return `"${command.name()}" has no "${word}"`;
      given++;
      continue;
    }
    if (word === '--help') continue;
    const option = [...command.options, ...program.options].find(({ long, short }) => word === long || word === short);
    if (option === undefined) return `"${command.name()}" has no option ${word}`;
    if (option.required) i++;
  }
  const { registeredArguments: declared } = command;
  if (given > declared.length && declared.at(-1)?.variadic !== true) return `"${command.name()}" takes ${declared.length} arguments`;
  return undefined;
}

let program: Command;
beforeAll(async () => {
  program = await declaredProgram();
});

const SOURCES = ['src', 'bin', 'scripts', 'models', 'features', 'tags'].flatMap((path) => filesUnder(path, /\.(ts|mjs)$/));
const DOCUMENTS = ['docs', 'README.md'].flatMap((path) => filesUnder(path, /\.md$/));

describe('commands that texts name', () => {
  const named = [...SOURCES.flatMap(inBackticks), ...SOURCES.filter((file) => file.includes('surfaces')).flatMap(asLines), ...DOCUMENTS.flatMap((file) => [...inBackticks(file), ...asLines(file)])];

  test('there are many of them', () => {
    expect(named.length).toBeGreaterThan(80);
    expect(new Set(named.map(({ line }) => words(line)[0])).size).toBeGreaterThan(10);
  });

  test('each exists, with its options and arguments', () => {
    const faults = named.flatMap(({ where, line }) => {
      const fault = faultOf(program, line);
      return fault === undefined ? [] : [`${where}: tagcast ${line}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  test('the check sees a wrong command, option, subcommand and argument', () => {
    expect(faultOf(program, 'export')).toContain('no command');
    expect(faultOf(program, 'train --model churn')).toContain('--model');
    expect(faultOf(program, 'models demote churn')).toContain('demote');
    expect(faultOf(program, 'score today')).toContain('0 arguments');
    expect(faultOf(program, 'train churn clv --end 2026-01-01 --json')).toBeUndefined();
  });

  test('options that hints name on their own belong to some command', () => {
    const every = (command: Command): string[] => [...command.options.map(({ long }) => long ?? ''), ...command.commands.flatMap(every)];
    const known = new Set(['--help', ...every(program)]);
    const faults = SOURCES.filter((file) => !/docs[/\\](page|style|html)|schemaTable/.test(file)).flatMap((file) => {
      const hints = readFileSync(file, 'utf8').match(/hint: .*/g) ?? [];
      return hints.flatMap((hint) => hint.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? []).filter((flag) => !known.has(flag)).map((flag) => `${relative(ROOT, file)}: ${flag}`);
    });
    expect(faults).toEqual([]);
  });
});

describe('settings and scripts that texts name', () => {
  test('every TAGCAST_… is read somewhere', () => {
    const texts = SOURCES.map((file) => readFileSync(file, 'utf8')).join('\n');
    const read = new Set([...texts.matchAll(/env\.(TAGCAST_[A-Z_]+)/g)].map((found) => found[1]));
    const mentioned = [...SOURCES, ...DOCUMENTS].flatMap((file) => readFileSync(file, 'utf8').match(/TAGCAST_[A-Z_]+/g) ?? []);
    expect([...new Set(mentioned)].filter((name) => !read.has(name))).toEqual([]);
  });

  test('every `npm run …` is a script', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const mentioned = [...SOURCES, ...DOCUMENTS].flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/`(?:[A-Z_]+=\S+ )?npm run ([a-z]+)/g)].map((found) => found[1]));
    expect([...new Set(mentioned)].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
