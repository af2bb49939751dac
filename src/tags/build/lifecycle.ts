/** Lifecycle tags 生命周期: the stage. */
import { stageOf } from '../lifecycle/stage.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { banded, none } from './draft.ts';
import type { Draft } from './draft.ts';

export function lifecycleDraft(key: string, run: RunContext, { facts, stage }: CustomerInput): Draft | undefined {
  if (facts === undefined) return none('insufficient_data');
  return key === 'lifecycle_stage' ? banded(stageOf(facts, stage, run.lifecycle)) : undefined;
}
