/** `tagcast segment overlap` and `tagcast segment import`: segments beside each other, and segments from lists. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { importList } from '../../../jobs/importList.ts';
import type { ListChange } from '../../../segments/lists.ts';
import { overlap } from '../../../segments/overlap.ts';
import { answer, inWords, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';

const share = (value: number | null): string => (value === null ? '–' : formatPercent(value));

interface ImportOptions {
  readonly column?: string;
  readonly change: ListChange;
  readonly nameZh?: string;
  readonly nameEn?: string;
  readonly owner?: string;
}

async function fromList(here: Context, key: string, file: string, { column, change, nameZh, nameEn, owner }: ImportOptions): Promise<void> {
  await withApp(here, async (app) => {
    const built = await importList({ store: app.store, ...workOf(here) }, {
      key, file, change, asOf: await app.today(), actor: 'cli', ...(column === undefined ? {} : { column }), ...(owner === undefined ? {} : { owner }), ...(nameZh === undefined && nameEn === undefined ? {} : { label: { zh: nameZh ?? nameEn ?? key, en: nameEn ?? nameZh ?? key } }),
    });
    answer(here, built, () => {
      const [given, matched, unmatched, members, entered, left] = [built.given, built.matched, built.unmatched, built.members, built.entered, built.left].map(formatInteger);
      here.output.print(inWords(here, `${given} 个编号：${matched} 个找到客户，${unmatched} 个没有；${key} 现有 ${members} 位，进入 ${entered}，离开 ${left}`, `${given} ids: ${matched} are of customers, ${unmatched} of nobody; ${key} has ${members} members now, ${entered} entered, ${left} left`));
    });
  });
}

export function addSets(segment: Command, context: () => Context): void {
  segment.command('overlap').description('how saved segments lie over each other: every combination, and every pair').argument('<keys...>', '2 to 8 saved segments').action(async (keys: readonly string[]) => {
    const here = context();
    await withApp(here, async (app) => {
      const found = await overlap(app.store, keys);
      answer(here, found, () => {
        for (const line of table(
          [{ title: inWords(here, '同时属于', 'in all of') }, { title: inWords(here, '仅属于这些', 'in no other'), align: 'right' }, { title: inWords(here, '属于这些', 'in these'), align: 'right' }],
          found.combinations.map(({ segments, only, all }) => [segments.join(' + '), formatInteger(only), formatInteger(all)]),
        )) here.output.print(line);
        here.output.print();
        for (const line of table(
          [{ title: 'A' }, { title: 'B' }, { title: inWords(here, '共有', 'both'), align: 'right' }, { title: 'Jaccard', align: 'right' }, { title: inWords(here, '占 A', 'of A'), align: 'right' }, { title: inWords(here, '占 B', 'of B'), align: 'right' }],
          found.pairs.map(({ a, b, both, jaccard, shareOfA, shareOfB }) => [a, b, formatInteger(both), share(jaccard), share(shareOfA), share(shareOfB)]),
        )) here.output.print(line);
      });
    });
  });
  segment.command('import').description('a segment from a list of customer ids in a CSV file, usable in conditions like any other').argument('<key>').argument('<file>')
    .option('--column <name>', 'column with the shop\'s customer ids; needed where there are several')
    .addOption(new Option('--change <what>', 'put the list in the place of the members, add it to them, or take it out of them').choices(['replace', 'add', 'remove']).default('replace'))
    .option('--name-zh <text>', 'Chinese name of a new segment')
    .option('--name-en <text>', 'English name of a new segment')
    .option('--owner <name>', 'who answers for a new segment')
    .action((key: string, file: string, options: ImportOptions) => fromList(context(), key, file, options));
}
