import { compiledKernel } from '../estimators/trees/kernel/compiled.ts';

/** Whether trees are grown by the compiled kernel; else its twin in TypeScript serves, with the same models and about half as fast. */
export function treeKernelCompiled(): boolean {
  return compiledKernel() !== undefined;
}
