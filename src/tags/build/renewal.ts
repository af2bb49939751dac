/** Renewal tags 续费 of one customer: none where no version of the renewal model serves. */
import { addDays } from '../../base/time.ts';
import { bandOf, RENEWAL_SCALE } from '../bands.ts';
import { RENEWAL_MODEL, renewalDefinitions } from '../catalogue/renewal.ts';
import type { Tag } from '../tag.ts';
import { scoreKey } from './context.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { envelope, none, probabilityPart, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';

const RENEWAL_KEY = 'renewal_prob';

/** Missing, or ended already: no contract is running. */
function daysLeft({ facts }: CustomerInput): number | undefined {
  const days = facts?.contractDaysLeft;
  return days === undefined || !(days >= 0) ? undefined : days;
}

/** The shortest horizon that reaches the end of the contract speaks; its customers are the most alike. */
function probability(run: RunContext, customer: CustomerInput): Draft {
  const horizons = (run.models.get(RENEWAL_MODEL)?.heads ?? []).map(({ horizonDays }) => horizonDays).sort((a, b) => a - b);
  const scored = scoreOf(run, customer, RENEWAL_MODEL, horizons.find((days) => customer.scores.has(scoreKey(RENEWAL_MODEL, days))));
  if (typeof scored === 'string') return none(scored);
  const { score, head } = scored;
  const part = probabilityPart(scored);
  // One rate for everybody ranks nobody.
  const ranks = head.grid[0] !== head.grid.at(-1);
  return {
    status: 'ok', value: score.value, ...part, percentile: ranks ? part.percentile : null, reasons: [...score.reasons],
    band: bandOf(score.value, head.baseRate, RENEWAL_SCALE, customer.previous.get(RENEWAL_KEY)?.band ?? undefined),
  };
}

function remaining(customer: CustomerInput): Draft {
  if (customer.facts === undefined) return none('insufficient_data');
  const days = daysLeft(customer);
  return days === undefined ? none('not_eligible') : { status: 'ok', value: days };
}

export function renewalTags(run: RunContext, customer: CustomerInput): Tag[] {
  return renewalDefinitions(run.models.has(RENEWAL_MODEL)).map((definition) => {
    const isPrediction = definition.key === RENEWAL_KEY;
    const tag = envelope(definition, isPrediction && customer.optedOut ? none('opted_out') : isPrediction ? probability(run, customer) : remaining(customer), run);
    const left = daysLeft(customer);
    // Nothing that was said of a contract is true of the day after it.
    const over = left === undefined ? undefined : addDays(run.asOf, left + 1);
    return tag.status === 'ok' && over !== undefined && tag.expiresAt !== null && over < tag.expiresAt ? { ...tag, expiresAt: over } : tag;
  });
}
