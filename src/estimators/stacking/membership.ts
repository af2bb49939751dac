/** The estimators that may be members of an ensemble: found by their kind, fitted, checked and explained. */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { finite } from '../codec.ts';
import type { Estimator, Explanation, FitContext, FitOutcome, FitTask, TrainingData } from '../contract.ts';
import { MOST_SUBSET_COLUMNS, subsetShapley } from './attribution.ts';

type AnyArtefact = { readonly kind: string };
export type MemberEstimator = Estimator<AnyArtefact, unknown>;

export interface Member {
  /** Kind of an estimator. */
  readonly estimator: string;
  /** Over its defaults. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A member as artefacts keep it. */
export const fittedMemberSchema = z.object({
  estimator: z.string(),
  artefact: z.looseObject({ kind: z.string() }),
  /** Medians of the columns that the member asks for, where it explains nothing itself. */
  typical: z.array(finite).optional(),
});
export type FittedMember = z.infer<typeof fittedMemberSchema>;

export interface Membership {
  /** Whether the member does the task, and explains itself or has so few columns that all their subsets can be asked. */
  readonly able: (member: Member, task: FitTask) => boolean;
  /** A member that looks ahead by itself is told how far. */
  readonly fit: (member: Member, data: TrainingData, horizonDays: number, context: FitContext) => FitOutcome<AnyArtefact>;
  /** The artefact with what explaining it takes. @param x the rows it was fitted on */
  readonly kept: (member: Member, artefact: AnyArtefact, x: Matrix) => FittedMember;
  readonly predict: (member: Pick<FittedMember, 'estimator' | 'artefact'>, x: Matrix) => Float64Array;
  readonly explain: (member: FittedMember, x: Matrix) => Explanation;
  /** Adds an issue for every member whose kind is not known or whose artefact is not one of that kind. */
  readonly check: (members: readonly FittedMember[], context: z.RefinementCtx) => void;
}

export function membershipOf(estimators: Readonly<Record<string, MemberEstimator>>): Membership {
  const find = (kind: string): MemberEstimator | undefined => (Object.hasOwn(estimators, kind) ? estimators[kind] : undefined);
  const required = (kind: string): MemberEstimator => {
    const found = find(kind);
    if (found === undefined) throw new TypeError(`the ensemble has a member ${kind} that is no estimator`);
    return found;
  };
  const predict: Membership['predict'] = ({ estimator, artefact }, x) => required(estimator).predict(artefact, x);
  return {
    able({ estimator }, task) {
      const found = find(estimator);
      if (found === undefined || !found.tasks.includes(task)) return false;
      return found.explain !== undefined || (found.requiredColumns !== undefined && found.requiredColumns.length <= MOST_SUBSET_COLUMNS);
    },
    fit(member, data, horizonDays, context) {
      const estimator = required(member.estimator);
      const defaults = typeof estimator.defaults === 'object' && estimator.defaults !== null ? estimator.defaults : {};
      return estimator.fit(data, { ...defaults, ...('horizonDays' in defaults ? { horizonDays } : {}), ...member.params }, context);
    },
    kept: ({ estimator }, artefact, x) => ({ estimator, artefact, ...typicalOf(required(estimator), x) }),
    predict,
    explain({ estimator, artefact, typical }, x) {
      const own = required(estimator);
      return own.explain?.(artefact, x) ?? subsetShapley((rows) => own.predict(artefact, rows), x, own.requiredColumns ?? [], typical ?? []);
    },
    check(members, context) {
      members.forEach(({ estimator, artefact }, i) => {
        if (find(estimator)?.schema.safeParse(artefact).success !== true) context.addIssue({ code: 'custom', path: ['members', i], message: `the member ${estimator.slice(0, 60)} is damaged or not known` });
      });
    },
  };
}

/** Medians of the columns that a member asks for, where it explains nothing itself. */
function typicalOf(estimator: MemberEstimator, x: Matrix): { typical?: number[] } {
  if (estimator.explain !== undefined) return {};
  return {
    typical: (estimator.requiredColumns ?? []).map((name) => {
      const present = (x.columns.find((column) => column.name === name)?.values ?? new Float64Array()).filter((v) => v === v).sort();
      return present.length === 0 ? 0 : present[Math.floor((present.length - 1) / 2)];
    }),
  };
}

/** The same context with a stream of its own. */
export const forked = (context: FitContext, name: string): FitContext => ({ ...context, rng: context.rng.fork(name) });
