/** What an ONNX file asks for, read from its bytes before any runtime sees them: operators, inputs, outputs, data elsewhere. Field numbers are those of onnx.proto3. */
import { fieldsOf, messages, textOf } from './protobuf.ts';

/** Largest file. */
export const MOST_BYTES = 64 * 1024 * 1024;

/** Operators that map numbers to numbers, row by row: no loops, no branches, no random numbers, no state. */
const OPERATORS = new Set([
  'TreeEnsemble', 'TreeEnsembleClassifier', 'TreeEnsembleRegressor', 'LinearClassifier', 'LinearRegressor', 'SVMClassifier', 'SVMRegressor', 'Scaler', 'Imputer', 'Normalizer', 'Binarizer', 'ArrayFeatureExtractor', 'FeatureVectorizer',
  'OneHotEncoder', 'LabelEncoder', 'Identity', 'Cast', 'Constant', 'ConstantOfShape', 'Shape', 'Reshape', 'Flatten', 'Concat', 'Slice', 'Split', 'Gather', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile',
  'Add', 'Sub', 'Mul', 'Div', 'Neg', 'Abs', 'Pow', 'Sqrt', 'Exp', 'Log', 'Max', 'Min', 'Clip', 'Sign', 'Floor', 'Ceil', 'Round', 'Reciprocal', 'MatMul', 'Gemm', 'BatchNormalization', 'LayerNormalization', 'Dropout',
  'Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Gelu', 'HardSigmoid', 'Sigmoid', 'Softmax', 'LogSoftmax', 'Softplus', 'Tanh', 'Erf', 'ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ArgMax', 'ArgMin',
  'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Not', 'Where', 'IsNaN', 'IsInf',
]);
const DOMAINS = new Set(['', 'ai.onnx', 'ai.onnx.ml']);

export interface OnnxInputs {
  readonly name: string;
  /** Columns per row, undefined where the file does not say. */
  readonly width: number | undefined;
}

export interface OnnxSummary {
  readonly inputs: readonly OnnxInputs[];
  /** Outputs that are tensors of float or double, in the file's order. */
  readonly outputs: readonly string[];
  /** A tree regressor asks for a logistic transform, which runtimes leave out. */
  readonly logisticRegressor: boolean;
}

const FLOAT = 1;
const DOUBLE = 11;

/** The file, or what keeps it from being read. */
export function inspectOnnx(bytes: Uint8Array): OnnxSummary | { readonly problem: string } {
  if (bytes.length > MOST_BYTES) return { problem: `${bytes.length} bytes; at most ${MOST_BYTES} are read` };
  try {
    const model = fieldsOf(bytes);
    if (messages(model, 25).length > 0) return { problem: 'it defines functions of its own' };
    const [graphBytes] = messages(model, 7);
    if (graphBytes === undefined) return { problem: 'it has no graph' };
    const graph = fieldsOf(graphBytes);
    let logisticRegressor = false;
    for (const [i, nodeBytes] of messages(graph, 1).entries()) {
      const node = fieldsOf(nodeBytes);
      const [operator, domain] = [textOf(node, 4), textOf(node, 7)];
      if (operator === 'ZipMap') return { problem: 'it answers maps instead of numbers (ZipMap): convert it with the option zipmap=False' };
      if (!OPERATORS.has(operator) || !DOMAINS.has(domain)) return { problem: `node ${i} is the operator ${domain === '' ? '' : `${domain}.`}${operator.slice(0, 60)}, which is not among those that are run` };
      for (const attribute of messages(node, 5).map(fieldsOf)) {
        if (messages(attribute, 6).length + messages(attribute, 11).length > 0) return { problem: `node ${i} (${operator}) holds a graph of its own` };
        if (messages(attribute, 5).map(fieldsOf).some(isElsewhere)) return { problem: `node ${i} (${operator}) keeps data in another file` };
        if (operator === 'TreeEnsembleRegressor' && textOf(attribute, 1) === 'post_transform' && textOf(attribute, 4) === 'LOGISTIC') logisticRegressor = true;
      }
    }
    const initializers = messages(graph, 5).map(fieldsOf);
    if (initializers.some(isElsewhere)) return { problem: 'it keeps data in another file' };
    const given = new Set(initializers.map((tensor) => textOf(tensor, 8)));
    const inputs = messages(graph, 11).map(valueOf).filter(({ name }) => !given.has(name));
    const wrong = inputs.find(({ type }) => type !== FLOAT);
    if (wrong !== undefined) return { problem: `its input ${wrong.name.slice(0, 60)} is no tensor of float` };
    if (inputs.length === 0) return { problem: 'it has no input' };
    const outputs = messages(graph, 12).map(valueOf).filter(({ type }) => type === FLOAT || type === DOUBLE).map(({ name }) => name);
    if (outputs.length === 0) return { problem: 'it has no output of numbers' };
    return { inputs: inputs.map(({ name, width }) => ({ name, width })), outputs, logisticRegressor };
  } catch (error) {
    return { problem: error instanceof RangeError || error instanceof TypeError ? error.message : 'it is no ONNX file' };
  }
}

/** A tensor whose data_location is EXTERNAL, or that names external data. */
function isElsewhere(tensor: ReturnType<typeof fieldsOf>): boolean {
  return messages(tensor, 13).length > 0 || tensor.some(({ number, varint }) => number === 14 && varint !== 0);
}

/** Name, element type and last fixed dimension of a ValueInfoProto. */
function valueOf(bytes: Uint8Array): { readonly name: string; readonly type: number | undefined; readonly width: number | undefined } {
  const value = fieldsOf(bytes);
  const [type] = messages(value, 2);
  const [tensorBytes] = type === undefined ? [] : messages(fieldsOf(type), 1);
  if (tensorBytes === undefined) return { name: textOf(value, 1), type: undefined, width: undefined };
  const tensor = fieldsOf(tensorBytes);
  const [shape] = messages(tensor, 2);
  const dimensions = shape === undefined ? [] : messages(fieldsOf(shape), 1).map((one) => fieldsOf(one).find(({ number }) => number === 1)?.varint);
  return { name: textOf(value, 1), type: tensor.find(({ number }) => number === 1)?.varint, width: dimensions.length < 2 ? undefined : dimensions.at(-1) };
}
