/**
 * XGBoost models saved as JSON (`save_model('model.json')`, versions 1.x to 3.x) as forests. XGBoost compares in single precision and strictly, so each
 * threshold becomes the largest double that still goes left there. Its scores are sums of floats; ours are sums of the same leaf values in double precision.
 */
import { CATEGORICAL, MISSING_LEFT, type Forest, type Link } from '../forest.ts';
import { fieldsOf, listOf, numberOf, numbersOf, type Fields } from './xgboostFields.ts';
import { categoryNames, treesOfBest } from './xgboostModel.ts';
import { damaged, forestOf, LIMITS, type SourceTree } from './sourceTree.ts';

const FORMAT = 'XGBoost';

/** Where `base_score` stands: XGBoost keeps it on the scale of the prediction and starts from its inverse link. */
const LINK_OF: Readonly<Record<string, Link>> = {
  'binary:logistic': 'logistic', 'reg:logistic': 'logistic', 'binary:logitraw': 'identity', 'multi:softprob': 'softmax', 'multi:softmax': 'softmax',
  'reg:squarederror': 'identity', 'reg:linear': 'identity', 'reg:squaredlogerror': 'identity', 'reg:absoluteerror': 'identity', 'reg:quantileerror': 'identity', 'reg:pseudohubererror': 'identity',
  'rank:pairwise': 'identity', 'rank:ndcg': 'identity', 'rank:map': 'identity',
  'count:poisson': 'exp', 'reg:gamma': 'exp', 'reg:tweedie': 'exp', 'survival:cox': 'exp', 'survival:aft': 'exp',
};

/** `5E-1`, `[5E-1]` or `[1E-1,2E-1,…]`: one number for all outputs or one each. */
function baseScores(text: unknown, outputs: number): Float64Array {
  const where = 'learner.learner_model_param.base_score';
  const parts = String(text).trim().replace(/^\[/, '').replace(/\]$/, '').split(',').map((part) => Math.fround(numberOf(part, where)));
  if (parts.length !== 1 && parts.length !== outputs) throw damaged(FORMAT, `${where} has ${parts.length} values for ${outputs} outputs`);
  return Float64Array.from({ length: outputs }, (_, k) => parts[parts.length === 1 ? 0 : k]);
}

function marginOf(link: Link, base: number): number {
  if (link === 'logistic') {
    if (!(base > 0 && base < 1)) throw damaged(FORMAT, `base_score ${base} is no probability between 0 and 1`);
    return Math.log(base / (1 - base));
  }
  if (link !== 'exp') return base;
  if (!(base > 0)) throw damaged(FORMAT, `base_score ${base} must be above 0`);
  return Math.log(base);
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);
const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);

/** Beyond the largest float comes 2¹²⁸ as far as rounding is concerned, though it is written as infinity. */
const asIfFinite = (value: number): number => (Number.isFinite(value) ? value : Math.sign(value) * 2 ** 128);

/** The largest double that, rounded to single precision, is below `threshold` (ties round to the even neighbour). */
export function largestBelow(threshold: number): number {
  single[0] = threshold;
  const above = single[0];
  if (above === 0) singleBits[0] = -2147483647;
  else singleBits[0] += above > 0 ? -1 : 1;
  const even = (singleBits[0] & 1) === 0;
  const middle = (asIfFinite(single[0]) + asIfFinite(above)) / 2;
  if (even) return middle;
  double[0] = middle;
  doubleBits[0] += middle > 0 ? -1n : 1n;
  return double[0];
}

/** Bits of the categories of each categorical node. */
function setsOf(tree: Fields, where: string, nodes: number): Map<number, Int32Array> {
  const sets = new Map<number, Int32Array>();
  if (tree.categories_nodes === undefined) return sets;
  const owners = numbersOf(tree.categories_nodes, `${where}.categories_nodes`);
  const segments = numbersOf(tree.categories_segments, `${where}.categories_segments`, owners.length);
  const sizes = numbersOf(tree.categories_sizes, `${where}.categories_sizes`, owners.length);
  const all = numbersOf(tree.categories, `${where}.categories`);
  owners.forEach((node, k) => {
    const codes = all.subarray(segments[k], segments[k] + sizes[k]);
    if (!(node >= 0 && node < nodes) || !(sizes[k] > 0) || codes.length !== sizes[k]) throw damaged(FORMAT, `${where}: the categories of node ${node} are not there`);
    const most = codes.reduce((a, b) => Math.max(a, b), 0);
    if (codes.some((code) => !Number.isInteger(code) || code < 0) || most >= LIMITS.categories) throw damaged(FORMAT, `${where}: node ${node} has a category that is no code below ${LIMITS.categories}`);
    const bits = new Int32Array((most >> 5) + 1);
    for (const code of codes) bits[code >> 5] |= 1 << (code & 31);
    sets.set(node, bits);
  });
  return sets;
}

function treeOf(value: unknown, t: number): SourceTree {
  const where = `learner.gradient_booster.model.trees[${t}]`;
  const tree = fieldsOf(value, where);
  const params = fieldsOf(tree.tree_param ?? {}, `${where}.tree_param`);
  if (params.size_leaf_vector !== undefined && numberOf(params.size_leaf_vector, `${where}.tree_param.size_leaf_vector`) > 1) throw damaged(FORMAT, `${where}: leaves that hold several numbers (multi_strategy=multi_output_tree) are not read`);
  const left = numbersOf(tree.left_children, `${where}.left_children`);
  const nodes = left.length;
  if (nodes === 0 || nodes > LIMITS.nodes) throw damaged(FORMAT, `${where}: ${nodes} nodes`);
  const right = numbersOf(tree.right_children, `${where}.right_children`, nodes);
  const condition = numbersOf(tree.split_conditions, `${where}.split_conditions`, nodes);
  const column = numbersOf(tree.split_indices, `${where}.split_indices`, nodes);
  const defaultLeft = numbersOf(tree.default_left, `${where}.default_left`, nodes);
  const cover = numbersOf(tree.sum_hessian, `${where}.sum_hessian`, nodes);
  const types = tree.split_type === undefined ? new Float64Array(nodes) : numbersOf(tree.split_type, `${where}.split_type`, nodes);
  const sets = setsOf(tree, where, nodes);
  const splits = Array.from(left.keys()).filter((node) => left[node] !== -1);
  const leaves = Array.from(left.keys()).filter((node) => left[node] === -1);
  const place = new Map<number, number>([...splits.map((node, k): [number, number] => [node, k]), ...leaves.map((node, k): [number, number] => [node, ~k])]);
  const childOf = (node: number, child: number): number => {
    const at = place.get(child);
    // The root is nobody's child; forestOf finds whatever else is no tree.
    if (at === undefined || child === 0) throw damaged(FORMAT, `${where}: node ${node} has the child ${child} of ${nodes} nodes`);
    return at;
  };
  const categorical = splits.map((node) => types[node] === 1);
  return {
    column: splits.map((node) => column[node]), threshold: splits.map((node) => largestBelow(condition[node])),
    // The categories named go right there; here the named ones go left, so the sides change places.
    flags: splits.map((node, k) => (categorical[k] ? CATEGORICAL | (defaultLeft[node] === 1 ? 0 : MISSING_LEFT) : defaultLeft[node] === 1 ? MISSING_LEFT : 0)),
    left: splits.map((node, k) => childOf(node, categorical[k] ? right[node] : left[node])), right: splits.map((node, k) => childOf(node, categorical[k] ? left[node] : right[node])),
    leafValue: leaves.map((node) => condition[node]), leafCover: leaves.map((node) => Math.max(cover[node], 1e-16)),
    set: (split) => sets.get(splits[split]) ?? new Int32Array(0),
  };
}

export interface XgboostModel {
  readonly forest: Forest;
  readonly objective: string;
  readonly columns: readonly string[];
}

/** Tree i of output k at i · outputs + k, in the order in which each output's trees were grown. */
function byOutput(info: Float64Array, outputs: number): number[] {
  const own: number[][] = Array.from({ length: outputs }, () => []);
  info.forEach((output, t) => {
    if (!Number.isInteger(output) || output < 0 || output >= outputs) throw damaged(FORMAT, `tree ${t} belongs to output ${output} of ${outputs}`);
    own[output].push(t);
  });
  if (own.some((trees) => trees.length !== own[0].length)) throw damaged(FORMAT, `the outputs have different numbers of trees: ${own.map((trees) => trees.length).slice(0, 10).join(', ')}`);
  return Array.from(info.keys(), (at) => own[at % outputs][Math.floor(at / outputs)]);
}

/** @throws AppError `artefact_invalid` naming the field. */
export function readXgboost(text: string): XgboostModel {
  if (text.length > LIMITS.text) throw damaged(FORMAT, `${text.length} characters are more than ${LIMITS.text}`);
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    throw damaged(FORMAT, 'it is no JSON (models in UBJSON or the old binary format: load them with XGBoost and save_model("model.json"))');
  }
  const learner = fieldsOf(fieldsOf(plain, 'the top').learner, 'learner');
  const objective = String(fieldsOf(learner.objective, 'learner.objective').name);
  const link = Object.hasOwn(LINK_OF, objective) ? LINK_OF[objective] : undefined;
  if (link === undefined) throw damaged(FORMAT, `the objective "${objective.slice(0, 40)}" is not known; it can be ${Object.keys(LINK_OF).join(', ')}`);
  const booster = fieldsOf(learner.gradient_booster, 'learner.gradient_booster');
  if (booster.name !== 'gbtree') throw damaged(FORMAT, `the booster is "${String(booster.name).slice(0, 20)}"; only gbtree is read (weights of dropped trees and linear boosters are not)`);
  const params = fieldsOf(learner.learner_model_param, 'learner.learner_model_param');
  const param = (name: string, otherwise: number): number => (params[name] === undefined ? otherwise : numberOf(params[name], `learner.learner_model_param.${name}`));
  const outputs = Math.max(1, param('num_class', 0), param('num_target', 1));
  const width = param('num_feature', 0);
  if (!Number.isInteger(outputs) || outputs > LIMITS.outputs) throw damaged(FORMAT, `${outputs} outputs are more than ${LIMITS.outputs}`);
  if (!Number.isInteger(width) || width < 0 || width > LIMITS.columns) throw damaged(FORMAT, `num_feature is ${width}; it must be an integer up to ${LIMITS.columns}`);
  const given = listOf(learner.feature_names ?? [], 'learner.feature_names').map(String);
  const columns = given.length > 0 ? given : Array.from({ length: width }, (_, c) => `f${c}`);
  if (columns.length !== width || new Set(columns).size !== width) throw damaged(FORMAT, `${columns.length} feature names (${new Set(columns).size} distinct) for ${width} features`);
  const model = fieldsOf(booster.model, 'learner.gradient_booster.model');
  const kept = treesOfBest(model, learner);
  const trees = listOf(model.trees, 'learner.gradient_booster.model.trees').slice(0, kept).map(treeOf);
  const order = byOutput(numbersOf(listOf(model.tree_info, 'learner.gradient_booster.model.tree_info').slice(0, kept), 'learner.gradient_booster.model.tree_info', trees.length), outputs);
  const named = categoryNames(model);
  const base = baseScores(params.base_score ?? '0.5', outputs).map((one) => marginOf(link, one));
  const forest = forestOf({ format: FORMAT, columns, categories: (column, most) => named(column, most) ?? Array.from({ length: most + 1 }, (__, code) => String(code)), trees: order.map((t) => trees[t]), outputs, base, link });
  return { forest, objective, columns };
}
