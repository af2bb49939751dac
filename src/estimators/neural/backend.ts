/**
 * TensorFlow.js, loaded when a network is about to be fitted and at no other time: scoring never comes here. The packages are optional; where they are
 * missing, a fit says so. `@tensorflow/tfjs-node` serves where the user has installed it, otherwise WebAssembly on one thread, otherwise plain JavaScript.
 */
import { refuse } from '../rows.ts';
import { registerGradients } from './gradients.ts';

export type Tf = typeof import('@tensorflow/tfjs-core');

/** `tensorflow` is tfjs-node. */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

export interface Backend {
  readonly tf: Tf;
  readonly name: BackendName;
}

let loaded: Promise<Backend | undefined> | undefined;
let ready: Backend | undefined;

/** Loads a backend once per process. Missing packages are no error here: {@link readyBackend} answers them. */
export async function prepareBackend(): Promise<void> {
  loaded ??= load();
  ready = await loaded;
}

/** The loaded backend, or the reason why there is none. */
export function readyBackend(): { readonly ok: true; readonly backend: Backend } | ReturnType<typeof refuse> {
  if (ready !== undefined) return { ok: true, backend: ready };
  return refuse('not_available', loaded === undefined
    ? 'Neural networks need prepare() to be awaited before fit().'
    : 'Neural networks need the optional packages @tensorflow/tfjs-core, @tensorflow/tfjs-backend-wasm and @tensorflow/tfjs-backend-cpu: npm install --include=optional.');
}

async function load(): Promise<Backend | undefined> {
  const tf = await optional(() => import('@tensorflow/tfjs-core'));
  if (tf === undefined) return undefined;
  // Without it the library talks on the console.
  tf.enableProdMode();
  // Not among the dependencies, so its name must not be a literal that a compiler looks up.
  const native = '@tensorflow/tfjs-node';
  const candidates: readonly (readonly [BackendName, () => Promise<unknown>])[] = [
    ['tensorflow', () => import(native)],
    ['wasm', () => import('@tensorflow/tfjs-backend-wasm').then(({ setThreadsCount }) => setThreadsCount(1))],
    ['cpu', () => import('@tensorflow/tfjs-backend-cpu')],
  ];
  for (const [name, bring] of candidates) {
    if ((await optional(async () => ({ brought: await bring() }))) === undefined) continue;
    if (tf.findBackendFactory(name) === null || !(await tf.setBackend(name))) continue;
    await tf.ready();
    registerGradients(tf);
    return { tf, name };
  }
  return undefined;
}

/** What `bring` brings, or undefined where its package is not installed or cannot run on this machine. */
async function optional<T>(bring: () => Promise<T>): Promise<T | undefined> {
  try {
    return await bring();
  } catch {
    return undefined;
  }
}
