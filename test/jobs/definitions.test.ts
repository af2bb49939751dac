/** Definitions as documents: out of one store, beside it, and into another; all of a document or nothing of it. On both stores. */
import { beforeEach, describe, expect, test } from 'vitest';
import { readCondition } from '../../src/conditions/text/read.ts';
import { compareDefinitions, EXCHANGES, importDefinitions } from '../../src/jobs/definitions.ts';
import type { DefinitionKind } from '../../src/jobs/definitions.ts';
import { createSegment } from '../../src/segments/edit.ts';
import { changeList } from '../../src/segments/lists.ts';
import { saveStandards } from '../../src/quality/standards/edit.ts';
import { standardsFromCsv } from '../../src/quality/standards/exchange.ts';
import { listAudit } from '../../src/store/repositories/audit.ts';
import { listSegments } from '../../src/store/repositories/segments.ts';
import { definitionVersions } from '../../src/store/repositories/tagDefinitions.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import type { Catalogue } from '../../src/tags/catalogue/catalogue.ts';
import { saveCategory } from '../../src/tags/catalogue/categoryEdit.ts';
import { ruleFrom } from '../../src/tags/catalogue/draft.ts';
import { createRule, editRule } from '../../src/tags/catalogue/edit.ts';
import type { RuleDocument } from '../../src/tags/catalogue/exchange.ts';
import { describeOnEachStore } from '../support/stores.ts';

const label = { zh: '名称', en: 'Name' };
const ANN = { actor: 'ann' } as const;

describeOnEachStore('definitions', (getStore) => {
  const load = (): Promise<Catalogue> => loadCatalogue(getStore().db);
  const rule = async (key: string, condition: string, category = 'behaviour'): Promise<unknown> => {
    const catalogue = await load();
    return createRule(getStore(), catalogue, ruleFrom(key, { condition: readCondition(condition), label, owner: 'ann', category }, catalogue.names), 'draft', ANN);
  };
  const written = async <T>(kind: DefinitionKind): Promise<T> => JSON.parse(JSON.stringify(await EXCHANGES[kind].export(getStore()))) as T;
  const emptied = async (): Promise<void> => {
    for (const table of ['tag_categories', 'tag_definitions', 'tag_definition_versions', 'segments', 'quality_rules', 'value_standards', 'audit_log']) await getStore().db.raw(`DELETE FROM ${table}`);
  };
  beforeEach(emptied);

  describe('rule tags', () => {
    test('go out, are compared field by field, and come in as versions with their author', async () => {
      await saveCategory(getStore(), await load(), { code: 'action', label, parent: 'churn' }, ANN);
      await rule('often', 'orders >= 3', 'action');
      await rule('untouched', 'orders >= 9');
      const document = await written<RuleDocument>('tags');
      expect(await compareDefinitions(getStore(), 'tags', document)).toMatchObject({ entries: [{ part: 'category', state: 'same' }, { key: 'often', state: 'same' }, { key: 'untouched', state: 'same' }], problems: [] });
      const [often] = document.tags;
      // What looks at a tag of the document may stand before it; conditions may be text.
      const edited = { ...document, tags: [{ ...often, key: 'both', condition: 'tag.often.band = yes and tag.later.band = yes' }, { ...often, condition: 'orders >= 4', status: 'enabled' }, { ...often, key: 'later', category: 'new_place' }], categories: [{ code: 'new_place', parent: 'above', label }, { code: 'above', parent: null, label }] };
      const compared = await compareDefinitions(getStore(), 'tags', edited);
      expect(compared.problems).toEqual([]);
      expect(compared.entries.map(({ part, key, state, version }) => `${part} ${key} ${state} ${version}`)).toEqual(['category new_place new 0', 'category above new 0', 'tag both new 0', 'tag often changed 1', 'tag later new 0', 'category action store_only 1', 'tag untouched store_only 1']);
      expect(compared.entries[3].changes).toEqual([{ field: 'condition', before: 'orders >= 3', after: 'orders >= 4' }, { field: 'status', before: 'draft', after: 'enabled' }]);
      expect(await importDefinitions(getStore(), 'tags', edited, { actor: 'bo', dryRun: true })).toMatchObject({ dryRun: true, created: ['category new_place', 'category above', 'both', 'later'], edited: ['often'] });
      expect((await load()).rules).toHaveLength(2);
      expect(await importDefinitions(getStore(), 'tags', edited, { actor: 'bo', expectedState: compared.state })).toMatchObject({ dryRun: false, edited: ['often'] });
      expect((await definitionVersions(getStore().db, 'often')).map(({ version, change, actor }) => `${version} ${change} ${actor}`).toSorted()).toEqual(['1 created ann', '2 edited bo', '3 enabled bo']);
      expect((await load()).categories.find(({ code }) => code === 'new_place')).toMatchObject({ parent: 'above' });
      const [imported] = await listAudit(getStore().db, { limit: 1 });
      expect(imported).toMatchObject({ action: 'definitions.imported', object: 'tags', actor: 'bo', details: { created: 4, edited: 1, same: 0 } });
      await emptied();
    });

    test('what is wrong is told of every entry with its field, and nothing is imported', async () => {
      await rule('often', 'orders >= 3');
      const document = await written<RuleDocument>('tags');
      const [often] = document.tags;
      const wrong = {
        ...document, categories: [{ code: 'a', parent: 'b', label }, { code: 'b', parent: 'a', label }, { code: 'c', parent: 'valeu', label }],
        tags: [
          { ...often, condition: 'tag.oftn.band = yes' }, { ...often, key: 'Bad Key' }, { ...often, key: 'gone', category: 'nowhere' }, { ...often, key: 'twice' }, { ...often, key: 'twice' }, { ...often, key: 'no_name', label: { zh: '', en: 'x' } },
          { ...often, key: 'x', condition: 'tag.y.band = yes' }, { ...often, key: 'y', condition: 'tag.x.band = yes' }, { ...often, key: 'extra', colour: 'red' }, { ...often, key: 'lifecycle_stage' }, { ...often, key: 'untold', condition: 'orders >>= 3' }, 7, { ...often, key: 'good' },
        ],
      };
      const { problems } = await compareDefinitions(getStore(), 'tags', wrong);
      expect(problems.map(({ part, key, field, code }) => `${part} ${key} ${field} ${code}`).toSorted()).toEqual([
        'category a parent conflict', 'category b parent conflict', 'category c parent not_found', 'tag Bad Key key invalid_input', 'tag extra key invalid_input', 'tag gone category not_found', 'tag lifecycle_stage key invalid_input', 'tag no_name label invalid_input', 'tag number 12 key invalid_input',
        'tag often condition unknown_name', 'tag twice key invalid_input', 'tag untold condition invalid_input', 'tag x condition conflict', 'tag y condition conflict',
      ]);
      expect(problems.find(({ key }) => key === 'often')?.message).toContain('did you mean often');
      await expect(importDefinitions(getStore(), 'tags', wrong, ANN)).rejects.toMatchObject({ message: expect.stringContaining('Nothing was imported. ') as string, details: { count: 14 } });
      expect((await load()).rules.map(({ key, version }) => `${key} ${version}`)).toEqual(['often 1']);
      for (const other of [{}, [], 'x', { format: 'tagcast-segments', version: 1, segments: [] }, { ...document, version: 2 }]) await expect(compareDefinitions(getStore(), 'tags', other)).rejects.toMatchObject({ code: 'invalid_input' });
    });

    test('an import that was compared before somebody else changed an entry of it is refused; changes elsewhere do not matter', async () => {
      await rule('often', 'orders >= 3');
      await rule('elsewhere', 'orders >= 3');
      const document = await written<RuleDocument>('tags');
      const mine = { ...document, tags: document.tags.filter(({ key }) => key === 'often').map((tag) => ({ ...tag, owner: 'bo' })) };
      const { state } = await compareDefinitions(getStore(), 'tags', mine);
      await editRule(getStore(), await load(), 'elsewhere', { owner: 'cy' }, ANN);
      expect(await importDefinitions(getStore(), 'tags', mine, { ...ANN, dryRun: true, expectedState: state })).toMatchObject({ edited: ['often'] });
      await editRule(getStore(), await load(), 'often', { owner: 'cy' }, ANN);
      await expect(importDefinitions(getStore(), 'tags', mine, { ...ANN, expectedState: state })).rejects.toMatchObject({ code: 'conflict', details: { expectedState: state } });
    });
  });

  test('segments: one that looks at another of the document may come first; lists keep their customers; circles through a rule tag are seen', async () => {
    const save = async (key: string, condition: string): Promise<unknown> => createSegment(getStore(), { key, label, description: label, owner: 'ann', condition: readCondition(condition), status: 'enabled', schedule: 'manual', holdoutShare: 0.1 }, (await load()).names, 'ann');
    await save('base', 'orders >= 2');
    await save('above', 'segment.base and orders >= 3');
    await changeList(getStore(), { key: 'guests', change: 'replace', ids: [], asOf: '2026-03-01', actor: 'ann' });
    await rule('in_above', 'segment.above');
    const document = await written<{ segments: { key: string; condition: unknown }[] }>('segments');
    expect(document.segments.map(({ key }) => key)).toEqual(['above', 'base', 'guests']);
    const circle = { ...document, segments: document.segments.map((one) => (one.key === 'base' ? { ...one, condition: 'tag.in_above.band = yes' } : one.key === 'guests' ? { ...one, condition: 'orders >= 1' } : one)) };
    const { problems } = await compareDefinitions(getStore(), 'segments', circle);
    expect(problems.map(({ key, field, message }) => `${key} ${field} ${message}`).toSorted()).toEqual([
      'base condition The definitions look at each other in a circle: segment base → tag in_above → segment above → segment base.', 'guests condition The segment guests is a list of customers; a condition in its place would take them away.',
    ]);
    await getStore().db.raw('DELETE FROM tag_definitions');
    await getStore().db.raw('DELETE FROM segments');
    expect(await importDefinitions(getStore(), 'segments', document, ANN)).toMatchObject({ created: ['above', 'base', 'guests'] });
    expect((await listSegments(getStore().db)).map(({ key, holdoutShare }) => [key, holdoutShare])).toEqual([['above', 0.1], ['base', 0.1], ['guests', 0]]);
    expect(await importDefinitions(getStore(), 'segments', { ...document, segments: [{ ...document.segments[1], holdoutShare: 0.2 }] }, ANN)).toMatchObject({ edited: ['base'], entries: [{ changes: [{ field: 'holdoutShare', before: 0.1, after: 0.2 }] }] });
  });

  test('quality rules: those of the product are compared as they come, and what a rule names must be there', async () => {
    const document = await written<{ rules: { key: string; mostBad: number; check: object }[] }>('quality');
    const [first] = document.rules;
    const changed = { ...document, rules: [{ ...first, mostBad: 0.9 }, { ...first, key: 'own', check: { of: { tag: 'nothing', field: 'band', op: '=', value: 'yes' }, good: readCondition('orders >= 1') } }] };
    expect((await compareDefinitions(getStore(), 'quality', changed)).problems).toMatchObject([{ key: 'own', field: 'check', code: 'unknown_name' }]);
    expect(await importDefinitions(getStore(), 'quality', { ...document, rules: [{ ...first, mostBad: 0.9 }] }, ANN)).toMatchObject({ edited: [first.key], entries: [{ version: 0, changes: [{ field: 'mostBad', before: first.mostBad, after: 0.9 }] }] });
    expect(await importDefinitions(getStore(), 'quality', document, ANN)).toMatchObject({ edited: [first.key], entries: [{ version: 1 }] });
  });

  test('standards: by field and standard, from JSON and from CSV', async () => {
    await saveStandards(getStore(), 'attribute.title', [{ standard: 'CMO', aliases: ['首席营销官'] }, { standard: 'CEO', aliases: [] }], 'ann');
    const document = standardsFromCsv('field,standard,alias\r\nattribute.title,CMO,首席营销官\r\nattribute.title,CMO,市场负责人\r\nevent.channel,wechat,微信\r\n');
    expect((await compareDefinitions(getStore(), 'standards', document)).entries).toMatchObject([
      { key: 'attribute.title', state: 'changed', changes: [{ field: 'CMO', before: ['首席营销官'], after: ['首席营销官', '市场负责人'] }, { field: 'CEO', before: [], after: null }] }, { key: 'event.channel', state: 'new' },
    ]);
    expect(await importDefinitions(getStore(), 'standards', document, ANN)).toMatchObject({ created: ['event.channel'], edited: ['attribute.title'] });
    expect(await written('standards')).toEqual(document);
    const torn = { ...document, fields: [{ field: 'title', entries: [] }, { field: 'event.channel', entries: [{ standard: 'a', aliases: ['x'] }, { standard: 'b', aliases: ['X'] }] }] };
    expect((await compareDefinitions(getStore(), 'standards', torn)).problems).toMatchObject([{ key: 'title', code: 'invalid_input' }, { key: 'event.channel', code: 'conflict' }]);
  });
});
