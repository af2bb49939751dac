/**
 * A Python with the packages that benchmarks compare with, in a virtual environment of the bench's own (.bench/, not committed). It is made once
 * per list of packages; a half-made one (the process was killed) is made again.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Pinned, so that figures of different days compare with the same peers; several packages of one peer are separated by a blank. */
export const PEERS = {
  lightgbm: 'lightgbm==4.7.0',
  xgboost: 'xgboost==3.2.0',
  scikitLearn: 'scikit-learn==1.9.1',
  // Not kept up since 2020: it needs the numeric stack of its time.
  lifetimes: 'lifetimes==0.11.3 numpy==1.24.4 pandas==1.5.3 scipy==1.10.1 autograd==1.5',
  implicit: 'implicit==0.7.3',
  onnx: 'onnx==1.23.2',
  skl2onnx: 'skl2onnx==1.20.0',
  onnxmltools: 'onnxmltools==1.16.0',
} as const;

/** Path of the interpreter that has `packages`. Says on stderr that it is installing. @throws when python3 or the package index cannot be had. */
export function peerPython(packages: readonly (keyof typeof PEERS)[]): string {
  const wanted = packages.flatMap((name) => PEERS[name].split(' ')).sort();
  const folder = join(fileURLToPath(new URL('../../.bench/', import.meta.url)), `python-${createHash('sha256').update(wanted.join('\n')).digest('hex').slice(0, 12)}`);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.error(`Installing ${wanted.join(', ')} into ${folder} …`);
  execFileSync('python3', ['-m', 'venv', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(ready, wanted.join('\n'));
  return python;
}

/** Environment for the peers: libgomp threads that spin collapse on shared cores. */
export function peerEnvironment(threads: number): NodeJS.ProcessEnv {
  return { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
}
