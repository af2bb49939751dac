/**
 * Derivatives of the few operations that the networks here are made of, over tensors of rank 2. tfjs-core keeps its own in ES modules that Node cannot
 * import by their paths, and registers none of them; where a build that does is loaded beside it, its derivatives stay.
 */
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

type Tf = typeof import('@tensorflow/tfjs-core');

export function registerGradients(tf: Tf): void {
  for (const config of configs(tf)) {
    // The type says that there always is one.
    const known: GradConfig | undefined = tf.getGradient(config.kernelName);
    if (known === undefined) tf.registerGradient(config);
  }
}

/** `dy` added up over the axes along which an operand of `shape` was repeated. */
function unbroadcast(tf: Tf, dy: Tensor, shape: readonly number[]): Tensor {
  let sum = dy;
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] === 1 && sum.shape[axis] !== 1) sum = tf.sum(sum, axis, true);
  return sum;
}

function configs(tf: Tf): GradConfig[] {
  const unary = (kernelName: string, derivative: (x: Tensor) => Tensor, of: 'input' | 'output' = 'input'): GradConfig => ({
    kernelName,
    ...(of === 'input' ? { inputsToSave: ['x'] } : { outputsToSave: [true] }),
    gradFunc: (dy, [saved]) => ({ x: () => tf.mul(dy as Tensor, derivative(saved)) }),
  });
  const binary = (kernelName: string, gradients: (dy: Tensor, a: Tensor, b: Tensor) => { readonly a: () => Tensor; readonly b: () => Tensor }): GradConfig => ({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => {
      const of = gradients(dy as Tensor, a, b);
      return { a: () => unbroadcast(tf, of.a(), a.shape), b: () => unbroadcast(tf, of.b(), b.shape) };
    },
  });
  const one = (): Tensor => tf.ones([1, 1]);
  return [
    binary(tf.Add, (dy) => ({ a: () => dy, b: () => dy })),
    binary(tf.Sub, (dy) => ({ a: () => dy, b: () => tf.neg(dy) })),
    binary(tf.Multiply, (dy, a, b) => ({ a: () => tf.mul(dy, b), b: () => tf.mul(dy, a) })),
    binary(tf.RealDiv, (dy, a, b) => ({ a: () => tf.div(dy, b), b: () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))) })),
    {
      kernelName: tf.BatchMatMul,
      inputsToSave: ['a', 'b'],
      // Transposed apart: the fast kernel of the WASM backend takes matrices as they lie, the one that transposes by itself is many times slower.
      gradFunc: (dy, [a, b]) => ({ a: () => tf.matMul(dy as Tensor, tf.transpose(b)), b: () => tf.matMul(tf.transpose(a), dy as Tensor) }),
    },
    unary(tf.Relu, (x) => tf.step(x)),
    unary(tf.Softplus, (x) => tf.sigmoid(x)),
    unary(tf.Log, (x) => tf.reciprocal(x)),
    unary(tf.Sigmoid, (y) => tf.mul(y, tf.sub(one(), y)), 'output'),
    unary(tf.Tanh, (y) => tf.sub(one(), tf.square(y)), 'output'),
    { kernelName: tf.Sum, inputsToSave: ['x'], gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as Tensor, tf.onesLike(x)) }) },
    {
      kernelName: tf.Slice,
      inputsToSave: ['x'],
      gradFunc: (dy, [x], attributes) => {
        const { begin } = attributes as { readonly begin: readonly number[] };
        const { shape } = dy as Tensor;
        return { x: () => tf.pad(dy as Tensor, x.shape.map((size, axis): [number, number] => [begin[axis], size - begin[axis] - shape[axis]])) };
      },
    },
    {
      kernelName: tf.Concat,
      saveAllInputs: true,
      gradFunc: (dy, saved, attributes) => {
        const { axis } = attributes as { readonly axis: number };
        let at = 0;
        const parts = saved.map(({ shape }) => {
          const begin = shape.map((_, a) => (a === axis ? at : 0));
          at += shape[axis];
          return () => tf.slice(dy as Tensor, begin, [...shape]);
        });
        return Object.fromEntries(parts.map((part, i) => [String(i), part]));
      },
    },
  ];
}
