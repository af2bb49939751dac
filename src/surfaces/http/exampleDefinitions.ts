/** The worked examples of definitions as documents. */
import type { Example } from './examples.ts';

const label = { zh: '高频买家', en: 'Frequent buyer' };
const tags = {
  format: 'tagcast-rule-tags', version: 1, categories: [],
  tags: [{
    key: 'frequent_buyer', category: 'behaviour', label, description: { zh: '最近60天下单次数 ≥ 3', en: 'Order count in the last 60 days ≥ 3' }, owner: 'ann', condition: { events: { aggregate: 'count', kinds: ['order'], window: { lastDays: 60 }, op: '>=', value: 3 } },
    band: { code: 'yes', label: { zh: '是', en: 'Yes' } }, ttlDays: 2, status: 'enabled',
  }],
};
const sentTags = { ...tags, tags: [{ ...tags.tags[0], condition: 'orders last 90 days >= 4' }] };
const words = { zh: '高概率流失', en: 'Likely to leave' };
const segments = {
  format: 'tagcast-segments', version: 1,
  segments: [{ key: 'likely_to_leave', label: words, description: words, owner: 'ann', condition: { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.3 }, status: 'enabled', schedule: 'nightly', holdoutShare: 0.1 }],
};
const quality = {
  format: 'tagcast-quality-rules', version: 1,
  rules: [{ key: 'level_allowed', label: { zh: '会员等级在列表内', en: 'Level is one of the list' }, check: { field: { attribute: 'level' }, test: { in: ['gold', 'silver', 'none'] } }, mostBad: 0.02, days: 30, status: 'enabled', holdsNight: false, owner: 'shop' }],
};
const standards = { format: 'tagcast-standards', version: 1, fields: [{ field: 'attribute.title', entries: [{ standard: 'CMO', aliases: ['首席营销官', '市场负责人'] }] }] };

const state = '9f86d081884c7d659a2feaa0c55ad015';
const entryOf = (part: string, key: string, field: string, before: unknown, after: unknown): unknown => ({ part, key, state: 'changed', version: 1, changes: [{ field, before, after }] });
const compared = (entry: unknown): unknown => ({ state, entries: [entry], problems: [] });
const imported = (key: string, entry: unknown): object => ({ dryRun: true, created: [], edited: [key], same: [], entries: [entry] });
const query = { dryRun: 'true' };

const tagEntry = entryOf('tag', 'frequent_buyer', 'condition', 'orders last 60 days >= 3', 'orders last 90 days >= 4');
const segmentEntry = entryOf('segment', 'likely_to_leave', 'holdoutShare', 0.05, 0.1);
const qualityEntry = entryOf('rule', 'level_allowed', 'mostBad', 0.01, 0.02);
const standardEntry = entryOf('field', 'attribute.title', 'CMO', ['首席营销官'], ['首席营销官', '市场负责人']);

export const DEFINITION_EXAMPLES: Readonly<Record<string, Example>> = {
  readTagDefinitions: { response: tags },
  diffTagDefinitions: { body: sentTags, response: compared(tagEntry) },
  importTagDefinitions: { query, body: sentTags, response: imported('frequent_buyer', tagEntry) },
  readSegmentDefinitions: { response: segments },
  diffSegmentDefinitions: { body: segments, response: compared(segmentEntry) },
  importSegmentDefinitions: { query, body: segments, response: imported('likely_to_leave', segmentEntry) },
  readQualityDefinitions: { response: quality },
  diffQualityDefinitions: { body: quality, response: compared(qualityEntry) },
  importQualityDefinitions: { query, body: quality, response: imported('level_allowed', qualityEntry) },
  readStandardDefinitions: { response: standards },
  diffStandardDefinitions: { body: standards, response: compared(standardEntry) },
  importStandardDefinitions: { query, body: standards, response: { ...imported('attribute.title', standardEntry), applied: [] } },
  downloadStandards: { query: { bom: 'true' } },
  listTagFiles: { response: { tags: [{ key: 'frequent_buyer', state: 'store_only' }, { key: 'regular_browser', state: 'changed' }] } },
  takeTagFiles: { body: { overwrite: false }, response: { written: ['regular_browser'] } },
};
