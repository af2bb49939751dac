/** Experiments: recorded, assigned, evaluated, read and deleted. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { startOfDay } from '../../../base/time.ts';
import { assignFromHoldout, importAssignments } from '../../../experiments/assign.ts';
import { createExperiment, dropExperiment } from '../../../experiments/edit.ts';
import type { ExperimentInput } from '../../../experiments/edit.ts';
import { experimentDetail, experimentList } from '../../../experiments/read.ts';
import type { ListedExperiment } from '../../../experiments/read.ts';
import { evaluateExperiment } from '../../../jobs/uplift/experiments.ts';
import type { ArmCounts } from '../../../store/repositories/experiments.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { assignedSchema, assignmentsBody, evaluateBody, evaluatedSchema, experimentBody, experimentListSchema, experimentParams, experimentSchema } from '../schemas/experiments.ts';
import type { deletedSchema } from '../schemas/savedSegments.ts';

type ExperimentCall<Body = unknown> = Call<z.output<typeof experimentParams>, unknown, Body>;
type ListedView = z.input<typeof experimentListSchema>['experiments'][number];

const orNull = (instant: number | null): string | null => (instant === null ? null : instantText(instant));
const armsView = (arms: ArmCounts): ListedView['arms'] => ({ ...arms, firstAt: orNull(arms.firstAt), lastAt: orNull(arms.lastAt) });

function view({ createdAt, arms, outcome, covariates, label, description, ...rest }: ListedExperiment): ListedView {
  return { ...rest, label: { ...label }, description: { ...description }, createdAt: instantText(createdAt), arms: armsView(arms), outcome: outcome as ListedView['outcome'], covariates: covariates.map((one) => ({ ...one })) };
}

export async function listRecordedExperiments(_call: unknown, { store }: AppDeps): Promise<z.input<typeof experimentListSchema>> {
  return { experiments: (await experimentList(store)).map(view) };
}

async function detailOf({ store }: AppDeps, key: string): Promise<z.input<typeof experimentSchema>> {
  const { report, ...experiment } = await experimentDetail(store, key);
  return { ...view(experiment), report: report === null ? null : { ...report, evaluatedAt: instantText(report.evaluatedAt) } };
}

export function readExperiment({ params }: ExperimentCall, deps: AppDeps): Promise<z.input<typeof experimentSchema>> {
  return detailOf(deps, params.key);
}

export async function recordExperiment({ params: { key }, body, caller }: ExperimentCall<z.output<typeof experimentBody>>, deps: AppDeps): Promise<z.input<typeof experimentSchema>> {
  const { treatmentProbability, description, endsOn, outcome, ...rest } = body;
  const input: ExperimentInput = {
    ...rest, key, description: description ?? body.label, endsOn: endsOn ?? body.startsOn, outcome: outcome as ExperimentInput['outcome'], ...(treatmentProbability === undefined ? {} : { treatmentProbability }),
  };
  await createExperiment(deps.store, input, (await deps.catalogue()).names, actorOf(caller));
  return detailOf(deps, key);
}

export async function takeAssignments({ params: { key }, body, caller }: ExperimentCall<z.output<typeof assignmentsBody>>, deps: AppDeps): Promise<z.input<typeof assignedSchema>> {
  const { store, shop: { timeZone } } = deps;
  const about = { timeZone, actor: actorOf(caller) };
  const assigned = body.rows === undefined
    ? await assignFromHoldout(store, key, about)
    : await importAssignments(store, key, body.rows.map(({ customer, arm, assignedAt, covariates }) => ({
      customer, treated: arm === 'treated', ...(assignedAt === undefined ? {} : { assignedAt: Date.parse(assignedAt) }),
      ...(covariates === undefined ? {} : { covariates: Object.fromEntries(Object.entries(covariates).map(([name, value]) => [name, String(value)])) }),
    })), { ...about, startsAt: startOfDay((await experimentDetail(store, key)).startsOn, timeZone) });
  return { ...assigned, arms: armsView(assigned.arms), covariates: assigned.covariates.map((one) => ({ ...one })) };
}

export async function evaluateNow({ params: { key }, body, caller, signal }: ExperimentCall<z.output<typeof evaluateBody>>, deps: AppDeps): Promise<z.input<typeof evaluatedSchema>> {
  const { names } = await deps.catalogue();
  const evaluate = deps.evaluate ?? evaluateExperiment;
  return evaluate(deps.experiments({ progress: silentProgress, signal }, names), key, { end: body?.end ?? (await deps.today()), seed: body?.seed ?? 1, actor: actorOf(caller) });
}

export async function deleteExperimentNow({ params: { key }, caller }: ExperimentCall, { store }: AppDeps): Promise<z.input<typeof deletedSchema>> {
  await dropExperiment(store, key, actorOf(caller));
  return { deleted: key };
}
