/** `tagcast categories …`: the tree in which tags are kept. */
import { Option } from 'commander';
import { categoryVersions, placementVersions } from '../../../store/repositories/tagCategories.ts';
import { categoryNamed, categoryPath } from '../../../tags/catalogue/categories.ts';
import { deleteCategory, placeTag, saveCategory } from '../../../tags/catalogue/categoryEdit.ts';
import { answer, inWords, said, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { table } from '../terminal.ts';
import { tagNamed } from './tagList.ts';

const ACTOR = { actor: 'cli' } as const;

export const categories: CommandModule = (program, context) => {
  const command = program.command('categories').description('the tree of categories: the product\'s and the shop\'s own');
  command.command('list').description('the tree with the number of tags in each category').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const catalogue = await app.catalogue();
      const rows = catalogue.categories.map((category) => ({ ...category, level: categoryPath(catalogue.categories, category.code).length, tags: catalogue.tags.filter((tag) => tag.category === category.code).length }));
      answer(here, rows, () => {
        for (const line of table([{ title: inWords(here, '类别', 'category') }, { title: '中文' }, { title: 'English' }, { title: inWords(here, '标签数', 'tags'), align: 'right' }, { title: '' }],
          rows.map(({ code, label, level, tags, builtIn, version }) => [`${'  '.repeat(level - 1)}${code}`, label.zh, label.en, String(tags), builtIn ? (version === 0 ? '' : inWords(here, '已修改', 'changed')) : inWords(here, '自建', 'own')]))) here.output.print(line);
      });
    });
  });
  command.command('save').description('make a category, rename it or move it').argument('<code>')
    .option('--name-zh <text>', 'Chinese name')
    .option('--name-en <text>', 'English name')
    .addOption(new Option('--parent <code>', 'category above it, or none for the top'))
    .action(async (code: string, options: { nameZh?: string; nameEn?: string; parent?: string }) => {
      const here = context();
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const before = catalogue.categories.find((one) => one.code === code);
        const label = { zh: options.nameZh ?? before?.label.zh ?? options.nameEn ?? code, en: options.nameEn ?? before?.label.en ?? options.nameZh ?? code };
        const parent = options.parent === undefined ? (before?.parent ?? null) : options.parent === 'none' ? null : options.parent;
        const saved = await saveCategory(app.store, catalogue, { code, label, parent }, ACTOR);
        answer(here, saved, () => { here.output.print(`${code}: ${said(here, label)}${parent === null ? '' : ` (${inWords(here, '上级', 'under')} ${parent})`}`); });
      });
    });
  command.command('delete').description('delete a category that holds nothing; its history stays').argument('<code>').action(async (code: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await deleteCategory(app.store, await app.catalogue(), code, ACTOR);
      answer(here, { deleted: code }, () => { here.output.print(inWords(here, `${code} 已删除。`, `${code} is deleted.`)); });
    });
  });
  command.command('place').description('move a tag of any kind to a category, or a tag of the product back to where it was').argument('<tag>').argument('<code>', 'category, or none to take a tag of the product back').action(async (key: string, code: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await placeTag(app.store, await app.catalogue(), key, code === 'none' ? null : code, ACTOR);
      const { category } = tagNamed(await app.catalogue(), key);
      answer(here, { key, category }, () => { here.output.print(`${key} → ${category}`); });
    });
  });
  command.command('history').description('every version of a category, or of the place of a tag that the product builds').argument('<code or tag>').action(async (name: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const [versions, placements] = [await categoryVersions(app.store.db, name), await placementVersions(app.store.db, name)];
      if (versions.length + placements.length === 0) {
        const catalogue = await app.catalogue();
        if (!catalogue.tags.some(({ key }) => key === name)) categoryNamed(catalogue.categories, name);
      }
      answer(here, { versions, placements }, () => {
        const rows = [
          ...versions.map((one) => [String(one.version), one.deleted ? inWords(here, '删除', 'deleted') : `${said(here, one.label)}${one.parent === null ? '' : ` ← ${one.parent}`}`, one.actor, new Date(one.changedAt).toISOString()]),
          ...placements.map((one) => [String(one.version), one.category ?? inWords(here, '原处', 'where the product has it'), one.actor, new Date(one.changedAt).toISOString()]),
        ];
        for (const line of table([{ title: inWords(here, '版本', 'version'), align: 'right' }, { title: '' }, { title: inWords(here, '操作人', 'by') }, { title: inWords(here, '时间', 'when') }], rows)) here.output.print(line);
      });
    });
  });
};
