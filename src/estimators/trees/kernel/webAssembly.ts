/** The part of WebAssembly that is used here: Node has it, its types name only the modules. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  /** Pages of 64 KiB; returns how many there were. */
  grow(pages: number): number;
}

interface Api {
  readonly Module: (new (bytes: Uint8Array) => WasmModule) & { customSections(module: WasmModule, name: string): ArrayBuffer[] };
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number; readonly shared: boolean }) => WasmMemory;
}

export const webAssembly = Reflect.get(globalThis, 'WebAssembly') as Api;
