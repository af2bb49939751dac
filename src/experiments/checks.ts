/** What must be true of an experiment before anything is learned from it. Each check throws what is wrong with the numbers and the way out. */
import { AppError } from '../base/errors.ts';
import { normalCdf } from '../math/specialNormal.ts';
import type { ArmCounts, StoredExperiment } from '../store/repositories/experiments.ts';
import type { ContactFacts } from '../store/repositories/experimentRows.ts';

/** Below this probability the arms are not what was declared: one sound experiment in a thousand is refused. */
export const LEAST_SHARE_P = 1e-3;
/** Held-out customers who were contacted all the same, as a share, from which the arms are no arms any more. */
export const MOST_CROSSED = 0.05;
export const LEAST_CUSTOMERS = 100;
export const LEAST_OUTCOMES = 20;

/** Probability of a share of the treated at least so far from the declared one, if customers were drawn with that chance (normal approximation, two-sided). */
export function sampleRatioP({ treated, heldOut }: Pick<ArmCounts, 'treated' | 'heldOut'>, probability: number): number {
  const n = treated + heldOut;
  if (n === 0) return 1;
  const z = (treated - n * probability) / Math.sqrt(n * probability * (1 - probability));
  return 2 * normalCdf(-Math.abs(z));
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** @throws AppError `bad_data` where the arms are not of the declared sizes (sample ratio mismatch). */
export function refuseUnevenArms({ key, treatmentProbability }: Pick<StoredExperiment, 'key' | 'treatmentProbability'>, arms: Pick<ArmCounts, 'treated' | 'heldOut'>): void {
  const p = sampleRatioP(arms, treatmentProbability);
  if (p >= LEAST_SHARE_P) return;
  const n = arms.treated + arms.heldOut;
  throw new AppError('bad_data', `Of ${n} customers of experiment ${key} ${arms.treated} (${percent(arms.treated / n)}) were treated, and ${percent(treatmentProbability)} was declared: by chance alone that happens with probability ${p.toExponential(1)}. The arms do not compare.`, {
    details: { treated: arms.treated, heldOut: arms.heldOut, declared: treatmentProbability, p },
    hint: 'Look for customers who were left out of one arm only (failed deliveries, later filters), or declare the probability that was used, in a new experiment.',
  });
}

/** @throws AppError `bad_data` where the campaign reached customers before they were assigned, or many of those held out. */
export function refuseBrokenAssignment({ key, campaign }: Pick<StoredExperiment, 'key' | 'campaign'>, contacts: ContactFacts, { heldOut }: Pick<ArmCounts, 'heldOut'>): void {
  if (contacts.before > 0) {
    throw new AppError('bad_data', `${contacts.before} customers of experiment ${key} have events of the campaign ${campaign ?? ''} from before their assignment: who answers cannot be assigned afterwards.`, {
      details: { customers: contacts.before }, hint: 'Import the assignment with the time at which it was drawn, or name the campaign that was really sent.',
    });
  }
  if (contacts.heldOutContacted > MOST_CROSSED * heldOut) {
    throw new AppError('bad_data', `${contacts.heldOutContacted} of ${heldOut} held-out customers of experiment ${key} were sent the campaign ${campaign ?? ''} all the same; at most ${percent(MOST_CROSSED)} may be.`, {
      details: { contacted: contacts.heldOutContacted, heldOut }, hint: 'Leave the hold-out out of the contact, and record a new experiment.',
    });
  }
}

export interface Outcomes {
  readonly treated: number;
  readonly heldOut: number;
  /** Customers with an outcome above zero. */
  readonly positive: number;
}

/** @throws AppError `insufficient_data` where nothing could be told from so few, with the day on which more is known. */
export function refuseTooFew({ key }: Pick<StoredExperiment, 'key'>, { treated, heldOut, positive }: Outcomes, waiting: { readonly customers: number; readonly overOn?: string | undefined }): void {
  const enough = treated >= LEAST_CUSTOMERS && heldOut >= LEAST_CUSTOMERS && positive >= LEAST_OUTCOMES;
  if (enough) return;
  const later = waiting.customers === 0 ? '' : `; the response window of ${waiting.customers} more is not over${waiting.overOn === undefined ? '' : ` before ${waiting.overOn}`}`;
  throw new AppError('insufficient_data', `Experiment ${key} has ${treated} treated and ${heldOut} held-out customers, ${positive} with an outcome; needed are ${LEAST_CUSTOMERS}, ${LEAST_CUSTOMERS} and ${LEAST_OUTCOMES}${later}.`, {
    details: { treated, heldOut, positive, needed: { customers: LEAST_CUSTOMERS, outcomes: LEAST_OUTCOMES }, waiting: waiting.customers, overOn: waiting.overOn ?? null },
    hint: waiting.customers === 0 ? 'Run a larger experiment, or choose an outcome that happens more often.' : 'Evaluate again when the window is over: `tagcast experiment evaluate`.',
  });
}
