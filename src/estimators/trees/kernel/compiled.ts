/** The compiled kernel, read once: the one file that this room reads. Without it (not built, or no SIMD here) the twin serves. */
import { readFileSync } from 'node:fs';
import { webAssembly, type WasmModule } from './webAssembly.ts';

let known: WasmModule | null | undefined;

/** Undefined where it is not built or cannot be compiled on this machine. */
export function compiledKernel(): WasmModule | undefined {
  if (known === undefined) {
    try {
      known = new webAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
    } catch {
      known = null;
    }
  }
  return known ?? undefined;
}
