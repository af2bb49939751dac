/** Addresses inside the structures that assembly/layout.ts describes, in units of their numbers. */

/** i32 numbers of the context. */
export const CONTEXT = { order: 0, spare: 1, blocks: 2, blockCount: 3, slots: 4, size: 5, bins: 6, fine: 7, partial: 9, histogramBytes: 10 } as const;
/** f64 numbers of the context. */
export const RULES = { lambda: 8, minRows: 9, minHessian: 10, minGain: 11, unit: 12, inverse: 13 } as const;
/** i32 numbers of a leaf. */
export const LEAF = { start: 0, end: 1, column: 2, table: 3, smallIsLeft: 4, large: 5, small: 6, resultLarge: 7, resultSmall: 8, scanLarge: 9, scanSmall: 10, middle: 11, numbers: 16 } as const;
