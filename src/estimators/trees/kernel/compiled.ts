/**
 * The compiled kernel, read once with its source: the only files that this room reads. Where it is not built, was compiled from another source (the twin would give
 * other bytes) or cannot be compiled on this machine, the twin serves.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { webAssembly, type WasmModule } from './webAssembly.ts';

let known: WasmModule | null | undefined;

const HERE = new URL('./', import.meta.url);

/** The same hash as scripts/build.mjs writes into the kernel. */
function sourceHash(): Buffer {
  const folder = new URL('assembly/', HERE);
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(new URL(file, folder)));
  return hash.digest();
}

function isOfThisSource(module: WasmModule): boolean {
  const [section] = webAssembly.Module.customSections(module, 'tagcast.source');
  return section !== undefined && sourceHash().equals(Buffer.from(section));
}

/** Undefined where the twin has to serve. */
export function compiledKernel(): WasmModule | undefined {
  if (known === undefined) {
    try {
      const module = new webAssembly.Module(readFileSync(new URL('kernel.wasm', HERE)));
      known = isOfThisSource(module) ? module : null;
    } catch {
      known = null;
    }
  }
  return known ?? undefined;
}
