/** What a model needs before it can be trained: needed, found, how to fix, and the date on which it will pass. */
import { addDays, daysBetween } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import type { Bilingual } from '../base/text.ts';
import { z } from 'zod';
import { labelDays } from './define.ts';
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
  /** Orders with an amount above zero. */
  readonly paidOrders?: number;
  /** Counted for models of renewals. */
  readonly contracts?: ContractFacts;
  readonly firstEvent: LocalDate | undefined;
  readonly lastEvent?: LocalDate | undefined;
  /** First day that is not known any more. */
  readonly end: LocalDate;
}

/** Contracts before the end of what is known. */
export interface ContractFacts {
  readonly customers: number;
  /** Ends of paid time whose grace days are over, by what came of them. */
  readonly renewed: number;
  readonly lapsed: number;
  /** Booked periods that are left out because nothing says when they end. */
  readonly withoutEnd: number;
}

/** Days of history in front of the first cut-off. */
export const HISTORY_DAYS = 90;

export function readiness(definition: ModelDefinition, facts: ReadinessFacts): Requirement[] {
  // The shortest horizon decides whether there is a model at all; longer ones join when the history reaches them.
  const horizon = labelDays(definition.target, Math.min(...definition.horizons));
  const days = facts.firstEvent === undefined ? 0 : daysBetween(facts.firstEvent, facts.end);
  const start = facts.firstEvent ?? facts.end;
  const least = HISTORY_DAYS + horizon;
  return [
    ...(facts.lastEvent === undefined || definition.observations.at !== 'cutoffs' ? [] : [freshness(horizon, daysBetween(facts.lastEvent, facts.end) - 1)]),
    ...(definition.target.kind === 'renewal' ? contractChecks(definition, facts.contracts) : orderChecks(definition, facts)),
    withDate(check('history_days', { zh: '历史天数', en: 'Days of history' }, least, days, true, { zh: `需要至少${least}天的历史`, en: `At least ${least} days of history` }), addDays(start, least)),
    withDate(
      check('history_days_calibration', { zh: '可单独校准的历史天数', en: 'Days for a calibration period of its own' }, HISTORY_DAYS + 3 * horizon, days, false, { zh: '历史不足时按客户分折校准', en: 'Until then the model is calibrated by folds over customers' }),
      readyOn(addDays(start, HISTORY_DAYS), horizon),
    ),
  ];
}

/** Where events end long before today, the last days look as if nobody came: at a cut-off before them every customer would count as lost. */
function freshness(horizon: number, silentDays: number): Requirement {
  const label = { zh: `最近${horizon}天中有数据的天数`, en: `Of the last ${horizon} days, those that the data reach` };
  return check('fresh_days', label, Math.ceil(horizon / 2), Math.max(0, horizon - silentDays), true, {
    zh: '导入更新的数据；若数据就止于过去，运行 `tagcast init --historic --force`', en: 'Import newer data, or run `tagcast init --historic --force` where they end in the past for good',
  });
}

function orderChecks({ minimum, target }: ModelDefinition, facts: ReadinessFacts): Requirement[] {
  const older = { zh: '导入更早的订单', en: 'Import older orders' };
  return [
    check('customers', { zh: '客户数', en: 'Customers' }, minimum.rows, facts.customers, true, { zh: '导入更多客户的订单', en: 'Import the orders of more customers' }),
    check('orders', { zh: '订单数', en: 'Orders' }, minimum.rows, facts.orders, true, older),
    check('repeat_customers', { zh: '复购客户数', en: 'Customers with a second order' }, minimum.positives, facts.repeatCustomers, true, older),
    ...((target.kind === 'spend' || target.kind === 'order_value') && facts.paidOrders !== undefined
      ? [check('paid_orders', { zh: '有金额的订单数', en: 'Orders with an amount' }, minimum.positives, facts.paidOrders, true, { zh: '导入订单金额（--amount 或 --unit-price）', en: 'Import what orders cost (--amount or --unit-price)' })]
      : []),
  ];
}

/** What a model of renewals learns from: ends of paid time of which is known what came of them. */
function contractChecks({ minimum }: ModelDefinition, { customers, renewed, lapsed, withoutEnd }: ContractFacts = { customers: 0, renewed: 0, lapsed: 0, withoutEnd: 0 }): Requirement[] {
  const unreadable = withoutEnd === 0 ? { zh: '', en: '' } : { zh: `；另有 ${withoutEnd} 条合同事件没有到期日，未计入：请映射 ends 或 days`, en: `; ${withoutEnd} contract events are left out because nothing says when they end: map ends or days` };
  const older = { zh: `导入更早的合同${unreadable.zh}`, en: `Import older contracts${unreadable.en}` };
  return [
    check('contract_customers', { zh: '有合同的客户数', en: 'Customers with a contract' }, minimum.rows, customers, true, { zh: `导入合同（docs/contracts.md）${unreadable.zh}`, en: `Import contracts (docs/contracts.md)${unreadable.en}` }),
    check('contract_ends', { zh: '已到期且过了宽限期的合同数', en: 'Contract ends with their grace days over' }, minimum.rows, renewed + lapsed, true, older),
    check('contract_renewals', { zh: '其中续费的', en: 'Of them renewed' }, minimum.positives, renewed, true, older),
    check('contract_lapses', { zh: '其中未续费的', en: 'Of them not renewed' }, minimum.positives, lapsed, true, older),
  ];
}

export function check(name: string, label: Bilingual, needed: number, found: number, required: boolean, fix: Bilingual): Requirement {
  const passed = found >= needed;
  return { name, label: { ...label }, needed, found, passed, required, ...(passed ? {} : { fix: { ...fix } }) };
}

export function withDate(requirement: Requirement, passesOn: LocalDate): Requirement {
  return requirement.passed ? requirement : { ...requirement, passesOn };
}
