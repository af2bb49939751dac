/** `tagcast definitions …`: rule tags, segments, quality rules and standards as documents. */
import { Argument } from 'commander';
import { diffWith, exportTo, importFlags, importFrom, KINDS } from '../definitionFiles.ts';
import type { ImportFlags } from '../definitionFiles.ts';
import type { DefinitionKind } from '../../../jobs/definitions.ts';
import type { CommandModule } from '../context.ts';

export const definitions: CommandModule = (program, context) => {
  const command = program.command('definitions').description('rule tags, segments, quality rules and standards as documents: written, compared, read in');
  const kind = (): Argument => new Argument('<kind>', 'what the document holds').choices(KINDS);
  command.command('export').description('write every definition of a kind to a file').addArgument(kind()).argument('<file>', 'JSON; standards also CSV').option('--bom', 'of CSV: so that Excel reads Chinese')
    .action((what: DefinitionKind, file: string, options: { bom?: boolean }) => exportTo(context(), what, file, options.bom === true));
  command.command('diff').description('what a file would change, field by field, and what is wrong with it').addArgument(kind()).argument('<file>').action((what: DefinitionKind, file: string) => diffWith(context(), what, file));
  importFlags(command.command('import').description('make the definitions of a file those of the store; others stay; all of it or nothing').addArgument(kind()).argument('<file>'))
    .action((what: DefinitionKind, file: string, options: ImportFlags) => importFrom(context(), what, file, options));
};
