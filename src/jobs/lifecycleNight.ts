/** What a night decides once about lifecycle stages: the rules with their version, and the published night before it. Kept in the plan of the run, so that a configuration edited in between changes nothing. */
import { startOfDay } from '../base/time.ts';
import { findRulesVersion, lifecycleRunBefore, rulesVersionOf } from '../store/repositories/lifecycle.ts';
import { DEFAULT_LIFECYCLE, rulesHash } from '../tags/lifecycle/rules.ts';
import type { LifecycleRules } from '../tags/lifecycle/rules.ts';
import type { StageNight } from '../tags/lifecycle/stage.ts';
import type { ScoringDeps } from './scoring/deps.ts';

export interface LifecyclePlan {
  readonly rules: LifecycleRules;
  /** 0: rules that no night has used yet. */
  readonly version: number;
  readonly before: { readonly asOf: string; readonly rulesVersion: number } | null;
}

async function planWith(deps: ScoringDeps, asOf: string, versionOf: (hash: string, rules: LifecycleRules) => Promise<number>): Promise<LifecyclePlan> {
  const rules = deps.lifecycle ?? DEFAULT_LIFECYCLE;
  const before = await lifecycleRunBefore(deps.store.db, asOf);
  return { rules, version: await versionOf(rulesHash(rules), rules), before: before === undefined ? null : { asOf: before.asOf, rulesVersion: before.rulesVersion } };
}

/** For a night: rules that are new get a version. */
export function planLifecycle(deps: ScoringDeps, asOf: string): Promise<LifecyclePlan> {
  return planWith(deps, asOf, (hash, rules) => rulesVersionOf(deps.store.db, hash, rules, deps.clock.now()));
}

/** For an answer on demand, which writes nothing. */
export function lifecycleNow(deps: ScoringDeps, asOf: string): Promise<LifecyclePlan> {
  return planWith(deps, asOf, async (hash) => (await findRulesVersion(deps.store.db, hash)) ?? 0);
}

/** @param cutoff epoch ms: the first instant of the day, or now */
export function stageNight({ rules, version, before }: LifecyclePlan, asOf: string, cutoff: number, timeZone: string): StageNight & { readonly rulesVersion: number } {
  const starts = new Map<string, number>();
  return {
    asOf, cutoff, rules, rulesVersion: version,
    rulesChanged: before !== null && before.rulesVersion !== version,
    lastCutoff: before === null ? null : startOfDay(before.asOf, timeZone),
    startOf(day) {
      const known = starts.get(day) ?? startOfDay(day, timeZone);
      starts.set(day, known);
      return known;
    },
  };
}
