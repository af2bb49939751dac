/** What is put behind a model on rows of their own: calibrated probabilities, and intervals around amounts and durations. */
export * from './choose.ts';
export * from './conformal.ts';
export * from './levels.ts';
export * from './maps.ts';
