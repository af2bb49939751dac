/** `tagcast segment export`. */
import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { parseLocalDate } from '../../../base/time.ts';
import type { Condition } from '../../../conditions/schema.ts';
import { EXPORT_FORMATS } from '../../../jobs/export/plan.ts';
import type { ExportFormat } from '../../../jobs/export/plan.ts';
import { exportToFile } from '../../../jobs/export/toFile.ts';
import { DEFAULT_COLUMNS } from '../../../segments/export/columns.ts';
import type { ExportSubject } from '../../../segments/export/rows.ts';
import { answer, inWords, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger } from '../terminal.ts';
import { conditionOption } from './tagCatalogue.ts';
import { wholeNumber } from './wholeNumber.ts';

interface Options {
  readonly condition?: Condition;
  readonly columns: readonly string[];
  readonly out: string;
  readonly format?: ExportFormat;
  readonly gzip?: boolean;
  readonly bom?: boolean;
  readonly holdout?: 'only' | 'without';
  readonly limit?: number;
  readonly asOf?: string;
}

export const list = (text: string): string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '');

/** The format by the file's own ending where it is not given. */
function formatOf({ format, out }: Options): { readonly format: ExportFormat; readonly packed: boolean } {
  const packed = out.endsWith('.gz');
  const ending = extname(packed ? out.slice(0, -3) : out).slice(1).toLowerCase();
  const known = EXPORT_FORMATS.find((one) => one === ending) ?? (ending === 'jsonl' ? 'ndjson' : undefined);
  if (format === undefined && known === undefined) throw new AppError('invalid_input', `The name ${out} does not say the format of the file.`, { hint: `Let it end in .${EXPORT_FORMATS.join(', .')}, or add --format.` });
  return { format: format ?? known ?? 'csv', packed };
}

/** Before the work, not after it. */
function checkTarget(file: string): void {
  if (statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true) throw new AppError('invalid_input', `There is no folder ${dirname(file)}.`, { hint: 'Make it first, or choose another path.' });
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new AppError('invalid_input', `${file} is a folder.`, { hint: 'Name a file in it, for example customers.csv.' });
}

function subjectOf(key: string | undefined, condition: Condition | undefined): ExportSubject {
  if ((key === undefined) === (condition === undefined)) throw new AppError('invalid_input', 'An export needs either a saved segment or a condition.', { hint: 'For example `tagcast segment export --condition \'tag.clv_tier.band = top\' --out top.csv`.' });
  return condition === undefined ? { segment: key ?? '' } : { condition };
}

export function addExport(segment: Command, context: () => Context): void {
  segment.command('export').description('write the customers of a segment to a file, without those who refused marketing or scoring')
    .argument('[key]', 'a saved segment')
    .option('--condition <text, json or file>', 'a condition instead of a saved segment', conditionOption)
    .option('--columns <names>', 'comma-separated: id, stage, holdout, attr.NAME, identity.KIND, tag.KEY, tag.KEY.band (probability, percentile, status)', list, [...DEFAULT_COLUMNS])
    .requiredOption('--out <file>', 'file to write')
    .addOption(new Option('--format <format>', 'format, where the name of the file does not say it').choices([...EXPORT_FORMATS]))
    .option('--gzip', 'compress; also where the name ends in .gz')
    .option('--bom', 'CSV for Excel, which reads Chinese only after a byte order mark')
    .addOption(new Option('--holdout <which>', 'of a saved segment: only members who are held out, or without them').choices(['only', 'without']))
    .option('--limit <number>', 'rows at most', wholeNumber)
    .option('--as-of <date>', 'business day (default: today)')
    .action(async (key: string | undefined, options: Options) => {
      const here = context();
      const subject = subjectOf(key, options.condition);
      const { format, packed } = formatOf(options);
      checkTarget(options.out);
      await withApp(here, async (app) => {
        const written = await exportToFile(app.scoring(workOf(here)), {
          subject, format, columns: options.columns, file: options.out, actor: 'cli', personal: true, gzip: options.gzip === true || packed, bom: options.bom === true,
          asOf: options.asOf === undefined ? await app.today() : parseLocalDate(options.asOf, '--as-of'), ...(options.holdout === undefined ? {} : { holdout: options.holdout }), ...(options.limit === undefined ? {} : { limit: options.limit }),
        });
        answer(here, written, () => {
          here.output.print(inWords(here, `${written.file}：${formatInteger(written.rows)} 位客户，${formatInteger(written.bytes)} 字节`, `${written.file}: ${formatInteger(written.rows)} customers, ${formatInteger(written.bytes)} bytes`));
          here.output.print(`sha256 ${written.sha256}`);
        });
      });
    });
}
