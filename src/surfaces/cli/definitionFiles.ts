/** Documents of definitions as files: written, compared with the store, read in. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { Option } from 'commander';
import type { Command } from 'commander';
import { BOM } from '../../base/csv.ts';
import { AppError } from '../../base/errors.ts';
import type { EntryDifference } from '../../base/exchange.ts';
import type { Bilingual } from '../../base/text.ts';
import { compareDefinitions, EXCHANGES, importDefinitions } from '../../jobs/definitions.ts';
import type { DefinitionKind, Imported } from '../../jobs/definitions.ts';
import { importStandards } from '../../jobs/standards.ts';
import { writeStandardsCsv } from '../../quality/standards/csv.ts';
import { standardsFromCsv } from '../../quality/standards/exchange.ts';
import { answer, inWords, said, withApp, workOf } from './context.ts';
import type { Context } from './context.ts';
import { table } from './terminal.ts';
import { printApplied } from './standardsReport.ts';

export const KINDS = Object.keys(EXCHANGES) as DefinitionKind[];

const isJson = (file: string): boolean => /\.json$/i.test(file);

/** @throws AppError `file_unreadable`, `bad_data` for what is no JSON, CSV or UTF-8 */
export function documentIn(kind: DefinitionKind, file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new AppError('file_unreadable', `The file cannot be read: ${file.slice(-80)}.`, { hint: `\`tagcast definitions export ${kind}\` writes such a file.`, cause });
  }
  if (!isUtf8(bytes)) throw new AppError('bad_data', `The file is not in UTF-8: ${file.slice(-80)}.`, { hint: 'In Excel, save it as "CSV UTF-8".' });
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (kind === 'standards' && !isJson(file)) return standardsFromCsv(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad_data', `The file is no JSON: ${file.slice(-80)}.`, { hint: `\`tagcast definitions export ${kind}\` writes such a file.`, cause });
  }
}

const COUNTED: Readonly<Record<DefinitionKind, Bilingual>> = { tags: { zh: '个规则标签', en: 'rule tags' }, segments: { zh: '个人群', en: 'segments' }, quality: { zh: '条规则', en: 'rules' }, standards: { zh: '个字段', en: 'fields' } };

/** @param bom for Excel, in front of CSV */
export async function exportTo(here: Context, kind: DefinitionKind, file: string, bom = false): Promise<void> {
  await withApp(here, async (app) => {
    const document = await EXCHANGES[kind].export(app.store);
    const csv = 'fields' in document && !isJson(file);
    try {
      writeFileSync(file, csv ? `${bom ? BOM : ''}${writeStandardsCsv(document.fields)}` : `${JSON.stringify(document, null, 2)}\n`);
    } catch (cause) {
      throw new AppError('file_unreadable', 'The file cannot be written.', { hint: 'Check the folder and its rights, and that the disk is not full.', cause });
    }
    const [name, count] = 'tags' in document ? ['tags', document.tags.length] : 'segments' in document ? ['segments', document.segments.length] : 'rules' in document ? ['rules', document.rules.length] : ['fields', document.fields.length];
    answer(here, { file, [name]: count }, () => { here.output.print(inWords(here, `${count} ${COUNTED[kind].zh} → ${file}`, `${count} ${COUNTED[kind].en} → ${file}`)); });
  });
}

const STATES: Readonly<Record<EntryDifference['state'], Bilingual>> = { new: { zh: '新', en: 'new' }, changed: { zh: '修改', en: 'changed' }, same: { zh: '一致', en: 'the same' }, store_only: { zh: '仅在系统中', en: 'in the store only' } };
const MOST_SHOWN = 70;

function shown(value: unknown): string {
  const text = value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN - 1)}…`;
}

/** What is new or changed with each field that differs; of a new one its fields are not repeated. */
function printDifferences(here: Context, entries: readonly EntryDifference[]): void {
  for (const { part, key, state, version, changes } of entries) {
    here.output.print(`${part} ${key}: ${said(here, STATES[state])}${version === 0 ? '' : inWords(here, `（第 ${version} 版）`, ` (version ${version})`)}`);
    if (state === 'changed') for (const { field, before, after } of changes) here.output.print(`  ${field}: ${shown(before)} → ${shown(after)}`);
  }
}

export async function diffWith(here: Context, kind: DefinitionKind, file: string): Promise<void> {
  const document = documentIn(kind, file);
  await withApp(here, async (app) => {
    const found = await compareDefinitions(app.store, kind, document);
    answer(here, found, () => {
      const { print } = here.output;
      printDifferences(here, found.entries.filter(({ state }) => state !== 'same'));
      const counts = (['new', 'changed', 'same', 'store_only'] as const).map((state) => [said(here, STATES[state]), String(found.entries.filter((one) => one.state === state).length)]);
      for (const line of table([{ title: '' }, { title: '', align: 'right' }], counts).slice(2)) print(line);
      for (const { part, key, field, message } of found.problems) print(`! ${part} ${key}, ${field}: ${message}`);
      print(inWords(here, `状态 ${found.state}：导入时用 --expected-state 确认期间无人修改。`, `State ${found.state}: with --expected-state an import makes sure that nobody has changed any of it since.`));
    });
  });
}

export interface ImportFlags {
  readonly dryRun?: boolean;
  readonly expectedState?: string;
}

/** Flags of every command that reads a document in. */
export function importFlags(command: Command): Command {
  return command.addOption(new Option('--dry-run', 'check everything and say what would change; nothing is written')).option('--expected-state <state>', 'what the comparison told; refused where somebody has changed any of it since');
}

export async function importFrom(here: Context, kind: DefinitionKind, file: string, { dryRun, expectedState }: ImportFlags): Promise<void> {
  const document = documentIn(kind, file);
  const options = { actor: 'cli', ...(dryRun === undefined ? {} : { dryRun }), ...(expectedState === undefined ? {} : { expectedState }) };
  await withApp(here, async (app) => {
    const done = kind === 'standards' ? await importStandards(app.scoring(workOf(here)), document, { ...options, asOf: await app.today() }) : { ...(await importDefinitions(app.store, kind, document, options)), applied: undefined };
    answer(here, done, () => {
      if (done.dryRun) printDifferences(here, done.entries);
      here.output.print(summary(here, done));
      printApplied(here, done.applied ?? []);
    });
  });
}

function summary(here: Context, { dryRun, created, edited, same }: Imported): string {
  return dryRun
    ? inWords(here, `试运行，未写入：将新建 ${created.length}，修改 ${edited.length}，未变 ${same.length}。`, `A dry run, nothing was written: ${created.length} would be created, ${edited.length} changed, ${same.length} are the same.`)
    : inWords(here, `新建 ${created.length}，修改 ${edited.length}，未变 ${same.length}。`, `${created.length} created, ${edited.length} changed, ${same.length} the same.`);
}
