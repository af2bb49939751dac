/** Arrays in the memory of the compiled kernel, one behind the other; it grows as they need it. */
import type { WasmMemory } from './webAssembly.ts';

export interface KernelMemory {
  readonly bytes: (length: number) => Uint8Array;
  readonly ints: (length: number) => Int32Array;
  readonly doubles: (length: number) => Float64Array;
  /** Where the next array would start; arrays that were taken since can be given up by going back to it. */
  readonly mark: () => number;
  readonly backTo: (mark: number) => void;
}

/** Address of an array, 0 where there is none. */
export const at = (view: Uint8Array | Int32Array | Float64Array | undefined): number => view?.byteOffset ?? 0;

export function kernelMemory(memory: WasmMemory): KernelMemory {
  // The first bytes stay free, so that address 0 can mean "none".
  let next = 1024;
  const take = (bytes: number): number => {
    const from = Math.ceil(next / 64) * 64;
    next = from + bytes;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return from;
  };
  // The buffer is asked for after taking: it is another one when the memory has grown.
  const array = <View>(View: new (buffer: ArrayBufferLike, from: number, length: number) => View, width: number) => (length: number): View => {
    const from = take(width * length);
    return new View(memory.buffer, from, length);
  };
  return {
    bytes: array(Uint8Array, 1),
    ints: array(Int32Array, 4),
    doubles: array(Float64Array, 8),
    mark: () => next,
    backTo: (mark) => {
      next = mark;
    },
  };
}
