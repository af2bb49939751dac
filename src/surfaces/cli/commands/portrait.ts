/** `tagcast segment portrait`: a segment beside everybody. */
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { startOfDay } from '../../../base/time.ts';
import type { Condition } from '../../../conditions/schema.ts';
import { LEAST_MEMBERS } from '../../../segments/portrait.ts';
import type { PortraitDimension } from '../../../segments/portrait.ts';
import { portraitOf } from '../../../segments/portraitOf.ts';
import type { PortraitSubject } from '../../../segments/portraitOf.ts';
import { answer, inWords, withApp } from '../context.ts';
import type { Context } from '../context.ts';
import { bandOfTag, definitionOf, labelOf, numberWords } from '../tagWords.ts';
import type { TagWords } from '../tagWords.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { conditionOption } from './tagCatalogue.ts';
import { wholeNumber } from './wholeNumber.ts';

function valueWords(words: TagWords, { kind, key, edges }: PortraitDimension, value: string): string {
  if (kind === 'attribute' || kind === 'list') return value;
  if (kind !== 'number') return bandOfTag(words, key, value);
  const definition = definitionOf(words, key);
  const edge = (at: number): string => (definition === undefined || edges?.[at] === undefined ? '' : numberWords(words, definition, edges[at]));
  const place = Number(value) - 1;
  return place === 0 ? `< ${edge(0)}` : `≥ ${edge(place - 1)}`;
}

export function addPortrait(segment: Command, context: () => Context): void {
  segment.command('portrait').description('a segment beside everybody on every tag and attribute, most different first')
    .argument('[key]', 'a saved segment')
    .option('--condition <text, json or file>', 'a condition instead of a saved segment', conditionOption)
    .option('--top <number>', 'tags and attributes to show', wholeNumber, 12)
    .action(async (key: string | undefined, options: { condition?: Condition; top: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        if (key === undefined && options.condition === undefined) throw new AppError('invalid_input', 'A portrait needs a saved segment or a condition.', { hint: 'For example `tagcast segment portrait --condition \'tag.clv_tier.band = top\'`.' });
        const { names, tags } = await app.catalogue();
        const subject: PortraitSubject = options.condition === undefined ? { segment: key ?? '' } : { condition: options.condition };
        const found = await portraitOf(app.store, subject, { asOf: startOfDay(await app.today(), app.shop.timeZone), timeZone: app.shop.timeZone, names }, { signal: here.signal });
        answer(here, found, () => {
          const words: TagWords = { language: here.language, currency: app.shop.currency, tags };
          here.output.print(inWords(here, `${formatInteger(found.customers)} 位客户中的 ${formatInteger(found.members)} 位`, `${formatInteger(found.members)} of ${formatInteger(found.customers)} customers`));
          if (found.members < LEAST_MEMBERS) here.output.print(inWords(here, `人数少于 ${LEAST_MEMBERS}，占比仅供参考。`, `With fewer than ${LEAST_MEMBERS} members, shares are anecdotes.`));
          const rows = found.dimensions.slice(0, options.top).flatMap((dimension) => dimension.values.slice(0, 5).map((value, i) => [
            i === 0 ? (dimension.kind === 'attribute' ? dimension.key : labelOf(words, dimension.key)) : '', valueWords(words, dimension, value.value), formatInteger(value.inSegment), formatPercent(value.segmentShare), formatPercent(value.everybodyShare),
            value.lift === null ? '–' : `${value.lift.toFixed(2)} ×`,
          ]));
          for (const line of table(
            [{ title: inWords(here, '标签或属性', 'tag or attribute') }, { title: inWords(here, '值', 'value') }, { title: inWords(here, '人数', 'members'), align: 'right' }, { title: inWords(here, '人群占比', 'in segment'), align: 'right' }, { title: inWords(here, '全部占比', 'everybody'), align: 'right' }, { title: inWords(here, '提升', 'lift'), align: 'right' }],
            rows,
          )) here.output.print(line);
        });
      });
    });
}
