import * as fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { dependenciesOf, findCycle } from '../../src/conditions/dependencies.ts';
import { matches } from '../../src/conditions/evaluate.ts';
import { parseCondition } from '../../src/conditions/parse.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { SETTINGS, conditions, customers } from './random.ts';

test('everything that a condition looks at is named', () => {
  expect(dependenciesOf(readCondition('tag.b.value > 1 and (segment.vip or not outside segment.old) and attr.city = "x" and identity.phone exists and consent.marketing = granted and stage = new and count(view|cart) since last order > 1'))).toEqual({
    tags: ['b'], segments: ['old', 'vip'], attributes: ['city'], identities: ['phone'], consents: ['marketing'], stages: true, eventKinds: ['cart', 'order', 'view'], movesWithTime: true,
  });
  expect(dependenciesOf(readCondition('sequence(view then no order within 2 hours)'))).toMatchObject({ eventKinds: ['order', 'view'], movesWithTime: true });
  expect(dependenciesOf(readCondition('count(*) > 0'))).toMatchObject({ eventKinds: 'any', movesWithTime: false });
  expect(dependenciesOf(readCondition('attr.x exists'))).toMatchObject({ eventKinds: [], stages: false, movesWithTime: false });
});

test('events of kinds that are not named change nothing', () => {
  const [setting] = SETTINGS;
  const people = fc.sample(customers(setting, 12), { seed: 5, numRuns: 1 })[0];
  let spared = 0;
  fc.assert(
    fc.property(conditions, (generated) => {
      const condition = parseCondition(JSON.parse(JSON.stringify(generated)));
      const { eventKinds } = dependenciesOf(condition);
      if (eventKinds === 'any') return;
      for (const customer of people) {
        const events = customer.events.filter(({ kind }) => eventKinds.includes(kind));
        if (events.length < customer.events.length) spared++;
        expect(matches(condition, { ...customer, events }, setting)).toBe(matches(condition, customer, setting));
      }
    }),
    { seed: 9, numRuns: 200 },
  );
  expect(spared).toBeGreaterThan(500);
});

test('circles are found and told from their first name back to it', () => {
  expect(findCycle(new Map([['a', ['b', 'x']], ['b', ['c']], ['c', ['d']], ['d', []]]))).toBeUndefined();
  expect(findCycle(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]]))).toEqual(['b', 'c', 'b']);
  expect(findCycle(new Map([['a', ['a']]]))).toEqual(['a', 'a']);
});
