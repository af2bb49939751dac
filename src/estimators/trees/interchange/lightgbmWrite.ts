/** Forests as LightGBM text models (version 4), so that a model trained here opens in LightGBM and whatever reads its files. */
import { AppError } from '../../../base/errors.ts';
import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest } from '../forest.ts';

const OBJECTIVES: Readonly<Record<Forest['link'], string>> = {
  identity: 'regression', logistic: 'binary sigmoid:1', exp: 'poisson', softmax: 'multiclass', signed_square: 'regression sqrt', softplus: 'cross_entropy_lambda',
};

/** What LightGBM calls an objective that predicts through this link, unless a name is given. */
function objectiveText({ link, outputs }: Forest, name: string | undefined): string {
  if (outputs > 1 && link !== 'softmax' && link !== 'logistic') {
    throw new AppError('invalid_input', `LightGBM has no objective of ${outputs} outputs with the link ${link}.`, { hint: 'Write models of one output, or of classes.' });
  }
  if (outputs > 1) return link === 'logistic' ? `multiclassova num_class:${outputs} sigmoid:1` : `multiclass num_class:${outputs}`;
  return name ?? OBJECTIVES[link];
}

/**
 * The text of a model that gives the same scores. Base scores go into the first tree of each output. Covers become row counts, scaled up first where weights
 * are no integers. A categorical split that sends missing values left is turned round, and unseen categories, which LightGBM cannot tell from missing
 * ones, follow them.
 * @param objective LightGBM's name for the objective, where the link alone does not say it (`tweedie`, `gamma`)
 * @throws AppError `invalid_input` for column names that LightGBM cannot hold, and for several outputs that are no classes.
 */
export function writeLightgbm(forest: Forest, objective?: string): string {
  const { columns, outputs, starts } = forest;
  const bad = columns.find((name) => /[\s=]/.test(name) || name === '');
  if (bad !== undefined) throw new AppError('invalid_input', `LightGBM cannot hold the column name "${bad.slice(0, 60)}": it must have no spaces and no "=".`, { hint: 'Rename the feature and train again.' });
  const trees = starts.length - 1 === 0 ? Array.from({ length: outputs }, (_, t) => stump(t, forest.base[t])) : Array.from({ length: starts.length - 1 }, (_, t) => treeText(forest, t));
  const names = columns.length === 0 ? ['none'] : columns;
  const header = [
    'tree', 'version=v4', `num_class=${outputs}`, `num_tree_per_iteration=${outputs}`, 'label_index=0', `max_feature_idx=${names.length - 1}`, `objective=${objectiveText(forest, objective)}`,
    `feature_names=${names.join(' ')}`, `feature_infos=${columns.length === 0 ? 'none' : featureInfos(forest).join(' ')}`, `tree_sizes=${trees.map((tree) => Buffer.byteLength(tree)).join(' ')}`, '', '',
  ].join('\n');
  const categories = forest.categories.filter((list) => list !== null);
  return `${header}${trees.join('')}end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n${categories.length === 0 ? '' : `\npandas_categorical:${JSON.stringify(categories)}\n`}`;
}

function stump(t: number, value: number): string {
  return `Tree=${t}\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\nleft_child=\nright_child=\nleaf_value=${value}\nleaf_weight=\nleaf_count=\ninternal_value=\ninternal_weight=\ninternal_count=\nis_linear=0\nshrinkage=1\n\n\n`;
}

function featureInfos({ columns, categories, nodes }: Forest): string[] {
  const least = new Float64Array(columns.length).fill(Infinity);
  const most = new Float64Array(columns.length).fill(-Infinity);
  for (let i = 0; i < nodes.column.length; i++) {
    const column = nodes.column[i];
    if (column < 0 || (nodes.flags[i] & CATEGORICAL) !== 0) continue;
    least[column] = Math.min(least[column], nodes.threshold[i]);
    most[column] = Math.max(most[column], nodes.threshold[i]);
  }
  return categories.map((list, c) => (list === null ? (least[c] <= most[c] ? `[${least[c]}:${most[c]}]` : 'none') : list.map((_, code) => code).join(':')));
}

function treeText(forest: Forest, t: number): string {
  const { starts, nodes, outputs, base } = forest;
  const [from, to] = [starts[t], starts[t + 1]];
  const added = t < outputs ? base[t] : 0;
  if (to - from === 1) return stump(t, nodes.value[from] + added);
  // Splits and leaves are numbered in the order of the nodes.
  const place = new Int32Array(to - from);
  let [splits, leaves] = [0, 0];
  for (let i = from; i < to; i++) place[i - from] = nodes.column[i] >= 0 ? splits++ : ~leaves++;
  const inner = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => nodes.column[i] >= 0);
  const outer = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => nodes.column[i] < 0);
  const sets = inner.filter((i) => (nodes.flags[i] & CATEGORICAL) !== 0).map((i) => wordsOf(forest, i));
  const turned = (i: number): number => ((nodes.flags[i] & (CATEGORICAL | MISSING_LEFT)) === (CATEGORICAL | MISSING_LEFT) ? 1 : 0);
  let set = 0;
  const count = counter(nodes.cover.subarray(from, to));
  const row = (name: string, values: readonly (number | string)[]): string => `${name}=${values.join(' ')}`;
  const bounds = sets.reduce<number[]>((ends, words) => [...ends, ends[ends.length - 1] + words.length], [0]);
  return [
    `Tree=${t}`, `num_leaves=${leaves}`, `num_cat=${sets.length}`,
    row('split_feature', inner.map((i) => nodes.column[i])), row('split_gain', inner.map(() => 0)),
    row('threshold', inner.map((i) => ((nodes.flags[i] & CATEGORICAL) !== 0 ? set++ : nodes.threshold[i]))),
    row('decision_type', inner.map((i) => decisionType(nodes.flags[i]))),
    row('left_child', inner.map((i) => place[nodes.left[i] + turned(i) - from])), row('right_child', inner.map((i) => place[nodes.left[i] + 1 - turned(i) - from])),
    row('leaf_value', outer.map((i) => nodes.value[i] + added)), row('leaf_weight', outer.map((i) => nodes.cover[i])), row('leaf_count', outer.map(count)),
    row('internal_value', inner.map(() => 0)), row('internal_weight', inner.map((i) => nodes.cover[i])), row('internal_count', inner.map(count)),
    ...(sets.length === 0 ? [] : [row('cat_boundaries', bounds), row('cat_threshold', sets.flat())]),
    'is_linear=0', 'shrinkage=1', '', '', '',
  ].join('\n');

  function counter(covers: Float64Array): (node: number) => number {
    const whole = covers.every((cover) => Number.isInteger(cover) && cover < 2 ** 31);
    const scale = whole ? 1 : 2 ** 30 / covers[0];
    return (node) => Math.max(1, Math.round(nodes.cover[node] * scale));
  }
}

/** Missing values: `nan` unless zero counts as missing, with the side that they take. */
function decisionType(flags: number): number {
  if ((flags & CATEGORICAL) !== 0) return 1 | (2 << 2);
  return ((flags & MISSING_LEFT) !== 0 ? 2 : 0) | ((flags & ZERO_IS_MISSING) !== 0 ? 1 << 2 : 2 << 2);
}

/** Words of the categories that go left, as unsigned numbers; of a split that is turned round, the known categories that went right. */
function wordsOf({ nodes, sets, categories }: Forest, node: number): number[] {
  const set = nodes.threshold[node];
  const own = sets.words.subarray(sets.starts[set], sets.starts[set + 1]);
  if ((nodes.flags[node] & MISSING_LEFT) === 0) return Array.from(own, (word) => word >>> 0);
  const known = categories[nodes.column[node]]?.length ?? 0;
  const words = new Uint32Array(Math.max(1, Math.ceil(known / 32)));
  for (let code = 0; code < known; code++) if (((own[code >> 5] ?? 0) >>> (code & 31) & 1) === 0) words[code >> 5] |= 1 << (code & 31);
  return Array.from(words);
}
