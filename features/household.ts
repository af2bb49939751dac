/** What the household said about itself, in bands. Attributes have no history: they are the latest known, and missing for most customers of most shops. */
import { add, attributeIs, constant } from '../src/features/define.ts';
import type { Expression } from '../src/features/expression.ts';
import { declareIn } from './words.ts';

const declare = declareIn('household');

/** Place of a band among `bands`, 0 = first: how many of the later bands the attribute has reached. */
const place = (key: string, bands: readonly string[]): Expression =>
  bands.slice(1).reduce<Expression>((sum, _, i) => add(sum, attributeIs(key, ...bands.slice(i + 1))), constant(0));

const AGES = ['19-24', '25-34', '35-44', '45-54', '55-64', '65+'];
const INCOMES = ['Under 15K', '15-24K', '25-34K', '35-49K', '50-74K', '75-99K', '100-124K', '125-149K', '150-174K', '175-199K', '200-249K', '250K+'];

export const HOUSEHOLD = [
  declare('household_age_band', 'score', ['年龄段', 'Age band'], ['从 19–24 岁起的第几个年龄段，从 0 数起', 'Place of the age band, 0 = 19 to 24.'], place('age', AGES), 'missing'),
  declare('household_income_band', 'score', ['收入段', 'Income band'], ['从低到高的第几个收入段，从 0 数起', 'Place of the income band from low to high, 0 = lowest.'], place('income', INCOMES), 'missing'),
  declare('household_people', 'score', ['家庭人数段', 'People in the household'], ['家庭人数减一，五人及以上算作 4', 'People in the household minus one; 4 stands for five or more.'], place('household_size', ['1', '2', '3', '4', '5+']), 'missing'),
  declare('household_kids', 'score', ['孩子数', 'Children'], ['孩子数，三个及以上算作 3', 'Children in the household; 3 stands for three or more.'], place('kids_count', ['0', '1', '2', '3+']), 'missing'),
  declare('household_owns_home', 'score', ['自有住房', 'Owns the home'], ['自有住房为 1，否则为 0', '1 where the household owns its home, otherwise 0.'], attributeIs('home_ownership', 'Homeowner', 'Probable Homeowner'), 'missing'),
  declare('household_married', 'score', ['已婚', 'Married'], ['已婚为 1，否则为 0', '1 where the household is a married couple, otherwise 0.'], attributeIs('marital_status', 'Married'), 'missing'),
];
