import { z } from 'zod';
import { finite, float64Block, int32Block, uint8Block } from '../codec.ts';
import { MISSING_LEFT, type Link } from './forest.ts';
import { checkedForestSchema } from './forestCheck.ts';
import { fittedObjectiveSchema, type ObjectiveName } from './objectiveSchema.ts';

/** Link that goes with each objective. */
export const LINK_OF: Readonly<Record<ObjectiveName, Link>> = {
  log_loss: 'logistic', softmax: 'softmax', squared_error: 'identity', absolute_error: 'identity', quantile: 'identity',
  poisson: 'exp', gamma: 'exp', tweedie: 'exp', cox: 'exp', aft: 'exp',
};

const currentSchema = z
  .object({
    kind: z.literal('boosted_trees'),
    objective: fittedObjectiveSchema,
    /** Predictions below it are raised to it: 0 where no target of the training rows was negative; null where the link bounds them or nothing does. */
    floor: finite.nullable(),
    forest: checkedForestSchema,
  })
  .superRefine(({ objective, forest }, context) => {
    if (forest.link !== LINK_OF[objective.name]) context.addIssue({ code: 'custom', message: `the objective ${objective.name} goes with the link ${LINK_OF[objective.name]}, not ${forest.link}` });
    if ((objective.name === 'softmax') !== (forest.outputs > 1)) context.addIssue({ code: 'custom', message: `${forest.outputs} outputs do not go with the objective ${objective.name}` });
  });
export type BoostedTreesArtefact = z.infer<typeof currentSchema>;

/** The first format: one array per field of the nodes, missing values in an array of their own, no categories. Read for ever. */
const firstFormat = z.object({
  kind: z.literal('boosted_trees'),
  objective: z.enum(['log_loss', 'squared_error', 'tweedie']),
  columns: z.array(z.string()),
  base: finite,
  starts: int32Block,
  nodes: z.object({ column: int32Block, threshold: float64Block, missingLeft: uint8Block, left: int32Block, value: float64Block, cover: float64Block }),
});

function upgraded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'forest' in value) return value;
  const first = firstFormat.safeParse(value);
  if (!first.success) return value;
  const { objective, columns, base, starts, nodes: { missingLeft, ...nodes } } = first.data;
  return {
    kind: 'boosted_trees',
    // The power is of no use to predictions; the first format did not keep it.
    objective: objective === 'tweedie' ? { name: objective, power: 1.5 } : { name: objective },
    floor: objective === 'squared_error' ? 0 : null,
    forest: {
      columns, categories: columns.map(() => null), outputs: 1, base: Float64Array.of(base), link: LINK_OF[objective], starts,
      nodes: { ...nodes, flags: missingLeft.map((left) => (left === 0 ? 0 : MISSING_LEFT)) },
      sets: { starts: Int32Array.of(0), words: new Int32Array(0) },
    },
  };
}

/** Any format that was ever written, as the present one. */
export const boostedTreesSchema: z.ZodType<BoostedTreesArtefact> = z.preprocess(upgraded, currentSchema);
