/** A feature's value in words, for reasons and cards: `formatValue(definition, 120.4)` → { zh: '120 天', en: '120 days' }. */
import type { Bilingual } from '../base/text.ts';
import { UNITS } from './units.ts';
import type { UnitWords } from './units.ts';
import type { FeatureDefinition } from './define.ts';

/** Digits that carry the message: at 100 and above none after the point, except for money. */
function digitsFor(unit: UnitWords, isMoney: boolean, size: number): number {
  return size >= 100 && !isMoney ? 0 : unit.digits;
}

/** Number with thousands separators and without trailing zeros after the point, except for money that has a fraction. */
function numberText(value: number, digits: number, keepZeros: boolean): string {
  const rounded = Number(value.toFixed(digits));
  // −0 would print a sign that means nothing.
  const [whole, fraction = ''] = Math.abs(rounded).toFixed(digits).split('.');
  const kept = keepZeros && Number(fraction) !== 0 ? fraction : fraction.replace(/0+$/, '');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${rounded < 0 ? '-' : ''}${grouped}${kept === '' ? '' : `.${kept}`}`;
}

/** The value with its unit; NaN is said in words. */
export function formatValue(definition: Pick<FeatureDefinition, 'unit'>, value: number): Bilingual {
  if (Number.isNaN(value)) return { zh: '无记录', en: 'no record' };
  const unit: UnitWords = UNITS[definition.unit];
  if (unit.style === 'yes_no') return value > 0 ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  if (unit.style === 'percent') {
    const text = `${numberText(value * 100, unit.digits, false)}%`;
    return { zh: text, en: text };
  }
  const isMoney = definition.unit === 'money';
  const text = numberText(value, digitsFor(unit, isMoney, Math.abs(value)), isMoney);
  const noun = text === '1' ? unit.en[0] : unit.en[1];
  return { zh: unit.zh === '' ? text : `${text} ${unit.zh}`, en: noun === '' ? text : `${text} ${noun}` };
}

/** Name, number and unit in one phrase: { zh: '距上次下单 120 天', en: 'Days since last order: 120 days' } without repeating the meaning. */
export function describeFeature(definition: Pick<FeatureDefinition, 'unit' | 'label'>, value: number): Bilingual {
  const said = formatValue(definition, value);
  return { zh: `${definition.label.zh}：${said.zh}`, en: `${definition.label.en}: ${said.en}` };
}
