/** `tagcast standards …`: aliases to one spelling. */
import { AppError } from '../../../base/errors.ts';
import { applyStandards, suggestionsFor } from '../../../jobs/standards.ts';
import { standardsStates } from '../../../jobs/standardsState.ts';
import type { StandardsState } from '../../../jobs/standardsState.ts';
import type { Bilingual } from '../../../base/text.ts';
import { loadStandards, saveStandards, standardsNamed } from '../../../quality/standards/edit.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { exportTo, importFlags, importFrom } from '../definitionFiles.ts';
import type { ImportFlags } from '../definitionFiles.ts';
import { printApplied } from '../standardsReport.ts';
import { formatInteger, table } from '../terminal.ts';

const ACTOR = 'cli';
const STATE_WORDS: Readonly<Record<StandardsState['state'], Bilingual>> = { waiting: { zh: '尚未应用', en: 'not applied yet' }, applying: { zh: '正在应用', en: 'being applied' }, stopped: { zh: '应用中断', en: 'stopped' }, applied: { zh: '已应用', en: 'applied' } };
const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text];

export const standards: CommandModule = (program, context) => {
  const command = program.command('standards').description('one spelling for values that mean the same');
  command.command('list').description('fields with standards').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const states = new Map((await standardsStates(app.store)).map((one) => [one.field, one]));
      const all = (await loadStandards(app.store)).map((one) => ({ ...one, application: states.get(one.field) ?? null }));
      answer(here, all, () => {
        for (const line of table([{ title: inWords(here, '字段', 'field') }, { title: inWords(here, '标准值', 'standards'), align: 'right' }, { title: inWords(here, '别名', 'aliases'), align: 'right' }, { title: '' }],
          all.map(({ field, entries, application }) => [field, formatInteger(entries.length), formatInteger(entries.reduce((sum, { aliases }) => sum + aliases.length, 0)), application === null ? '' : `${said(here, STATE_WORDS[application.state])}${application.state === 'applying' || application.state === 'stopped' ? ` ${application.done} / ${application.total}` : ''}`]))) here.output.print(line);
      });
    });
  });
  command.command('show').description('the standards of a field with their aliases').argument('<field>').action(async (field: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const found = standardsNamed(await loadStandards(app.store), field);
      answer(here, found, () => { for (const { standard, aliases } of found.entries) here.output.print(`${standard} = ${aliases.join(' = ')}`); });
    });
  });
  command.command('save').description('add aliases to a standard, or a new one, and apply it').argument('<field>', 'attribute.KEY, property.KEY or event.COLUMN').argument('<standard>')
    .option('--alias <text>', 'another word for it; repeat for more', gathered)
    .option('--only', 'the aliases given are all that it has')
    .action(async (field: string, standard: string, options: { alias?: string[]; only?: boolean }) => {
      const here = context();
      await withApp(here, async (app) => {
        const before = (await loadStandards(app.store)).find((one) => one.field === field)?.entries ?? [];
        const own = before.find((one) => one.standard === standard);
        const aliases = [...(options.only === true ? [] : (own?.aliases ?? [])), ...(options.alias ?? [])];
        const saved = await saveStandards(app.store, field, [...before.filter((one) => one !== own), { standard, aliases }], ACTOR);
        const applied = await applyStandards(app.scoring(workOf(here)), { asOf: await app.today(), fields: [field] });
        answer(here, { ...saved, applied }, () => { printApplied(here, applied); });
      });
    });
  command.command('delete').description('take the standards of a field, or one of them, away; attributes say again what their sources wrote').argument('<field>').argument('[standard]').action(async (field: string, standard: string | undefined) => {
    const here = context();
    await withApp(here, async (app) => {
      const { entries } = standardsNamed(await loadStandards(app.store), field);
      const rest = standard === undefined ? [] : entries.filter((one) => one.standard !== standard);
      if (standard !== undefined && rest.length === entries.length) throw new AppError('not_found', `The field has no standard "${standard.slice(0, 64)}".`, { hint: `See \`tagcast standards show\`.` });
      await saveStandards(app.store, field, rest.length === 0 ? null : rest, ACTOR);
      const applied = await applyStandards(app.scoring(workOf(here)), { asOf: await app.today(), fields: [field] });
      answer(here, { deleted: standard ?? field, applied }, () => { printApplied(here, applied); });
    });
  });
  command.command('suggest').description('values of a field that look like one and the same').argument('<field>', 'attribute.KEY, property.KEY or event.COLUMN').action(async (field: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const found = await suggestionsFor(app.store, field);
      answer(here, found, () => {
        if (found.length === 0) here.output.print(inWords(here, '没有看起来相同的值。', 'No values look like one and the same.'));
        for (const { standard, aliases } of found) here.output.print(`${standard} ← ${aliases.map(({ value, rows }) => `${value} (${formatInteger(rows)})`).join(', ')}`);
      });
    });
  });
  command.command('apply').description('apply the standards to what is stored, or go on where that was stopped; the night does it as well').argument('[fields...]').action(async (fields: readonly string[]) => {
    const here = context();
    await withApp(here, async (app) => {
      const applied = await applyStandards(app.scoring(workOf(here)), { asOf: await app.today(), ...(fields.length === 0 ? {} : { fields }) });
      answer(here, applied, () => { printApplied(here, applied); });
    });
  });
  command.command('export').description('write all standards to a CSV file (field, standard, alias), or to a JSON file').argument('<file>').option('--bom', 'of CSV: so that Excel reads Chinese')
    .action((file: string, options: { bom?: boolean }) => exportTo(context(), 'standards', file, options.bom === true));
  importFlags(command.command('import').description('make the standards of each field in a CSV or JSON file those of the store, and apply them; other fields stay').argument('<file>'))
    .action((file: string, options: ImportFlags) => importFrom(context(), 'standards', file, options));
};
