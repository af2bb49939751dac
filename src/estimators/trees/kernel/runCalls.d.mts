/** Types of runCalls.mjs. */
import type { WasmMemory, WasmModule } from './webAssembly.ts';

export type KernelFunction = (...numbers: readonly number[]) => void;
export const FUNCTIONS: readonly string[];
export const CALL_NUMBERS: number;
export const CALLS: number;
export const END: number;
export const BARRIER: number;
export const CONTROL: { readonly job: number; readonly done: number; readonly barrier: number; readonly failed: number; readonly quit: number; readonly ready: number };
export const CONTROL_LENGTH: number;
export function waitFor(control: Int32Array, at: number, reached: (value: number) => boolean): boolean;
export function runCalls(functions: readonly KernelFunction[], control: Int32Array, mailbox: Float64Array, thread: number, threads: number): void;
export function instantiate(module: WasmModule, memory: WasmMemory): readonly KernelFunction[];
