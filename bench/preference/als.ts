/** Our factorisation against PyPI implicit on the same rows: processor time, and the loss that both bring down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALS_DEFAULTS, alsLoss, fitAls, rowSolver } from '../../src/estimators/preference/als.ts';
import type { AlsParams, SparseRows } from '../../src/estimators/preference/als.ts';
import { peerEnvironment, peerPython } from '../support/peers.ts';

const bytes = (values: Int32Array | Float64Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

function doubles(file: string): Float64Array {
  const buffer = readFileSync(file);
  return new Float64Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength));
}

function usersFor(rows: SparseRows, items: Float64Array, params: AlsParams): Float64Array {
  const users = new Float64Array((rows.starts.length - 1) * params.factors);
  const solve = rowSolver(items, params);
  for (let u = 0; u + 1 < rows.starts.length; u++) solve(rows.at, rows.strength, rows.starts[u], rows.starts[u + 1], users, u * params.factors);
  return users;
}

export interface AlsCase {
  readonly tagcastSeconds: number;
  readonly implicitSeconds: number;
  /** Our loss ÷ implicit's, customers' factors solved exactly for both. */
  readonly lossRatio: number;
}

export function alsAgainstImplicit(rows: SparseRows, names: readonly string[], params: AlsParams = ALS_DEFAULTS): AlsCase {
  const began = process.cpuUsage();
  const ours = fitAls(rows, names, params, '1');
  const used = process.cpuUsage(began);
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-als-'));
  try {
    writeFileSync(join(folder, 'starts.i32'), bytes(rows.starts));
    writeFileSync(join(folder, 'at.i32'), bytes(rows.at));
    writeFileSync(join(folder, 'strength.f64'), bytes(rows.strength));
    const args = [rows.starts.length - 1, rows.columns, params.factors, params.regularisation, params.alpha, params.iterations].map(String);
    const said = execFileSync(peerPython(['implicit']), [fileURLToPath(new URL('implicitPeer.py', import.meta.url)), folder, ...args], { encoding: 'utf8', env: peerEnvironment(1) });
    const { seconds } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as { seconds: number };
    const theirs = doubles(join(folder, 'items.f64'));
    const loss = (items: Float64Array): number => alsLoss(rows, usersFor(rows, items, params), items, params);
    return { tagcastSeconds: (used.user + used.system) / 1e6, implicitSeconds: seconds, lossRatio: loss(ours) / loss(theirs) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
