/** The rule tags that the product brings. A new tag is a new file and a line here. */
import cartNotOrdered7d from './cartNotOrdered7d.ts';
import discountShopper from './discountShopper.ts';
import dormantHighSpender from './dormantHighSpender.ts';
import firstOrder30d from './firstOrder30d.ts';
import frequentBuyerHalfYear from './frequentBuyerHalfYear.ts';
import newLeadWithPhone from './newLeadWithPhone.ts';
import nightShopper from './nightShopper.ts';
import paidSearchBeijingWoman from './paidSearchBeijingWoman.ts';
import recentComplaint from './recentComplaint.ts';
import refundHeavy from './refundHeavy.ts';
import weekendShopper from './weekendShopper.ts';
import type { RuleTagDefinition } from '../src/tags/rules/definition.ts';

export const RULE_TAGS: readonly RuleTagDefinition[] = Object.freeze([
  cartNotOrdered7d, discountShopper, dormantHighSpender, firstOrder30d, frequentBuyerHalfYear, newLeadWithPhone, nightShopper, paidSearchBeijingWoman, recentComplaint, refundHeavy, weekendShopper,
]);
