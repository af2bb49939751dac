/** The worked examples of standards. */
import type { Example } from './examples.ts';

const path = { field: 'attribute.title' };
const entries = [{ standard: 'CMO', aliases: ['首席营销官', '市场负责人'] }];
const applied = { applied: [{ field: 'attribute.title', changed: 87, spellings: 2 }] };

export const STANDARD_EXAMPLES: Readonly<Record<string, Example>> = {
  readStandardsApplication: { response: { fields: [{ field: 'attribute.title', version: 2, applied: 2, state: 'applying', done: 37, total: 100, changed: 8120 }] } },
  applyStandards: { body: { fields: ['attribute.title'] }, response: applied },
  listStandards: { response: { fields: [{ field: 'attribute.title', version: 1, entries }] } },
  readStandards: { path, response: { field: 'attribute.title', version: 1, entries, versions: [{ version: 1, standards: 1, actor: '0f1e2d3c4b5a6978', changedAt: '2026-02-20T06:00:00.000Z' }] } },
  readSuggestions: { path, response: { suggestions: [{ standard: 'CMO', aliases: [{ value: 'cmo ', rows: 12, why: 'same_letters' }] }] } },
  saveStandards: { path, body: { expectedVersion: 1, entries }, response: applied },
  deleteStandards: { path, response: applied },
};
