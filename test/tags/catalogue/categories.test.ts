/** The tree of categories and the finding of tags, on both stores. */
import { beforeEach, describe, expect, test } from 'vitest';
import { readCondition } from '../../../src/conditions/text/read.ts';
import { importDefinitions } from '../../../src/jobs/definitions.ts';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { categoryVersions, placementVersions } from '../../../src/store/repositories/tagCategories.ts';
import { categoriesWithin, categoryPath, categoryTree } from '../../../src/tags/catalogue/categories.ts';
import { deleteCategory, placeTag, saveCategory } from '../../../src/tags/catalogue/categoryEdit.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import type { Catalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { TAG_CATEGORIES } from '../../../src/tags/catalogue/definition.ts';
import { ruleFrom } from '../../../src/tags/catalogue/draft.ts';
import { createRule, setRuleStatus } from '../../../src/tags/catalogue/edit.ts';
import { exportRules } from '../../../src/tags/catalogue/exchange.ts';
import { likelyTags, searchTags } from '../../../src/tags/catalogue/search.ts';
import { describeOnEachStore } from '../../support/stores.ts';

const label = { zh: '挽留', en: 'Win-back' };
const ANN = { actor: 'ann' } as const;
const stored = (code: string, parent: string | null, more: { deleted?: boolean; version?: number } = {}) => ({ code, parent, label, deleted: false, version: 1, actor: 'ann', changedAt: 0, ...more });

describe('the tree', () => {
  test('is that of the product, with what the shop made of it, parents first', () => {
    expect(categoryTree([]).map(({ code }) => code)).toEqual([...TAG_CATEGORIES]);
    const tree = categoryTree([stored('zz', 'aa'), stored('aa', 'value'), stored('churn', 'zz'), stored('cycle', null, { deleted: true })], ['strange']);
    expect(tree.filter(({ code }) => ['value', 'aa', 'zz', 'churn', 'strange'].includes(code)).map(({ code, parent, builtIn }) => [code, parent, builtIn])).toEqual([['value', null, true], ['aa', 'value', false], ['zz', 'aa', false], ['churn', 'zz', true], ['strange', null, false]]);
    expect(tree.some(({ code }) => code === 'cycle')).toBe(false);
    expect(categoryPath(tree, 'churn').map(({ code }) => code)).toEqual(['value', 'aa', 'zz', 'churn']);
    expect([...categoriesWithin(tree, 'aa')]).toEqual(['aa', 'zz', 'churn']);
  });

  test('loses nothing to a circle or a parent that is gone', () => {
    const tree = categoryTree([stored('a', 'b'), stored('b', 'a'), stored('c', 'gone')]);
    expect(tree.filter(({ builtIn }) => !builtIn).map(({ code, parent }) => [code, parent])).toEqual([['c', null], ['a', null], ['b', null]]);
  });
});

describeOnEachStore('categories', (getStore) => {
  const load = (): Promise<Catalogue> => loadCatalogue(getStore().db);
  const save = async (code: string, parent: string | null, expected?: number): Promise<unknown> => saveCategory(getStore(), await load(), { code, label, parent }, ANN, expected);
  beforeEach(async () => {
    for (const table of ['tag_categories', 'tag_placements', 'tag_definitions', 'tag_definition_versions', 'audit_log']) await getStore().db.raw(`DELETE FROM ${table}`);
  });

  test('are made, renamed, moved and deleted, with every version kept and written down', async () => {
    await save('action', null);
    expect(await save('action', 'churn')).toMatchObject({ version: 2, parent: 'churn' });
    await expect(save('action', null, 1)).rejects.toMatchObject({ code: 'conflict' });
    await saveCategory(getStore(), await load(), { code: 'churn', label: { zh: '流失', en: 'Leaving' }, parent: null }, ANN, 0);
    expect((await load()).categories.find(({ code }) => code === 'churn')).toMatchObject({ label: { en: 'Leaving' }, builtIn: true, version: 1 });
    await deleteCategory(getStore(), await load(), 'action', ANN);
    expect((await load()).categories.some(({ code }) => code === 'action')).toBe(false);
    await save('action', null, 0);
    expect((await categoryVersions(getStore().db, 'action')).map(({ version, deleted, parent, actor }) => [version, deleted, parent, actor])).toEqual([[4, false, null, 'ann'], [3, true, 'churn', 'ann'], [2, false, 'churn', 'ann'], [1, false, null, 'ann']]);
    expect((await listAudit(getStore().db, { limit: 10 })).map(({ action, object }) => `${action} ${object}`)).toEqual(['category.saved action', 'category.deleted action', 'category.saved churn', 'category.saved action', 'category.saved action']);
  });

  test('refuse circles, trees that are too deep, unknown parents and the removal of what is in use', async () => {
    await save('one', 'churn');
    await save('two', 'one');
    await save('three', 'two');
    await expect(save('four', 'three')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(save('churn', 'two')).rejects.toMatchObject({ code: 'conflict' });
    await expect(save('one', 'one')).rejects.toMatchObject({ code: 'conflict' });
    await expect(save('one', 'value')).resolves.toMatchObject({ parent: 'value' });
    await expect(save('one', 'valeu')).rejects.toMatchObject({ code: 'not_found', details: { suggestions: ['value'] } });
    await expect(save('Bad Code', null)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(deleteCategory(getStore(), await load(), 'one', ANN)).rejects.toMatchObject({ code: 'conflict', details: { users: [{ kind: 'category', key: 'two' }] } });
    await expect(deleteCategory(getStore(), await load(), 'lifecycle', ANN)).rejects.toMatchObject({ details: { users: [{ kind: 'tag', key: 'lifecycle_stage' }, { kind: 'tag', key: 'lifecycle_next_stage' }] } });
  });

  test('hold tags of every kind; what the product builds goes back to its place, a rule tag gets a version', async () => {
    await save('action', 'churn');
    await createRule(getStore(), await load(), ruleFrom('often', { condition: readCondition('orders >= 3'), label, owner: 'ann' }, (await load()).names), 'draft', ANN);
    await placeTag(getStore(), await load(), 'often', 'action', ANN);
    await placeTag(getStore(), await load(), 'lifecycle_stage', 'action', ANN);
    const inAction = searchTags(await load(), { category: 'churn' }).filter(({ category }) => category === 'action').map(({ key }) => key);
    expect(inAction).toEqual(['lifecycle_stage', 'often']);
    expect((await load()).rules[0]).toMatchObject({ category: 'action', version: 2 });
    await placeTag(getStore(), await load(), 'lifecycle_stage', null, ANN);
    expect((await load()).tags.find(({ key }) => key === 'lifecycle_stage')?.category).toBe('lifecycle');
    expect((await placementVersions(getStore().db, 'lifecycle_stage')).map(({ version, category }) => [version, category])).toEqual([[2, null], [1, 'action']]);
    await expect(placeTag(getStore(), await load(), 'often', 'nowhere', ANN)).rejects.toMatchObject({ code: 'not_found' });
    await expect(placeTag(getStore(), await load(), 'often', null, ANN)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(createRule(getStore(), await load(), { ...ruleFrom('more', { condition: readCondition('orders >= 4'), label, owner: 'ann', category: 'nowhere' }, (await load()).names) }, 'draft', ANN)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('travel with the rule tags of a document', async () => {
    await save('action', 'churn');
    await createRule(getStore(), await load(), ruleFrom('often', { condition: readCondition('orders >= 3'), label, owner: 'ann', category: 'action' }, (await load()).names), 'draft', ANN);
    const document = JSON.parse(JSON.stringify(exportRules(await load()))) as unknown;
    for (const table of ['tag_categories', 'tag_definitions']) await getStore().db.raw(`DELETE FROM ${table}`);
    expect(await importDefinitions(getStore(), 'tags', document, ANN)).toMatchObject({ created: ['category action', 'often'] });
    expect((await load()).categories.find(({ code }) => code === 'action')).toMatchObject({ parent: 'churn', version: 1 });
    expect(await importDefinitions(getStore(), 'tags', document, ANN)).toMatchObject({ same: ['category action', 'often'] });
    expect(await categoryVersions(getStore().db, 'action')).toHaveLength(1);
  });

  test('tags are found by kind, status and owner; by words in any width, best place first; and by words with wrong letters', async () => {
    await createRule(getStore(), await load(), ruleFrom('often', { condition: readCondition('orders >= 3'), label, owner: 'ann' }, (await load()).names), 'draft', ANN);
    const catalogue = await load();
    expect(searchTags(catalogue, { status: 'draft' }).map(({ key }) => key)).toEqual(['often']);
    expect(searchTags(catalogue, { status: 'enabled', kind: 'rule' })).toEqual([]);
    await setRuleStatus(getStore(), catalogue, 'often', 'enabled', ANN);
    expect(searchTags(await load(), { status: 'enabled', owner: 'ann' }).map(({ key }) => key)).toEqual(['often']);
    expect(searchTags(catalogue, { search: 'ＬＩＦＥＣＹＣＬＥ stage' }).map(({ key }) => key)[0]).toBe('lifecycle_stage');
    expect(searchTags(catalogue, { search: '极高风险' }).map(({ key }) => key)).toEqual(['churn_risk_band']);
    expect(searchTags(catalogue, { search: '价值' })[0].label.zh.startsWith('价值')).toBe(true);
    expect(likelyTags(catalogue, '生命周期介段')[0].key).toBe('lifecycle_stage');
    expect(likelyTags(catalogue, 'lifecicle').map(({ key }) => key).slice(0, 2).toSorted()).toEqual(['lifecycle_next_stage', 'lifecycle_stage']);
    expect(likelyTags(catalogue, 'qqqqqqqq')).toEqual([]);
  });
});
