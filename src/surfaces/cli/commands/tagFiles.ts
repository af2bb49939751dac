/** `tagcast tags …`, the part about files: compared with the store, taken over, written out, read in. */
import type { Command } from 'commander';
import type { Bilingual } from '../../../base/text.ts';
import { takeDefinitionFiles } from '../../../jobs/definitions.ts';
import { deletedKeys } from '../../../store/repositories/tagDefinitions.ts';
import { compareFiles } from '../../../tags/catalogue/files.ts';
import type { FileState } from '../../../tags/catalogue/files.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { exportTo, importFlags, importFrom } from '../definitionFiles.ts';
import type { ImportFlags } from '../definitionFiles.ts';
import { table } from '../terminal.ts';

const STATE_WORDS: Readonly<Record<FileState, Bilingual>> = {
  new: { zh: '新文件，尚未采用', en: 'new in a file, not taken over yet' }, same: { zh: '一致', en: 'the same' }, changed: { zh: '文件已修改', en: 'the file has changed' },
  diverged: { zh: '已在系统中编辑，与文件不同', en: 'edited in the store, and the file says something else' }, file_gone: { zh: '文件已不存在', en: 'its file is gone' },
  deleted: { zh: '已在系统中删除', en: 'deleted in the store' }, store_only: { zh: '仅在系统中', en: 'made in the store' },
};

export function addTagFiles(tags: Command, context: () => Context): void {
  tags.command('diff').description('how rule tags in files and in the store differ').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const found = compareFiles(app.scoring(workOf(here)).ruleTags, await app.catalogue(), await deletedKeys(app.store.db));
      answer(here, found, () => { for (const line of table([{ title: inWords(here, '标签', 'tag') }, { title: '' }], found.map(({ key, state }) => [key, said(here, STATE_WORDS[state])]))) here.output.print(line); });
    });
  });
  tags.command('take').description('take new and changed files over; nightly does it as well')
    .option('--overwrite', 'also tags that were edited or deleted in the store: the file counts')
    .action(async (options: { overwrite?: boolean }) => {
      const here = context();
      await withApp(here, async (app) => {
        const written = await takeDefinitionFiles(app.store, app.scoring(workOf(here)).ruleTags, { actor: 'cli', overwrite: options.overwrite === true });
        answer(here, { written }, () => { here.output.print(written.length === 0 ? inWords(here, '没有变化。', 'Nothing has changed.') : written.join(', ')); });
      });
    });
  tags.command('export').description('write every rule tag to a JSON file').argument('<file>').action((file: string) => exportTo(context(), 'tags', file));
  importFlags(tags.command('import').description('make the rule tags of a JSON file those of the store; others stay').argument('<file>'))
    .action((file: string, options: ImportFlags) => importFrom(context(), 'tags', file, options));
}
