/** Definitions of segments as a document. Members are not in it; a list comes without its customers. */
import { z } from 'zod';
import { compareEntries, problemOf } from '../base/exchange.ts';
import type { DocumentEntry, EntryProblem, ExchangePlan } from '../base/exchange.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { parseCondition } from '../conditions/parse.ts';
import { readAnyCondition } from '../conditions/text/readAny.ts';
import { writeCondition } from '../conditions/text/write.ts';
import { circleError, circlesThrough } from '../store/changeDefinitions.ts';
import type { Store } from '../store/connection.ts';
import { readEntries, readEnvelope } from '../store/exchange.ts';
import { listSegments } from '../store/repositories/segments.ts';
import { checkSegment, keepKind, writeSegment } from './edit.ts';
import type { SegmentInput } from './edit.ts';

const words = z.strictObject({ zh: z.string(), en: z.string() });
const segmentEntry = z.strictObject({
  key: z.string(), label: words, description: words, owner: z.string(), condition: z.unknown(), status: z.enum(['draft', 'enabled', 'paused']), schedule: z.enum(['nightly', 'manual']), holdoutShare: z.number(),
});

export const segmentDocumentSchema = z.strictObject({ format: z.literal('tagcast-segments'), version: z.literal(1), segments: z.array(segmentEntry).max(10_000) });
export type SegmentDocument = z.infer<typeof segmentDocumentSchema>;

const envelope = segmentDocumentSchema.extend({ segments: z.array(z.unknown()).max(10_000) });

/** Every saved segment by key. */
export async function exportSegments({ db }: Pick<Store, 'db'>): Promise<SegmentDocument> {
  const segments = (await listSegments(db)).map(({ key, label, description, owner, condition, status, schedule, holdoutShare }) => ({ key, label, description, owner, condition, status, schedule, holdoutShare }));
  return { format: 'tagcast-segments', version: 1, segments };
}

function fieldsOf({ condition, label, description, owner, status, schedule, holdoutShare }: Omit<SegmentInput, 'key'>): DocumentEntry['fields'] {
  return { condition: condition === null ? null : writeCondition(condition), 'label.zh': label.zh, 'label.en': label.en, 'description.zh': description.zh, 'description.en': description.en, owner, status, schedule, holdoutShare };
}

/** The same rules as one edit. */
function check(input: SegmentInput, before: Pick<SegmentInput, 'key'> & { readonly condition: unknown } | undefined, names: ConditionNames): void {
  checkSegment(input, names);
  if (before !== undefined) keepKind(before, input);
}

/**
 * What a document would change: its segments become those of the store; others stay. Members follow with the next build.
 * @param names what conditions may name, without the segments of the document
 * @throws AppError `invalid_input` for what is no such document
 */
export async function planSegments(inside: Store, document: unknown, names: ConditionNames): Promise<ExchangePlan> {
  const outer = readEnvelope(envelope, document, 'segments', 'tagcast definitions export segments');
  const stored = await listSegments(inside.db);
  const read = readEntries(segmentEntry, outer.segments, 'segment');
  const problems: EntryProblem[] = [...read.problems];
  const inputs = read.entries.flatMap(({ condition, ...rest }): SegmentInput[] => {
    try {
      return [{ ...rest, condition: condition === null ? null : readAnyCondition(condition) }];
    } catch (error) {
      problems.push(problemOf('segment', rest.key, 'condition', error));
      return [];
    }
  });
  const differences = compareEntries(
    inputs.map((input) => ({ part: 'segment', key: input.key, fields: fieldsOf(input) })),
    stored.map((one) => ({ part: 'segment', key: one.key, version: one.definitionVersion, fields: fieldsOf({ ...one, condition: one.condition === null ? null : parseCondition(one.condition) }) })),
  );
  const written = new Map(differences.filter(({ state }) => state === 'new' || state === 'changed').map((one) => [one.key, one]));
  const changed = inputs.filter(({ key }) => written.has(key));
  const known = { ...names, segments: [...stored, ...changed].map(({ key, label }) => ({ key, label })) };
  for (const input of changed) {
    try {
      check(input, stored.find(({ key }) => key === input.key), known);
    } catch (error) {
      problems.push(problemOf('segment', input.key, 'condition', error));
    }
  }
  const circles = await circlesThrough(inside, changed.map(({ key, condition }) => ({ kind: 'segment', key, condition })));
  return {
    differences,
    problems: [...problems, ...circles.map(({ key, circle }) => problemOf('segment', key, 'condition', circleError(circle)))],
    async write(actor) {
      for (const input of changed) {
        const version = written.get(input.key)?.version ?? 0;
        await writeSegment(inside, input, version, version === 0 ? 'created' : 'edited', actor);
      }
    },
  };
}
