/** The house rules as tests. Each fault is printed with what to do about it; the rules are data in test/architecture/. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ERROR_TABLE } from '../src/base/errors.ts';
import { CAMPAIGN_MODELS, modelsFor, VISIT_MODELS } from '../models/index.ts';
import { contractSettingsSchema } from '../src/training/contractSettings.ts';
import { TABLES } from '../src/store/tables.ts';
import { offerFaults, offers } from './architecture/catalogue.ts';
import { allCommands, commandFault } from './architecture/commands.ts';
import type { CommandFacts } from './architecture/commands.ts';
import { importCycles } from './architecture/cycles.ts';
import { claimsOf, commandLinesIn } from './architecture/documents.ts';
import { globalFaults } from './architecture/globals.ts';
import { EXCEPTIONS, importFault, roomOf } from './architecture/rooms.ts';
import type { Import } from './architecture/rooms.ts';
import { filesIn, importsOf, read, ROOT } from './architecture/source.ts';

/** AssemblyScript has TypeScript's ending and its own types and imports: it is compiled by `npm run build`, and imports nothing outside its folder. */
const CODE = filesIn(['src', 'features', 'models', 'tags', 'notebooks'], ['.ts', '.mjs']).filter((file) => !file.includes('/kernel/assembly/'));
const IMPORTS = CODE.flatMap((file) => importsOf(file, read(file)));
const PAGES = new Map([...filesIn(['docs'], ['.md']), ...(existsSync(join(ROOT, 'README.md')) ? ['README.md'] : [])].map((file) => [file, read(file)]));
const TESTS = new Map(filesIn(['test'], ['.test.ts', '.ts', '.mjs']).filter((file) => !file.startsWith('test/architecture')).map((file) => [file, read(file)]));

/** Faults one per line, so that a failing test shows what to do about each. */
const lines = (faults: readonly string[]): string => faults.join('\n');

describe('imports', () => {
  test('stay within the table', () => {
    expect(IMPORTS.length).toBeGreaterThan(1000);
    expect(lines(IMPORTS.map((one) => importFault(one)).filter((fault) => fault !== undefined))).toBe('');
  });
  test('name files that exist', () => {
    expect(lines(IMPORTS.filter(({ kind, to }) => kind === 'file' && !existsSync(join(ROOT, to))).map(({ from, to }) => `${from} imports ${to}, which is not there.`))).toBe('');
  });
  test('have no cycles', () => {
    expect(lines(importCycles(IMPORTS).map((path) => `${path.join(' → ')}: move what both need into a file of its own.`))).toBe('');
  });
  test('exceptions are still needed', () => {
    expect(lines(Object.keys(EXCEPTIONS).filter((file) => !existsSync(join(ROOT, file))).map((file) => `${file} is excepted and is not there: take it out of test/architecture/rooms.ts.`))).toBe('');
  });

  const made = (from: string, to: string, more: Partial<Import> = {}): string | undefined => importFault({ from, to, kind: 'file', typeOnly: false, ...more });
  test.each([
    ['a wrong room', made('src/scoring/model.ts', 'src/training/train.ts'), 'src/training/train.ts, which scoring may not'],
    ['a value where only types may come', made('src/registry/models.ts', 'src/training/trained.ts'), 'only `import type`'],
    ['one surface from another', made('src/surfaces/http/deps.ts', 'src/surfaces/cli/main.ts'), 'which surfaces/http may not'],
    ['a file that is no read function', made('src/surfaces/http/deps.ts', 'src/store/import/batch.ts'), 'which surfaces/http may not'],
    ['input and output in mathematics', made('src/math/linear.ts', 'node:fs', { kind: 'package' }), 'node:fs, which math may not'],
    ['a room that nobody knows', made('src/cleverness/index.ts', 'src/base/json.ts'), 'not in the table'],
    ['a declaration that reaches into the store', made('features/orders.ts', 'src/store/connection.ts'), 'which /features may not'],
  ])('the table refuses %s', (_, fault, words) => {
    expect(fault).toContain(words);
  });
  test('the table allows what it lists', () => {
    expect(made('src/registry/models.ts', 'src/training/trained.ts', { typeOnly: true })).toBeUndefined();
    expect(made('src/tags/age.ts', 'src/base/time.ts')).toBeUndefined();
    expect(roomOf('src/surfaces/http/handlers/tags.ts')).toBe('surfaces/http');
  });
  test('import lines are read in all their forms', () => {
    const text = `import type { A } from './a.ts';\nimport { type B, type C } from './b.ts';\nimport { D, type E } from '../d.ts';\nexport * from './e.ts';\n// import { F } from './f.ts';\nconst g = await import('./g.ts');\nnew Worker(new URL('h.mjs', import.meta.url));\nimport 'pg/lib/x';`;
    expect(importsOf('src/x/y.ts', text).map(({ to, typeOnly }) => `${to}${typeOnly ? ' (types)' : ''}`).sort()).toEqual(['pg', 'src/d.ts', 'src/x/a.ts (types)', 'src/x/b.ts (types)', 'src/x/e.ts', 'src/x/g.ts', 'src/x/h.mjs']);
  });
  test('cycles are found', () => {
    const edge = (from: string, to: string, typeOnly = false): Import => ({ from, to, kind: 'file', typeOnly });
    expect(importCycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd')])).toEqual([['a', 'b', 'c', 'a']]);
    expect(importCycles([edge('a', 'b'), edge('b', 'a', true)])).toEqual([]);
  });
});

describe('clock and randomness', () => {
  test('come in from the edge only', () => {
    expect(lines(CODE.flatMap((file) => globalFaults(file, read(file))))).toBe('');
  });
  test.each(['Date.now()', 'new Date()', 'new Date( )', 'Math.random()', 'performance.now()', 'process.hrtime.bigint()', 'Temporal.Now.instant()'])('%s is found', (code) => {
    expect(globalFaults('src/math/x.ts', `const a = 1;\nconst b = ${code};`)).toHaveLength(1);
  });
  test('words about them and dates of something are not', () => {
    expect(lines(globalFaults('src/math/x.ts', `/* no Date.now here */ const a = 'Math.random()'; // new Date()\nconst b = new Date(a);`))).toBe('');
  });
});

describe('property tests', () => {
  test('have the seed of the suite', () => {
    const direct = [...TESTS].filter(([file, text]) => file !== 'test/support/properties.ts' && text.includes("from 'fast-check'")).map(([file]) => file);
    expect(lines(direct.map((file) => `${file} imports fast-check itself and would draw another seed every day: import it from test/support/properties.ts`))).toBe('');
    expect([...TESTS.values()].filter((text) => text.includes('support/properties.ts')).length).toBeGreaterThan(40);
  });
});

describe('documents', () => {
  let commands: CommandFacts[];
  const names = new Set<string>();
  beforeAll(async () => {
    commands = await allCommands();
    for (const file of [...filesIn(['src', 'features', 'models', 'tags', 'test', 'bench', 'scripts', 'bin', 'docs', 'notebooks'], ['.ts', '.mjs', '.md']), 'README.md', 'vitest.config.ts']) names.add(file.slice(file.lastIndexOf('/') + 1));
  });

  test('name paths that exist', () => {
    expect(lines([...PAGES].flatMap(([page, text]) => {
      const { paths, names: files, links } = claimsOf(text);
      return [
        ...paths.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${page} names ${path}, which is not there: correct the page.`),
        ...files.filter((name) => !names.has(name)).map((name) => `${page} names a file ${name}, and there is none: correct the page.`),
        ...links.filter((link) => !existsSync(join(ROOT, dirname(page), link))).map((link) => `${page} links to ${link}, which is not there: correct the page.`),
      ];
    }))).toBe('');
  });
  test('claims are found in text', () => {
    const found = claimsOf('See src/a/{b,c}.ts, `d.ts` and docs/adr/x.md. [y](y.md) https://example.org/src/z.ts curl $HOST/v1/models/churn test/e/*.test.ts');
    expect(found).toEqual({ paths: ['src/a/b.ts', 'src/a/c.ts', 'docs/adr/x.md', 'test/e'], names: ['d.ts'], links: ['y.md'] });
  });

  test('pages and hints tell people to run commands that exist', () => {
    const texts = [...PAGES, ...CODE.map((file) => [file, read(file).replaceAll('\\`', '`')] as const)];
    expect(texts.flatMap(([, text]) => commandLinesIn(text)).length).toBeGreaterThan(50);
    expect(lines(texts.flatMap(([file, text]) => commandLinesIn(text).map((line) => commandFault(line, commands)).filter((fault) => fault !== undefined).map((fault) => `${file}: ${fault}.`)))).toBe('');
  });
  test('a wrong command line is found', () => {
    expect(commandFault('train --model churn', commands)).toContain('no option --model');
    expect(commandFault('segments list', commands)).toContain('no command');
    expect(commandFault('segment count --condition <json>', commands)).toBeUndefined();
  });

  test('everything that is offered has a test and a page', () => {
    expect(lines(offers(commands).flatMap((offer) => offerFaults(offer, TESTS, PAGES)))).toBe('');
  });
  test('an offer without test and page is found', () => {
    const [offer] = offers(commands);
    expect(offerFaults(offer, new Map([['test/features/x.test.ts', `${offer.name}_longer`]]), new Map([[offer.page, offer.name]]))).toHaveLength(2);
    expect(offerFaults(offer, new Map([['test/features/x.test.ts', `'${offer.name}'`]]), new Map([[offer.page, `| \`${offer.name}\` |`]]))).toEqual([]);
  });

  test('docs/cli.md has the flags of every command, no others, and an example that is understood', () => {
    const sections = new Map((PAGES.get('docs/cli.md') ?? '').split(/^## /m).slice(1).map((text) => [text.slice(0, text.indexOf('\n')), text]));
    expect(lines([
      ...[...sections.keys()].filter((name) => !commands.some((one) => one.name === name)).map((name) => `docs/cli.md has a section "${name}", and there is no such command.`),
      ...commands.flatMap(({ name, flags }) => {
        const section = sections.get(name) ?? '';
        const example = /^tagcast (.*)$/m.exec(section)?.[1];
        const shown = [...section.matchAll(/`(--[a-z-]+)`/g)].map(([, flag]) => flag);
        return [
          ...flags.filter((flag) => !shown.includes(flag)).map((flag) => `docs/cli.md: "${name}" lacks ${flag}.`),
          ...shown.filter((flag) => !flags.includes(flag)).map((flag) => `docs/cli.md: "${name}" has ${flag}, which the command does not know.`),
          ...(example?.startsWith(name) === true ? [] : [`docs/cli.md: "${name}" has no example.`]),
          ...[commandFault(example ?? name, commands)].filter((fault) => fault !== undefined).map((fault) => `docs/cli.md: the example of "${name}": ${fault}.`),
        ];
      }),
    ])).toBe('');
  });
  test('docs/errors.md has the table of the program', () => {
    const rows = [...(PAGES.get('docs/errors.md') ?? '').matchAll(/^\| `(\w+)` \| (\d+) \| (\d) \| ([^|]+) \| ([^|]+) \|$/gm)];
    expect(Object.fromEntries(rows.map(([, code, status, exit]) => [code, { status: Number(status), exit: Number(exit) }]))).toEqual(ERROR_TABLE);
  });
  test('docs/models.md has horizons and candidates of every model', () => {
    const page = (PAGES.get('docs/models.md') ?? '').split('\n');
    expect(lines([...modelsFor(contractSettingsSchema.parse({})), ...VISIT_MODELS, ...CAMPAIGN_MODELS].flatMap(({ name, horizons, baseline, candidates }) => {
      const rows = page.filter((line) => line.startsWith(`| \`${name}\` |`));
      const wanted = [`| ${horizons.join(', ')} |`, `| \`${baseline.name}\` | ${candidates.map((one) => `\`${one.name}\``).join(', ')} |`];
      return wanted.filter((cells) => !rows.some((row) => row.endsWith(cells))).map((cells) => `docs/models.md: a row of ${name} should end with ${cells}`);
    }))).toBe('');
  });
  test('docs/architecture.md has every table of the store', () => {
    const created = filesIn(['src/store/migrations'], ['.ts']).flatMap((file) => [...read(file).matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(([, name]) => name)).sort();
    const shown = [...(PAGES.get('docs/architecture.md') ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort();
    expect(created.length).toBeGreaterThan(15);
    expect(shown).toEqual(created);
    expect([...TABLES].sort()).toEqual(created);
  });
  test('docs/adr/README.md lists every decision', () => {
    const index = PAGES.get('docs/adr/README.md') ?? '';
    expect(lines([...PAGES.keys()].filter((page) => /^docs\/adr\/(?!README)/.test(page)).map((page) => page.slice('docs/adr/'.length)).filter((name) => !index.includes(`[${name}](${name})`)).map((name) => `docs/adr/README.md does not list ${name}.`))).toBe('');
  });
});

describe('packages', () => {
  const declared = JSON.parse(read('package.json')) as { dependencies: Record<string, string>; devDependencies: Record<string, string>; optionalDependencies: Record<string, string> };
  const program = { ...declared.dependencies, ...declared.optionalDependencies };
  const every = { ...program, ...declared.devDependencies };
  test('are pinned exactly and explained', () => {
    const page = PAGES.get('docs/adr/dependencies.md') ?? '';
    expect(lines(Object.entries(every).flatMap(([name, version]) => [
      ...(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) ? [] : [`package.json: ${name} ${version} is a range; pin one version.`]),
      ...(page.includes(`\`${name}\``) ? [] : [`docs/adr/dependencies.md does not say why there is ${name}.`]),
    ]))).toBe('');
  });
  test('that the program imports are dependencies, and the other way round', () => {
    const used = new Set(IMPORTS.filter(({ kind, to }) => kind === 'package' && !to.startsWith('node:')).map(({ to }) => to));
    expect(lines([...used].filter((name) => !(name in program)).map((name) => `${name} is imported and is no dependency in package.json.`))).toBe('');
    // tsx is also registered by bin/tagcast.mjs. The compiler of the kernel is run by scripts/build.mjs, and never imported.
    expect(lines(Object.keys(program).filter((name) => !used.has(name) && name !== 'assemblyscript').map((name) => `${name} is a dependency and nothing imports it: remove it.`))).toBe('');
  });
});
