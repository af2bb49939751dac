/** `tagcast import`: brings a file into the store. The rules are in docs/import.md. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { paths } from '../../../environment.ts';
import { localDate, startOfDay, addDays } from '../../../base/time.ts';
import { EVENT_KIND_WORDS } from '../../../conditions/words.ts';
import { importFile } from '../../../jobs/import.ts';
import type { ImportReport } from '../../../jobs/import.ts';
import { loadMapping, mappingFromFlags, readyMappingNames } from '../../../store/import/readyMappings.ts';
import type { MappingFlags } from '../../../store/import/readyMappings.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { formatInteger, table } from '../terminal.ts';

const list = (text: string): string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '');

interface ImportOptions extends Omit<MappingFlags, 'dateFormat' | 'properties' | 'attributes'> {
  readonly mapping?: string;
  readonly source?: string;
  readonly quarantine?: string;
  readonly dateFormat?: string[];
  readonly properties?: string[];
  readonly attributes?: string[];
}

/** Without a mapping the flags must say everything; what is missing is named as the flags are called. */
function requireFlags(flags: Omit<ImportOptions, 'mapping' | 'source' | 'quarantine'>): void {
  const { target = flags.attributes === undefined ? 'events' : 'customers' } = flags;
  const missing: string[] = flags.customer === undefined ? ['--customer <column>'] : [];
  if (target === 'events') {
    if (flags.time === undefined) missing.push('--time <column>');
    // A file with amounts and no kinds is taken for orders.
    if (flags.kind === undefined && flags.kindColumn === undefined && flags.amount === undefined && flags.unitPrice === undefined) missing.push('--amount <column> (orders), --kind <kind> or --kind-column <column>');
  }
  if (target === 'customers' && flags.attributes === undefined) missing.push('--attributes <columns>');
  const needsFile = target === 'identities' || target === 'consents';
  if (missing.length === 0 && !needsFile) return;
  throw new AppError('invalid_mapping', needsFile ? `A file of ${target} needs a mapping file: --mapping <file>.` : `The import does not know what the columns mean. Missing: ${missing.join('; ')}.`, {
    details: { missing },
    hint: 'For example `tagcast import orders.csv --customer CustomerID --time InvoiceDate --amount Total --order InvoiceNo`, or --mapping with a ready-made mapping or a file (docs/import.md).',
  });
}

/** Said before anything is guessed from the name. */
function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) return;
  throw new AppError('file_unreadable', `The file ${found === undefined ? 'does not exist' : 'is a folder'}.`, { hint: 'Check the path: `tagcast import <file>` takes one file.' });
}

export const importCommand: CommandModule = (program, context) => {
  program
    .command('import')
    .description('bring a file of events, customers, identities or consents into the store (CSV, NDJSON, Parquet; also .gz)')
    .argument('<file>')
    .option('--mapping <name or file>', `a ready-made mapping (${readyMappingNames().join(', ')}) or a JSON file`)
    .option('--source <name>', 'namespace of the event ids (default: the name of the mapping)')
    .option('--quarantine <file>', 'where rows that cannot be taken go (default: the home folder)')
    .option('--target <target>', 'events, customers, identities or consents')
    .option('--customer <column>', 'column of the customer id')
    .option('--time <column>', 'column of the time')
    .option('--date-format <formats>', 'accepted formats, comma-separated', list)
    .option('--time-zone <name>', 'time zone of local times (default: the shop\'s)')
    .option('--kind <kind>', 'kind of all events, e.g. order')
    .option('--kind-column <column>', 'column that holds the kind')
    .option('--amount <column>', 'column of the amount')
    .option('--quantity <column>', 'column of the quantity')
    .option('--unit-price <column>', 'column of the price, multiplied by the quantity')
    .option('--discount <column>')
    .option('--product <column>')
    .option('--category <column>')
    .option('--channel <column>')
    .option('--campaign <column>')
    .option('--session <column>')
    .option('--order <column>', 'column of the order number, or per_line, or per_day')
    .option('--event-id <column>', 'column of the source\'s own event id')
    .option('--properties <columns>', 'columns kept as properties, comma-separated', list)
    .option('--attributes <columns>', 'columns kept as customer attributes, comma-separated', list)
    .option('--duplicates <rule>', 'drop (default) or keep lines that repeat another line')
    .option('--format <format>', 'csv, ndjson or parquet (default: by the file\'s name)')
    .option('--delimiter <character>')
    .option('--encoding <name>', 'e.g. gbk')
    .action(async (file: string, options: ImportOptions) => {
      const here = context();
      const { mapping: named, source, quarantine, ...flags } = options;
      if (named === undefined) requireFlags(flags);
      const mapping = mappingFromFlags(flags, named === undefined ? undefined : loadMapping(named));
      requireFile(file);
      await withApp(here, async (app) => {
        const folder = paths.quarantine(here.config.home);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const report = await importFile({ store: app.store, clock: app.clock, ...workOf(here) }, {
          path: resolve(file), mapping, timeZone: app.shop.timeZone, quarantinePath: quarantine === undefined ? folder : resolve(quarantine), ...(source === undefined ? {} : { source }),
        });
        answer(here, report, () => { show(here, report, app.shop.timeZone); });
        const last = report.lastEventAt;
        if (!here.json && last !== undefined && !app.shop.historic && last < startOfDay(addDays(localDate(app.clock.now(), app.shop.timeZone), -60), app.shop.timeZone)) {
          here.output.remark('The newest event is more than 60 days old. If this file ends in the past for good, run `tagcast init --historic --force` so that the day after its end counts as today.');
        }
      });
    });
};

function show(context: Context, report: ImportReport, timeZone: string): void {
  const { print } = context.output;
  const [rows, seconds] = [formatInteger(report.rows), report.seconds.toFixed(1)];
  print(inWords(context, `${basename(report.file)}：${rows} 行，用时 ${seconds} 秒`, `${basename(report.file)}: ${rows} rows in ${seconds} s`));
  for (const line of table([{ title: inWords(context, '去向', 'outcome') }, { title: inWords(context, '行数', 'rows'), align: 'right' }, { title: inWords(context, '原因', 'why') }], [
    [inWords(context, '已导入', 'taken'), formatInteger(report.taken), ''],
    [inWords(context, '已存在或重复', 'already there or repeated'), formatInteger(report.duplicates), ''],
    [inWords(context, '按映射规则略过', 'left out by the mapping'), formatInteger(report.skipped), reasons(report.skipReasons)],
    [inWords(context, '已隔离', 'in quarantine'), formatInteger(report.quarantined), reasons(report.quarantineReasons)],
  ])) print(line);
  const kinds = Object.entries(report.kinds).toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${EVENT_KIND_WORDS[kind]?.[context.language] ?? kind} ${formatInteger(count)}`);
  if (kinds.length > 0) print(`  ${inWords(context, '已导入：', 'taken: ')}${kinds.join(', ')}`);
  const created = formatInteger(report.customersCreated);
  if (report.firstEventAt !== undefined && report.lastEventAt !== undefined) {
    const [first, last] = [localDate(report.firstEventAt, timeZone), localDate(report.lastEventAt, timeZone)];
    print(inWords(context, `  事件从 ${first} 到 ${last}，新客户 ${created} 位`, `  events from ${first} to ${last}, ${created} new customers`));
  }
  if (report.quarantinePath !== undefined && report.quarantined > 0) print(`  ${inWords(context, '隔离文件：', 'quarantine: ')}${report.quarantinePath}`);
  for (const warning of report.warnings) print(`  ${inWords(context, '注意：', 'note: ')}${said(context, warning)}`);
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).map(([reason, count]) => `${reason} ${formatInteger(count)}`).join(', ');
}
