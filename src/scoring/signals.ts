/** Signs of intent of one customer, strongest first, as numbers and names that a tag is built from. Pure; the night and on-demand scoring both call it. */
import { LEAST_VIEWS, SIGNAL_DAYS, SIGNAL_KINDS } from '../features/activity/signals.ts';
import type { Signal, SignalKind, Signals } from '../features/activity/signals.ts';

const DAY_MS = 86_400_000;

export interface IntentSign {
  readonly kind: SignalKind;
  /** Events of the kind; of repeated views those of the product that was viewed most. */
  readonly n: number;
  /** Whole days since the newest of them. */
  readonly daysAgo: number;
  /** The product of the newest event, or the one viewed most; null where none is named. */
  readonly product: string | null;
}

export interface IntentSignals {
  /** Days that were looked at. */
  readonly days: number;
  /** Views of one product that count as repeated. */
  readonly leastViews: number;
  /** Empty: the customer was seen, and showed none. */
  readonly signs: readonly IntentSign[];
}

function signOf(kind: SignalKind, own: readonly Signal[], asOf: number): IntentSign {
  const views = kind === 'repeated_views';
  const [first] = own.toSorted((a, b) => (views ? b.n - a.n : 0) || b.lastMs - a.lastMs || ((a.product ?? '') < (b.product ?? '') ? -1 : 1));
  return { kind, n: views ? first.n : own.reduce((sum, { n }) => sum + n, 0), daysAgo: Math.floor((asOf - first.lastMs) / DAY_MS), product: first.product };
}

/** @param signals undefined where nothing was seen of the customer lately @param asOf cut-off, epoch ms */
export function intentSignals(signals: Signals | undefined, asOf: number): IntentSignals | undefined {
  if (signals === undefined) return undefined;
  const signs = SIGNAL_KINDS.flatMap((kind) => {
    const own = signals.filter((one) => one.kind === kind);
    return own.length === 0 ? [] : [signOf(kind, own, asOf)];
  });
  return { days: SIGNAL_DAYS, leastViews: LEAST_VIEWS, signs };
}
