/** What looks at a tag or a segment is named when somebody wants to delete it, of whatever kind it is. */
import { expect, test } from 'vitest';
import { readCondition } from '../../../src/conditions/text/read.ts';
import { saveQualityRule } from '../../../src/quality/rules.ts';
import { createSegment, removeSegment } from '../../../src/segments/edit.ts';
import { insertWebhook } from '../../../src/store/repositories/webhooks.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { ruleFrom } from '../../../src/tags/catalogue/draft.ts';
import { createRule, deleteRule } from '../../../src/tags/catalogue/edit.ts';
import { usersOf } from '../../../src/tags/catalogue/users.ts';
import { describeOnEachStore } from '../../support/stores.ts';

const words = { zh: '买家', en: 'Buyer' };

describeOnEachStore('users', (getStore) => {
  const segment = async (key: string, condition: string): Promise<unknown> => createSegment(getStore(), { key, label: words, description: words, owner: 'ann', condition: readCondition(condition), status: 'enabled', schedule: 'manual', holdoutShare: 0 }, (await loadCatalogue(getStore().db)).names, 'ann');

  test('are rule tags, segments, quality rules and webhooks', async () => {
    const store = getStore();
    await createRule(store, await loadCatalogue(store.db), ruleFrom('buyer', { condition: readCondition('orders >= 1'), label: words, owner: 'ann' }, (await loadCatalogue(store.db)).names), 'enabled', { actor: 'ann' });
    await segment('buyers', 'tag.buyer.band = yes');
    await segment('nested', 'segment.buyers and orders >= 2');
    const { names } = await loadCatalogue(store.db);
    await saveQualityRule(store, { key: 'buyers_have_phones', label: words, check: { of: readCondition('tag.buyer.band = yes and segment.nested'), good: readCondition('identity.phone exists') }, mostBad: 0.5 }, names, 'ann');
    await insertWebhook(store.db, { webhookId: 'wh_0123456789abcdef', url: 'https://example.com/', description: '', events: ['segment.entered'], segment: 'nested', status: 'enabled', createdBy: 'ann', secret: Buffer.from('sealed'), at: 0 });

    expect(await usersOf(store.db, 'buyer')).toEqual([{ kind: 'segment', key: 'buyers' }, { kind: 'quality_rule', key: 'buyers_have_phones' }]);
    expect(await usersOf(store.db, 'nothing')).toEqual([]);
    await expect(deleteRule(store, await loadCatalogue(store.db), 'buyer', { actor: 'ann' })).rejects.toMatchObject({ code: 'conflict', message: 'The rule tag buyer is used by segment buyers, quality rule buyers_have_phones.' });
    await expect(removeSegment(store, 'buyers', 'ann')).rejects.toMatchObject({ details: { users: ['segment nested'] } });
    await expect(removeSegment(store, 'nested', 'ann')).rejects.toMatchObject({ details: { users: ['quality rule buyers_have_phones', 'webhook wh_0123456789abcdef'] } });
  });
});
