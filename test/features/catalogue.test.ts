import { expect, test } from 'vitest';
import { FEATURES } from '../../features/index.ts';
import { cataloguePage } from '../../src/features/catalogue.ts';
import { featurePlan } from '../../src/features/plan.ts';

test('docs/features.md is the catalogue', async () => {
  await expect(cataloguePage(FEATURES)).toMatchFileSnapshot('../../docs/features.md');
});

test('every feature has a name of its own, both languages, and fits the plan', () => {
  expect(featurePlan(FEATURES, { timeZone: 'Asia/Shanghai' }).names.length).toBe(FEATURES.length);
  expect(FEATURES.filter(({ label, meaning }) => !/[\u4e00-\u9fff]/.test(label.zh + meaning.zh) || /[\u4e00-\u9fff]/.test(label.en + meaning.en))).toEqual([]);
});
