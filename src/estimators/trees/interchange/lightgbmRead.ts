/**
 * LightGBM text models (versions 3 and 4) as forests that give the same predictions: `Tree::Predict`, `Tree::CategoricalDecision` and
 * `ObjectiveFunction::ConvertOutput` of LightGBM.
 */
import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest, type Link } from '../forest.ts';
import { parseLightgbmText, type Block } from './lightgbmText.ts';
import { damaged, forestOf, LIMITS, type SourceTree } from './sourceTree.ts';

const FORMAT = 'LightGBM';

/** Bits of `decision_type`: 1 categorical, 2 missing goes left, then the missing type. */
const MISSING_TYPE = { none: 0, zero: 1, nan: 2 } as const;

/** Link and factor of the scores by objective, with what stands behind its name. */
function linkOf(objective: readonly string[], outputs: number): { readonly link: Link; readonly scale: number } {
  const [name = 'regression', ...options] = objective;
  const option = (key: string): number | undefined => {
    const found = options.find((one) => one.startsWith(`${key}:`));
    return found === undefined ? undefined : Number(found.slice(key.length + 1));
  };
  const sigmoid = option('sigmoid') ?? 1;
  if (!(sigmoid > 0 && sigmoid < Infinity)) throw damaged(FORMAT, `the objective ${name} has the sigmoid ${sigmoid}`);
  const links: Readonly<Record<string, Link>> = {
    regression: options.includes('sqrt') ? 'signed_square' : 'identity', regression_l1: 'identity', huber: 'identity', fair: 'identity', quantile: 'identity', mape: 'identity',
    lambdarank: 'identity', rank_xendcg: 'identity', custom: 'identity', none: 'identity',
    poisson: 'exp', gamma: 'exp', tweedie: 'exp', binary: 'logistic', cross_entropy: 'logistic', cross_entropy_lambda: 'softplus', multiclass: 'softmax', multiclassova: 'logistic',
  };
  const link = Object.hasOwn(links, name) ? links[name] : undefined;
  if (link === undefined) throw damaged(FORMAT, `the objective "${name.slice(0, 40)}" is not known; it can be ${Object.keys(links).join(', ')}`);
  const several = name === 'multiclass' || name === 'multiclassova';
  if (several !== outputs > 1 && name !== 'none' && name !== 'custom') throw damaged(FORMAT, `${outputs} trees per iteration do not go with the objective ${name}`);
  return { link, scale: name === 'binary' || name === 'multiclassova' ? sigmoid : 1 };
}

/** Names of categories by column, from what pandas wrote; codes as text where it wrote nothing or for another number of columns. */
function categoryNames(header: Block, width: number, pandas: unknown): (column: number, most: number) => readonly string[] {
  const infos = header.has('feature_infos') ? header.words('feature_infos') : [];
  const categorical = infos.flatMap((info, column) => (info !== 'none' && !info.startsWith('[') && column < width ? [column] : []));
  const lists: readonly unknown[] = Array.isArray(pandas) && pandas.length === categorical.length ? pandas : [];
  return (column, most) => {
    const list = lists[categorical.indexOf(column)];
    const named: unknown[] = Array.isArray(list) ? list : [];
    const texts = named.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    if (texts.length > most && new Set(texts).size === texts.length) return texts;
    return Array.from({ length: most + 1 }, (_, code) => String(code));
  };
}

function flagsOf(decision: number, threshold: number, where: string): number {
  if (decision < 0 || decision > 15 || decision >> 2 > MISSING_TYPE.nan) throw damaged(FORMAT, `${where} has the decision type ${decision}`);
  // A missing category is in no set.
  if ((decision & 1) === 1) return CATEGORICAL;
  const defaultLeft = (decision & 2) === 2;
  const type = decision >> 2;
  // Without a missing type a missing value counts as 0.
  if (type === MISSING_TYPE.none) return threshold >= 0 ? MISSING_LEFT : 0;
  return (defaultLeft ? MISSING_LEFT : 0) | (type === MISSING_TYPE.zero ? ZERO_IS_MISSING : 0);
}

function treeOf(block: Block): SourceTree {
  const leaves = block.integer('num_leaves', 1, LIMITS.nodes);
  if (block.has('is_linear') && block.integer('is_linear', 0, 1) === 1) throw damaged(FORMAT, `${block.name} has linear models in its leaves (linear_tree), which are not read`);
  const splits = leaves - 1;
  const leafValue = block.numbers('leaf_value', leaves);
  // A tree of one leaf has no counts; older files may have none at all.
  const leafCover = splits > 0 && block.has('leaf_count') ? block.numbers('leaf_count', leaves) : new Float64Array(leaves).fill(1);
  const none = { column: [], threshold: [], flags: [], left: [], right: [], leafValue, leafCover, set: () => new Int32Array(0) };
  if (splits === 0) return none;
  const sets = block.has('num_cat') ? block.integer('num_cat', 0, splits) : 0;
  const bounds = sets === 0 ? new Int32Array(1) : block.integers('cat_boundaries', sets + 1);
  const words = sets === 0 ? new Float64Array(0) : block.numbers('cat_threshold', bounds[sets]);
  const threshold = block.numbers('threshold', splits);
  const decision = block.integers('decision_type', splits);
  return {
    column: block.integers('split_feature', splits), threshold, left: block.integers('left_child', splits), right: block.integers('right_child', splits), leafValue, leafCover,
    flags: decision.map((one, split) => flagsOf(one, threshold[split], `${block.name}: split ${split}`)),
    set: (split) => {
      const set = threshold[split];
      const [from, to] = [bounds[set], bounds[set + 1]];
      if (!(from >= 0 && to > from && to <= words.length)) throw damaged(FORMAT, `${block.name}: split ${split} names the set ${set} of ${sets}`);
      const bits = Int32Array.from(words.subarray(from, to), (word) => word | 0);
      const end = bits.findLastIndex((word) => word !== 0) + 1;
      if (end === 0) throw damaged(FORMAT, `${block.name}: the set of split ${split} is empty`);
      return bits.slice(0, end);
    },
  };
}

export interface LightgbmModel {
  readonly forest: Forest;
  /** First word of the objective: `binary`, `tweedie`, … */
  readonly objective: string;
  /** All columns of the training table, also those that no split reads. */
  readonly columns: readonly string[];
}

/** @throws AppError `artefact_invalid` naming line, tree or field. */
export function readLightgbm(text: string): LightgbmModel {
  const { header, trees, pandasCategorical } = parseLightgbmText(text);
  const version = header.text('version');
  if (version !== 'v3' && version !== 'v4') throw damaged(FORMAT, `the header says version ${version.slice(0, 20)}; v3 and v4 are read`);
  const outputs = header.integer('num_tree_per_iteration', 1, LIMITS.outputs);
  const width = header.integer('max_feature_idx', 0, LIMITS.columns - 1) + 1;
  const columns = header.words('feature_names');
  if (columns.length !== width || new Set(columns).size !== width) throw damaged(FORMAT, `${columns.length} feature names (${new Set(columns).size} distinct) for ${width} features`);
  if (trees.length % outputs !== 0) throw damaged(FORMAT, `${trees.length} trees are not as many for each of ${outputs} outputs`);
  const objective = header.has('objective') ? header.words('objective') : ['none'];
  const { link, scale } = linkOf(objective, outputs);
  // A random forest averages its trees.
  const average = header.has('average_output') ? Math.max(1, trees.length / outputs) : 1;
  const forest = forestOf({ format: FORMAT, columns, categories: categoryNames(header, width, pandasCategorical), trees: trees.map(treeOf), outputs, base: new Float64Array(outputs), link, scale: scale / average });
  return { forest, objective: objective[0] ?? 'none', columns };
}
