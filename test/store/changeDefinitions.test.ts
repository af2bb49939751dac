/** Two edits at the same moment, each right by what its editor saw: no circle comes of them, and nothing is taken away that the other one has begun to use. On both stores. */
import { beforeEach, expect, test } from 'vitest';
import { readCondition } from '../../src/conditions/text/read.ts';
import { createSegment, editSegment, removeSegment } from '../../src/segments/edit.ts';
import { changeDefinitions } from '../../src/store/changeDefinitions.ts';
import { latestCategories } from '../../src/store/repositories/tagCategories.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import type { Catalogue } from '../../src/tags/catalogue/catalogue.ts';
import { saveCategory } from '../../src/tags/catalogue/categoryEdit.ts';
import { ruleFrom } from '../../src/tags/catalogue/draft.ts';
import { createRule, deleteRule, editRule } from '../../src/tags/catalogue/edit.ts';
import { describeOnEachStore } from '../support/stores.ts';

const label = { zh: '名称', en: 'Name' };
const ANN = { actor: 'ann' } as const;

describeOnEachStore('definitions that are changed at the same moment', (getStore) => {
  const load = (): Promise<Catalogue> => loadCatalogue(getStore().db);
  const rule = async (key: string, condition: string, catalogue?: Catalogue): Promise<unknown> => {
    const seen = catalogue ?? (await load());
    return createRule(getStore(), seen, ruleFrom(key, { condition: readCondition(condition), label, owner: 'ann' }, seen.names), 'draft', ANN);
  };
  const segment = async (key: string, condition: string): Promise<unknown> =>
    createSegment(getStore(), { key, label, description: label, owner: 'ann', condition: readCondition(condition), status: 'enabled', schedule: 'manual', holdoutShare: 0 }, (await load()).names, 'ann');
  const told = async (edits: readonly Promise<unknown>[]): Promise<string[]> => {
    const settled = await Promise.allSettled(edits);
    return settled.map((one) => (one.status === 'fulfilled' ? 'saved' : (one.reason as { code: string }).code)).toSorted();
  };
  beforeEach(async () => {
    for (const table of ['tag_categories', 'tag_definitions', 'tag_definition_versions', 'segments']) await getStore().db.raw(`DELETE FROM ${table}`);
  });

  test('two moves of categories make no circle', async () => {
    for (const code of ['one', 'two']) await saveCategory(getStore(), await load(), { code, label, parent: null }, ANN);
    const seen = await load();
    const edits = [['one', 'two'], ['two', 'one']].map(([code, parent]) => saveCategory(getStore(), seen, { code, label, parent }, ANN));
    expect(await told(edits)).toEqual(['conflict', 'saved']);
    const parents = (await latestCategories(getStore().db)).map(({ code, parent }) => `${code} ${parent ?? ''}`.trim());
    expect([['one', 'two one'], ['one two', 'two']]).toContainEqual(parents);
  });

  test('nor do two edits of rule tags, of segments, or of a rule tag and a segment', async () => {
    await rule('a', 'orders >= 1');
    await rule('b', 'orders >= 2');
    await segment('s', 'orders >= 1');
    await segment('t', 'orders >= 2');
    const seen = await load();
    const tag = (key: string, condition: string): Promise<unknown> => editRule(getStore(), seen, key, { condition: readCondition(condition) }, ANN);
    const list = (key: string, condition: string): Promise<unknown> => editSegment(getStore(), key, { condition: readCondition(condition) }, seen.names, 'ann');
    expect(await told([tag('a', 'tag.b.band = yes'), tag('b', 'tag.a.band = yes')])).toEqual(['conflict', 'saved']);
    expect(await told([list('s', 'segment.t'), list('t', 'segment.s')])).toEqual(['conflict', 'saved']);
    await rule('c', 'orders >= 1');
    await segment('u', 'orders >= 1');
    const later = await load();
    const mixed = [editRule(getStore(), later, 'c', { condition: readCondition('segment.u') }, ANN), editSegment(getStore(), 'u', { condition: readCondition('tag.c.band = yes') }, later.names, 'ann')];
    expect(await told(mixed)).toEqual(['conflict', 'saved']);
  });

  test('a circle through both kinds is refused by name, and what it would have changed is as it was', async () => {
    await rule('often', 'orders >= 2');
    await segment('regulars', 'tag.often.band = yes');
    const seen = await load();
    await expect(editRule(getStore(), seen, 'often', { condition: readCondition('segment.regulars') }, ANN)).rejects.toMatchObject({ code: 'conflict', details: { circle: ['tag often', 'segment regulars', 'tag often'] } });
    expect((await load()).rules[0]).toMatchObject({ version: 1 });
  });

  test('what somebody has just begun to use is not deleted, and what was just deleted cannot be used', async () => {
    await rule('often', 'orders >= 2');
    await segment('regulars', 'orders >= 2');
    const seen = await load();
    const [used, deleted] = await Promise.allSettled([rule('more', 'tag.often.band = yes', seen), deleteRule(getStore(), seen, 'often', ANN)]);
    expect([used.status, deleted.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    const both = await Promise.allSettled([removeSegment(getStore(), 'regulars', 'ann'), rule('in_it', 'segment.regulars', seen)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('a change that fails takes everything of it back', async () => {
    await expect(changeDefinitions(getStore(), async (inside) => {
      await saveCategory(inside, await loadCatalogue(inside.db), { code: 'half', label, parent: null }, ANN);
      throw new Error('later');
    })).rejects.toThrow('later');
    expect(await latestCategories(getStore().db)).toEqual([]);
  });
});
