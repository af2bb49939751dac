/** From an engine's answer to the matrix that training and scoring read. */
import type { Matrix } from '../base/matrix.ts';
import type { Cutoff } from './cutoff.ts';
import { featureValues } from './evaluate.ts';
import type { EngineColumns } from './evaluate.ts';
import type { PlannedAggregate, PlannedFeature, FeaturePlan } from './plan.ts';

/** Features of customers as of one cut-off: row i belongs to `customerIds[i]`. */
export interface FeatureMatrix {
  /** Ascending. */
  readonly customerIds: Float64Array;
  /** Cut-off in epoch ms. */
  readonly asOf: number;
  /** Columns in plan order (by name). */
  readonly matrix: Matrix;
}

/** The aggregates and attributes that some features need, in plan order. */
export function needsOf(plan: FeaturePlan, features: readonly PlannedFeature[]): { aggregates: readonly PlannedAggregate[]; attributes: readonly string[] } {
  const ids = new Set(features.flatMap(({ needs }) => [...needs]));
  const keys = new Set(features.flatMap(({ attributes }) => [...attributes]));
  return { aggregates: plan.aggregates.filter(({ id }) => ids.has(id)), attributes: [...keys].sort() };
}

export function assemble(features: readonly PlannedFeature[], customerIds: Float64Array, answer: EngineColumns, cutoff: Cutoff): FeatureMatrix {
  const columns = features.map((feature) => ({ name: feature.definition.name, values: featureValues(feature, answer, cutoff) }));
  return { customerIds, asOf: cutoff.asOf, matrix: { rows: answer.rows, columns } };
}
