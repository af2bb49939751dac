/** Evaluation metrics over parallel arrays: pure, no missing values. A metric that has no value on the rows at hand is `undefined`, never NaN. */
export * from './amount.ts';
export * from './association.ts';
export * from './bootstrap.ts';
export * from './intervals.ts';
export * from './lift.ts';
export * from './multiclass.ts';
export * from './pairedRanking.ts';
export * from './probability.ts';
export * from './qini.ts';
export * from './ranking.ts';
export * from './stability.ts';
export * from './survival.ts';
export * from './topK.ts';
