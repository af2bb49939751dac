/** The worked examples of data quality. */
import type { Example } from './examples.ts';

const path = { key: 'level_allowed' };
const label = { zh: '会员等级在列表内', en: 'Level is one of the list' };
const check = { field: { attribute: 'level' }, test: { in: ['gold', 'silver', 'none'] } };
const rule = { key: 'level_allowed', label, dimension: 'correctness', check, mostBad: 0.01, days: 30, status: 'enabled', holdsNight: false, owner: 'ann', version: 1, builtIn: false };
const result = { checked: 2900, bad: 61, state: 'bad', ageHours: null, limitHours: null, unknown: [] };
const version = { version: 1, deleted: false, actor: '0f1e2d3c4b5a6978', changedAt: '2026-02-20T06:00:00.000Z' };
const detail = { ...rule, history: [{ day: '2026-03-01', ...result }], examples: ['C1004', 'C1007'], versions: [version] };

export const QUALITY_EXAMPLES: Readonly<Record<string, Example>> = {
  readQuality: { response: { results: [{ rule: 'level_allowed', day: '2026-03-01', ...result }], alerts: [{ rule: 'level_allowed', openedOn: '2026-02-27', lastBadOn: '2026-03-01', closedOn: null, worst: 0.023 }] } },
  checkQuality: { body: { rules: ['level_allowed'] }, response: { day: '2026-03-01', results: [{ rule: 'level_allowed', ...result }], opened: ['level_allowed'], closed: [], holds: [] } },
  listQualityRules: { response: { rules: [rule] } },
  readQualityRule: { path, response: detail },
  saveQualityRule: { path, body: { expectedVersion: 1, rule: { label, check, mostBad: 0.01, owner: 'ann' } }, response: { ...detail, version: 2, versions: [{ ...version, version: 2 }, version] } },
  deleteQualityRule: { path, response: { deleted: 'level_allowed' } },
};
