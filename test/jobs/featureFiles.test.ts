import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sharedFeatures } from '../../src/jobs/training/featureFiles.ts';
import type { FeatureRows, TrainingSource } from '../../src/training/dataset.ts';
import { sourceOf } from '../training/world.ts';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'tagcast-features-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const ROWS: FeatureRows = { customerIds: Float64Array.of(3, 7, 9), matrix: { rows: 3, columns: [{ name: 'orders_total', values: Float64Array.of(1, Number.NaN, -0.5) }, { name: '名', values: Float64Array.of(0, 1e300, 2) }] } };

function counted(rows: FeatureRows = ROWS): { source: TrainingSource; builds: () => number } {
  let builds = 0;
  return {
    builds: () => builds,
    source: { ...sourceOf({ orders: [] }), features: async () => {
      builds++;
      await new Promise((resolve) => setTimeout(resolve, 30));
      return rows;
    } },
  };
}

test('what one thread has built the others read, bit for bit', async () => {
  const [first, second] = [counted(), counted()];
  await sharedFeatures(first.source, folder).features('2024-01-01');
  expect(await sharedFeatures(second.source, folder).features('2024-01-01')).toEqual(ROWS);
  await sharedFeatures(second.source, folder).features('2024-01-29');
  expect([first.builds(), second.builds()]).toEqual([1, 1]);
});

test('two that ask at once build once', async () => {
  const { source, builds } = counted();
  const both = await Promise.all([sharedFeatures(source, folder).features('2024-01-01'), sharedFeatures(source, folder).features('2024-01-01')]);
  expect(both).toEqual([ROWS, ROWS]);
  expect(builds()).toBe(1);
  expect(readdirSync(folder)).toEqual(['2024-01-01.bin']);
});

test('a damaged file, a folder that is gone and a failed build cost a build', async () => {
  writeFileSync(join(folder, '2024-01-01.bin'), '{"rows":3,"names":["a"]}\nshort');
  const { source, builds } = counted();
  expect(await sharedFeatures(source, folder).features('2024-01-01')).toEqual(ROWS);
  expect(await sharedFeatures(source, join(folder, 'gone')).features('2024-01-01')).toEqual(ROWS);
  expect(builds()).toBe(2);
  const failing: TrainingSource = { ...source, features: () => Promise.reject(new Error('no disk')) };
  await expect(sharedFeatures(failing, folder).features('2024-02-01')).rejects.toThrow('no disk');
  expect(existsSync(join(folder, '2024-02-01.bin.claim'))).toBe(false);
  expect(await sharedFeatures(source, folder).features('2024-02-01')).toEqual(ROWS);
});
