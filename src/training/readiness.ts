/** What a model needs before it can be trained: needed, found, how to fix, and the date on which it will pass. */
import { addDays, daysBetween } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { Bilingual } from '../base/text.ts';
import { z } from 'zod';
import { readyOn } from './splits.ts';
import type { ModelDefinition } from './define.ts';

const text = z.strictObject({ zh: z.string(), en: z.string() });
export const requirementSchema = z.strictObject({
  name: z.string(),
  label: text,
  needed: z.number(),
  found: z.number(),
  passed: z.boolean(),
  /** Without it there is no model at all; otherwise a simpler rung serves. */
  required: z.boolean(),
  fix: text.optional(),
  /** Business day on which time alone makes it pass. */
  passesOn: z.string().optional(),
});
export type Requirement = z.infer<typeof requirementSchema>;

export interface ReadinessFacts {
  readonly customers: number;
  readonly orders: number;
  readonly repeatCustomers: number;
  readonly firstEvent: LocalDate | undefined;
  /** First day that is not known any more. */
  readonly end: LocalDate;
}

/** Days of history in front of the first cut-off. */
export const HISTORY_DAYS = 90;

export function readiness(definition: ModelDefinition, facts: ReadinessFacts): Requirement[] {
  // The shortest horizon decides whether there is a model at all; longer ones join when the history reaches them.
  const horizon = Math.min(...definition.horizons);
  const days = facts.firstEvent === undefined ? 0 : daysBetween(facts.firstEvent, facts.end);
  const start = facts.firstEvent ?? facts.end;
  const least = HISTORY_DAYS + horizon;
  return [
    check('customers', { zh: '客户数', en: 'Customers' }, definition.minimum.rows, facts.customers, true, { zh: '导入更多客户的订单', en: 'Import the orders of more customers' }),
    check('orders', { zh: '订单数', en: 'Orders' }, definition.minimum.rows, facts.orders, true, { zh: '导入更早的订单', en: 'Import older orders' }),
    check('repeat_customers', { zh: '复购客户数', en: 'Customers with a second order' }, definition.minimum.positives, facts.repeatCustomers, true, { zh: '导入更早的订单', en: 'Import older orders' }),
    withDate(check('history_days', { zh: '历史天数', en: 'Days of history' }, least, days, true, { zh: `需要至少${least}天的历史`, en: `At least ${least} days of history` }), addDays(start, least)),
    withDate(
      check('history_days_calibration', { zh: '可单独校准的历史天数', en: 'Days for a calibration period of its own' }, HISTORY_DAYS + 3 * horizon, days, false, { zh: '历史不足时按客户分折校准', en: 'Until then the model is calibrated by folds over customers' }),
      readyOn(addDays(start, HISTORY_DAYS), horizon),
    ),
  ];
}

export function check(name: string, label: Bilingual, needed: number, found: number, required: boolean, fix: Bilingual): Requirement {
  const passed = found >= needed;
  return { name, label: { ...label }, needed, found, passed, required, ...(passed ? {} : { fix: { ...fix } }) };
}

export function withDate(requirement: Requirement, passesOn: LocalDate): Requirement {
  return requirement.passed ? requirement : { ...requirement, passesOn };
}
