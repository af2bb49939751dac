/** What the target column asks for, and its values: a class, a count, an amount or any number. */
import { AppError } from '../../base/errors.ts';
import { moments } from '../../math/stats/index.ts';
import { factsOf, levelCounts, levelPlaces } from './kinds.ts';
import type { RawColumn } from './rawTable.ts';

export const TABLE_TASKS = ['binary', 'multiclass', 'count', 'amount', 'number'] as const;
export type TableTask = (typeof TABLE_TASKS)[number];

export interface TableTarget {
  readonly task: TableTask;
  /** One per row of the file; NaN where the target is missing. `binary`: 1 is the positive label; `multiclass`: position in `classes`. */
  readonly y: Float64Array;
  /** Labels: of `binary` the negative and the positive one, of `multiclass` all of them. */
  readonly classes?: readonly string[];
}

export interface TargetWish {
  readonly task?: TableTask;
  /** Label that counts as 1. */
  readonly positive?: string;
}

/** Words that mean "it happened", whichever of the two labels is the rarer. */
const POSITIVE = new Set(['1', 'yes', 'y', 'true', 't', 'positive', '是', '有', '真', 'churned', 'churn', '流失', '已流失']);
const NEGATIVE = new Set(['0', 'no', 'n', 'false', 'f', 'negative', '否', '无', '假', '-1', '未流失', '留存']);
const NO_ANSWER = new Set(['none', 'nil', 'unknown', 'unk', 'missing', 'not available', '-', '--', '.', '未知', '缺失', '空', '不详']);
const MOST_CLASSES = 100;
/** Distinct whole numbers up to which they are classes and not a count. */
const MOST_NUMBERED_CLASSES = 5;
const MOST_COUNT = 1000;

/**
 * Two labels: binary; the positive one is the wish, else the one that says "yes", else the rarer one. More texts: classes. Whole numbers: up to five distinct
 * values are classes, more from 0 on a count. Other numbers: an amount when none is negative and they are skewed or often 0, else any number.
 * @throws AppError `bad_data`, `invalid_input`
 */
export function targetOf(given: RawColumn, rows: number, wish: TargetWish = {}): TableTarget {
  const column = yesAndNo(wish.task === 'multiclass' ? given : withoutNoAnswer(given));
  const facts = factsOf(column, rows);
  const counts = levelCounts(column, rows);
  const fault = (message: string, hint: string): AppError => new AppError('bad_data', `The target "${column.name}" ${message}.`, { hint });
  if (counts.size < 2) throw fault(counts.size === 0 ? 'is empty in every row' : 'is the same in every row', 'Name another column with --target.');
  const task = wish.task ?? inferredTask(column, facts, counts, rows);
  if (wish.positive !== undefined && task !== 'binary') throw new AppError('invalid_input', `--positive needs a target with two labels; "${column.name}" has ${counts.size}.`, { hint: 'Leave --positive out.' });
  if (task === 'binary' || task === 'multiclass') {
    const labels = [...counts.keys()].sort();
    if (task === 'binary' && labels.length !== 2) throw fault(`has ${labels.length} labels, not two`, 'Choose --task multiclass, or another target.');
    if (labels.length > MOST_CLASSES) throw fault(`has ${labels.length} different texts`, `A target of classes may have ${MOST_CLASSES}. Name another column with --target.`);
    const classes = task === 'binary' ? ordered(labels, counts, wish.positive, column.name) : labels;
    const { values, levels } = levelPlaces(column, classes);
    return { task, classes, y: levels.length > classes.length ? values.map((place) => (place < classes.length ? place : Number.NaN)) : values };
  }
  if (facts.texts > 0.02 * rows) throw fault('holds texts that are no numbers', 'Clean the column, or choose --task multiclass.');
  if (task !== 'number' && facts.min < 0) throw fault(`holds negative numbers, so it is no ${task}`, 'Choose --task number.');
  if (task === 'count' && !facts.whole) throw fault('holds fractions, so it is no count', 'Choose --task amount or --task number.');
  return { task, y: Float64Array.from(column.numbers) };
}

/** Words for no answer at all are no third class beside yes and no, and no class beside numbers. */
function withoutNoAnswer(column: RawColumn): RawColumn {
  const { texts, places, numbers } = column;
  const answers = texts.filter((text) => !NO_ANSWER.has(text.toLowerCase()));
  const none = texts.map((text) => NO_ANSWER.has(text.toLowerCase()));
  const folded = [...new Set(answers.map((text) => text.toLowerCase()))];
  const twoWords = folded.length === 2 && folded.some((text) => POSITIVE.has(text)) && folded.some((text) => NEGATIVE.has(text)) && !numbers.some((value) => value === value);
  if (places === undefined || answers.length === texts.length || !(twoWords || answers.length === 0)) return column;
  return { ...column, places: places.map((place) => (place >= 0 && none[place] ? -1 : place)) };
}

/** TRUE, true and True are one answer: words for yes and no are told apart without their case, where that leaves one of each. */
function yesAndNo(column: RawColumn): RawColumn {
  const { texts, places } = column;
  const held = new Set(places);
  const used = texts.filter((_, place) => held.has(place));
  const folded = [...new Set(used.map((text) => text.toLowerCase()))];
  if (places === undefined || folded.length !== 2 || used.length === 2) return column;
  const [yes, no] = [folded.find((text) => POSITIVE.has(text)), folded.find((text) => NEGATIVE.has(text))];
  if (yes === undefined || no === undefined || column.numbers.some((value) => value === value)) return column;
  return { ...column, texts: folded, places: places.map((place) => (place < 0 ? place : folded.indexOf(texts[place].toLowerCase()))) };
}

function inferredTask(column: RawColumn, facts: ReturnType<typeof factsOf>, counts: ReadonlyMap<string, number>, rows: number): TableTask {
  if (counts.size === 2) return 'binary';
  if (facts.texts > 0.02 * rows) return 'multiclass';
  if (facts.whole && facts.distinctNumbers <= MOST_NUMBERED_CLASSES) return 'multiclass';
  if (facts.min < 0) return 'number';
  if (facts.whole && facts.min === 0 && facts.max <= MOST_COUNT) return 'count';
  const known = column.numbers.subarray(0, rows).filter((value) => value === value);
  const zeros = known.filter((value) => value === 0).length;
  return zeros > 0.02 * known.length || moments(known, new Float64Array(known.length).fill(1)).skewness > 2 ? 'amount' : 'number';
}

/** Negative label first. */
function ordered(labels: readonly string[], counts: ReadonlyMap<string, number>, positive: string | undefined, name: string): [string, string] {
  const [a, b] = [labels[0] ?? '', labels[1] ?? ''];
  if (positive !== undefined) {
    if (positive !== a && positive !== b) throw new AppError('invalid_input', `The target "${name}" has no label "${positive.slice(0, 40)}".`, { hint: `Its labels are "${a.slice(0, 40)}" and "${b.slice(0, 40)}".` });
    return positive === b ? [a, b] : [b, a];
  }
  const says = (label: string): number => (POSITIVE.has(label.toLowerCase()) ? 1 : NEGATIVE.has(label.toLowerCase()) ? -1 : 0);
  if (says(a) !== says(b)) return says(b) > says(a) ? [a, b] : [b, a];
  return (counts.get(b) ?? 0) <= (counts.get(a) ?? 0) ? [a, b] : [b, a];
}
